using System.Net.Sockets;

namespace Tulip;

/// <summary>How a connection is made: the keyword arguments of <c>create_connection</c>.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record ConnectionOptions
{
    /// <summary>Only addresses of this family; <see cref="AddressFamily.Unspecified"/>, the default, for all.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;

    /// <summary>The host and port to connect from; null, the default, lets the system choose.</summary>
    public (string Host, int Port)? LocalAddress { get; init; }

    /// <summary>Seconds after which the next address is tried while the one before has not answered (Happy Eyeballs, RFC 8305;
    /// it recommends 0.25). Null, the default: an address is tried when the one before has failed.</summary>
    public double? HappyEyeballsDelay { get; init; }

    /// <summary>How many addresses of the first family come before the families take turns; 0 leaves the resolver's order.
    /// Null, the default, is 1 with <see cref="HappyEyeballsDelay"/> and 0 without.</summary>
    public int? Interleave { get; init; }

    /// <summary>Whether a failure is an <see cref="AggregateException"/> with the exception of each address, rather than one <see cref="SocketException"/>.</summary>
    public bool AllErrors { get; init; }

    /// <summary>Secures the connection (<c>ssl</c>): the protocol is told of it after the handshake. Null for a plain one.</summary>
    public TlsSettings? Tls { get; init; }
}
