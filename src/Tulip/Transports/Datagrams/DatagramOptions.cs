using System.Net.Sockets;

namespace Tulip;

/// <summary>How a datagram endpoint is made: the keyword arguments of <c>create_datagram_endpoint</c>.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record DatagramOptions
{
    /// <summary>Only addresses of this family; <see cref="AddressFamily.Unspecified"/>, the default, for all.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;

    /// <summary>Whether several sockets may have the same local address, the datagrams spread over them (SO_REUSEPORT); all
    /// of them must ask for it.</summary>
    public bool ReusePort { get; init; }

    /// <summary>Whether datagrams may be sent to everybody (SO_BROADCAST). An endpoint with a remote address then also receives what others send.</summary>
    public bool AllowBroadcast { get; init; }
}
