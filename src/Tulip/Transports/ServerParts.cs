// ServerParts: the pieces of a server that is spread over several loops: each loop has a Server of its own.
// Thread: each call on the thread of the loop that it is given.
//   1. The first loop binds; what it got, ports among it, the others bind too, or they have no listeners and are handed
//      connections.
//   2. No part accepts before all are bound.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal static class ServerParts
{
    /// <summary>Whether the system spreads connections over several sockets that listen at one address.</summary>
    public static bool SystemSpreads => OperatingSystem.IsLinux();

    /// <summary>The first part, bound to all addresses of a host.</summary>
    public static async Coroutine<Server> Bind(EventLoop loop, Func<BaseProtocol> protocolFactory, string? host, int port, ServerOptions options, bool shares)
    {
        var shared = LoopTransports.Of(loop);
        var handles = await ServerSockets.Bind(shared, [host], port, options);

        // Only now: sockets that share from the start would also share with another program that does, unasked.
        foreach (var handle in shares ? handles : [])
            shared.Engine.Sockets.SetOption(handle, IoSocketOption.ReusePort, 1);
        return EventLoopServers.Open(shared, protocolFactory, handles, options with { StartServing = false });
    }

    /// <summary>Another part, bound to what the first one got.</summary>
    public static Server BindTo(EventLoop loop, Func<BaseProtocol> protocolFactory, IReadOnlyList<IPEndPoint> addresses, ServerOptions options)
    {
        var shared = LoopTransports.Of(loop);
        var handles = ServerSockets.BindTo(shared.Engine, addresses, options with { ReusePort = true });
        return EventLoopServers.Open(shared, protocolFactory, handles, options with { StartServing = false });
    }

    /// <summary>The first part, bound to a path.</summary>
    public static Coroutine<Server> BindUnix(EventLoop loop, Func<BaseProtocol> protocolFactory, string path, ServerOptions options)
        => loop.CreateUnixServer(protocolFactory, path, options with { StartServing = false });

    /// <summary>Another part, which is handed its connections.</summary>
    public static Server WithoutListeners(EventLoop loop, Func<BaseProtocol> protocolFactory, ServerOptions options)
        => EventLoopServers.Open(LoopTransports.Of(loop), protocolFactory, [], options with { StartServing = false });
}
