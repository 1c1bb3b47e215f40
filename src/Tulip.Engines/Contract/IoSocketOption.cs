namespace Tulip.Engines;

/// <summary>The options of sockets that the loop sets by itself; <see cref="IIoSockets.View"/> reaches the others.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public enum IoSocketOption
{
    /// <summary>Small writes leave at once (TCP_NODELAY); 0 or 1.</summary>
    NoDelay,

    /// <summary>The peer's absence is noticed in the end (SO_KEEPALIVE); 0 or 1.</summary>
    KeepAlive,

    /// <summary>A listener may take an address whose old connections linger (SO_REUSEADDR); 0 or 1.</summary>
    ReuseAddress,

    /// <summary>Several sockets may share an address, the connections spread over them (SO_REUSEPORT); 0 or 1.</summary>
    ReusePort,

    /// <summary>An IPv6 socket leaves IPv4 to others (IPV6_V6ONLY); 0 or 1.</summary>
    IPv6Only,

    /// <summary>The kernel's send buffer, in bytes (SO_SNDBUF).</summary>
    SendBuffer,

    /// <summary>The kernel's receive buffer, in bytes (SO_RCVBUF).</summary>
    ReceiveBuffer,

    /// <summary>Datagrams may go to everyone (SO_BROADCAST); 0 or 1.</summary>
    Broadcast,
}
