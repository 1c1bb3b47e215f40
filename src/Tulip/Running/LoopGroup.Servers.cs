using System.Net;
using System.Net.Sockets;

namespace Tulip;

public sealed partial class LoopGroup
{
    /// <summary>Serves clients by TCP on all loops, with a task for each client (<c>asyncio.start_server</c> on every loop).</summary>
    /// <remarks>
    /// On Linux every loop listens at the same addresses with a socket of its own (SO_REUSEPORT), and the system spreads the
    /// connections. Elsewhere one loop accepts and hands the connections round; where sockets cannot be handed on, as on
    /// macOS, they all stay on that loop. A client stays on its loop.
    /// </remarks>
    /// <param name="clientConnected">Called with the reader and writer of each client, on the thread of the client's loop, so at the
    /// same time on several; its coroutine runs as a task of that loop.</param>
    /// <param name="host">A name or an address; null or empty for every interface.</param>
    /// <param name="port">1 to 65,535, or 0 for one that the system chooses, the same on all loops
    /// (<see cref="LoopGroupServer.LocalEndPoints"/> tells).</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults. With <see cref="ServerOptions.ReusePort"/> the addresses are shared
    /// with other programs too.</param>
    /// <exception cref="SocketException">An address cannot be bound, or there is no such host. Then no loop listens.</exception>
    /// <exception cref="InvalidOperationException">The group is being stopped.</exception>
    public Task<LoopGroupServer> StartServer(
        Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected,
        string? host,
        int port,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clientConnected);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Open(host, port, Streams(clientConnected, limit), options);
    }

    /// <summary>Serves clients of a Unix socket on all loops, with a task for each client (<c>asyncio.start_unix_server</c>). One loop
    /// accepts and hands the connections round; should it crash, the next does (<see cref="LoopGroupServer"/>).</summary>
    /// <param name="clientConnected">As in <see cref="StartServer"/>.</param>
    /// <param name="path">The path of the socket to make; a socket that lies there is replaced.</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">The group is being stopped.</exception>
    public Task<LoopGroupServer> StartUnixServer(
        Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected,
        string path,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clientConnected);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return OpenUnix(path, Streams(clientConnected, limit), options);
    }

    /// <summary>Listens by TCP on all loops, with a protocol for each connection (<c>create_server</c> on every loop); see
    /// <see cref="StartServer"/> for how.</summary>
    /// <param name="protocolFactory">Makes a protocol for each connection, on the thread of the connection's loop, so at the same
    /// time on several.</param>
    /// <param name="host">A name or an address; null or empty for every interface.</param>
    /// <param name="port">1 to 65,535, or 0 for one that the system chooses, the same on all loops.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">An address cannot be bound, or there is no such host. Then no loop listens.</exception>
    /// <exception cref="InvalidOperationException">The group is being stopped.</exception>
    public Task<LoopGroupServer> CreateServer(Func<BaseProtocol> protocolFactory, string? host, int port, ServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(protocolFactory);
        return Open(host, port, _ => protocolFactory, options);
    }

    /// <summary>Listens at a Unix socket on all loops, with a protocol for each connection (<c>create_unix_server</c>). One loop accepts
    /// and hands the connections round.</summary>
    /// <param name="protocolFactory">As in <see cref="CreateServer"/>.</param>
    /// <param name="path">The path of the socket to make; a socket that lies there is replaced.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">The group is being stopped.</exception>
    public Task<LoopGroupServer> CreateUnixServer(Func<BaseProtocol> protocolFactory, string path, ServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(protocolFactory);
        return OpenUnix(path, _ => protocolFactory, options);
    }

    private static Func<LoopMember, Func<BaseProtocol>> Streams(Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected, int limit)
        => member => Aio.ProtocolFactory(member.Loop, limit, TaskPerClient.Of(member.Counted(clientConnected)));

    private Task<LoopGroupServer> Open(string? host, int port, Func<LoopMember, Func<BaseProtocol>> factories, ServerOptions? options)
    {
        EventLoopConnections.CheckPort(port);
        var chosen = Checked(options);
        return Open(new GroupListening
        {
            Spreads = ServerParts.SystemSpreads && Count > 1,
            Options = chosen,
            Factories = factories,
            First = member => ServerParts.Bind(member.Loop, factories(member), host, port, chosen, shares: ServerParts.SystemSpreads && Count > 1),
        });
    }

    private Task<LoopGroupServer> OpenUnix(string path, Func<LoopMember, Func<BaseProtocol>> factories, ServerOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var chosen = Checked(options);
        return Open(new GroupListening
        {
            Spreads = false,
            Options = chosen,
            Factories = factories,
            First = member => ServerParts.BindUnix(member.Loop, factories(member), path, chosen),
        });
    }

    private ServerOptions Checked(ServerOptions? options)
    {
        CheckTakesJobs();
        _ = options?.Tls?.OfServer();
        return options ?? new ServerOptions();
    }

    private async Task<LoopGroupServer> Open(GroupListening listening)
    {
        var server = await listening.Open([.. _members.Where(static member => member.IsAlive)]).ConfigureAwait(false);
        bool stopping;
        lock (_gate)
        {
            stopping = _stopping is not null;
            _servers.RemoveAll(static other => other.IsOver);
            _servers.Add(server);
        }

        // Begun before the stop and bound after it: nobody would close it.
        if (stopping)
        {
            await server.Close().ConfigureAwait(false);
            throw new InvalidOperationException($"{Name} is being stopped and takes no more work.");
        }

        return server;
    }
}
