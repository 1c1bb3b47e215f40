using System.Net.Sockets;

namespace Tulip;

/// <summary>How a server listens: the keyword arguments of <c>create_server</c>.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record ServerOptions
{
    /// <summary>Only addresses of this family; <see cref="AddressFamily.Unspecified"/>, the default, for all.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;

    /// <summary>How many connections may wait to be accepted; 100 at first.</summary>
    public int Backlog { get; init; } = 100;

    /// <summary>Whether an address may be taken whose old connections linger; null, the default, for yes, but on Windows,
    /// where it means something else.</summary>
    public bool? ReuseAddress { get; init; }

    /// <summary>Whether several sockets may listen at an address, the connections spread over them; not by default.</summary>
    public bool ReusePort { get; init; }

    /// <summary>Whether accepted connections notice in the end that the peer is gone (SO_KEEPALIVE); not by default.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>Whether the server accepts at once; if not, <see cref="Server.StartServing"/> or <see cref="Server.ServeForever"/> begins it.</summary>
    public bool StartServing { get; init; } = true;

    /// <summary>For Unix servers: whether closing removes the socket's file, if it is still the server's own; the default.</summary>
    public bool CleanupSocket { get; init; } = true;

    /// <summary>Secures the connections (<c>ssl</c>): a protocol is told of its connection after the handshake. A client that
    /// does not get that far ends its own connection only. Null for plain ones.</summary>
    public TlsSettings? Tls { get; init; }
}
