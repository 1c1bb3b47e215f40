using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that make servers.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopServers
{
    extension(EventLoop loop)
    {
        /// <summary>Listens at all addresses of a host by TCP (<c>create_server</c>).</summary>
        /// <remarks>Small writes of its connections leave at once (TCP_NODELAY). A cancel closes what has been opened.</remarks>
        /// <param name="protocolFactory">Makes a protocol for each connection, a <see cref="Protocol"/> or a <see cref="BufferedProtocol"/>;
        /// runs in the context of this call. If it throws, the connection is closed and the loop's exception handler told.</param>
        /// <param name="host">A name or an address; null or empty for every interface, of IPv4 and of IPv6.</param>
        /// <param name="port">1 to 65,535, or 0 for one that the system chooses, for each address another one
        /// (<see cref="Server.LocalEndPoints"/> tells).</param>
        /// <param name="options">How to listen; null for the defaults.</param>
        /// <exception cref="SocketException">An address cannot be bound, or there is no such host.</exception>
        public Coroutine<Server> CreateServer(Func<BaseProtocol> protocolFactory, string? host, int port, ServerOptions? options = null)
            => loop.CreateServer(protocolFactory, [host], port, options);

        /// <summary>Listens at all addresses of several hosts by TCP (<c>create_server</c>).</summary>
        /// <param name="protocolFactory">Makes a protocol for each connection; see the overload for one host.</param>
        /// <param name="hosts">Names or addresses, at least one; null or empty for every interface.</param>
        /// <param name="port">1 to 65,535, or 0 for one that the system chooses, for each address another one.</param>
        /// <param name="options">How to listen; null for the defaults.</param>
        /// <exception cref="ArgumentException">There is no host.</exception>
        /// <exception cref="SocketException">An address cannot be bound, or there is no such host.</exception>
        public Coroutine<Server> CreateServer(Func<BaseProtocol> protocolFactory, IEnumerable<string?> hosts, int port, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            _ = options?.Tls?.OfServer();
            ArgumentNullException.ThrowIfNull(hosts);
            EventLoopConnections.CheckPort(port);
            var names = hosts.ToArray();
            if (names.Length == 0)
                throw new ArgumentException("There is no host to listen at.", nameof(hosts));
            return Run(LoopTransports.Of(loop), protocolFactory, names, port, options ?? new ServerOptions());

            static async Coroutine<Server> Run(
                LoopTransports shared, Func<BaseProtocol> protocolFactory, string?[] hosts, int port, ServerOptions options)
                => Open(shared, protocolFactory, await ServerSockets.Bind(shared, hosts, port, options), options);
        }

        /// <summary>Listens on a socket that is bound already (<c>create_server(sock=…)</c>).</summary>
        /// <param name="protocolFactory">Makes a protocol for each connection.</param>
        /// <param name="socket">A bound stream socket; it is the server's from now on, and cannot be used any more.</param>
        /// <param name="options">How to listen; null for the defaults. Only the backlog and when to start count.</param>
        /// <exception cref="ArgumentException">It is no stream socket.</exception>
        public Coroutine<Server> CreateServer(Func<BaseProtocol> protocolFactory, Socket socket, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            _ = options?.Tls?.OfServer();
            ArgumentNullException.ThrowIfNull(socket);
            if (socket.SocketType != SocketType.Stream)
                throw new ArgumentException($"A stream socket was expected, not {socket.SocketType}.", nameof(socket));
            return Run(LoopTransports.Of(loop), protocolFactory, socket, options ?? new ServerOptions());

            static async Coroutine<Server> Run(LoopTransports shared, Func<BaseProtocol> protocolFactory, Socket socket, ServerOptions options)
            {
                await Aio.Sleep(0);
                if (socket.ProtocolType == ProtocolType.Tcp)
                    socket.NoDelay = true;
                return Open(shared, protocolFactory, [shared.Engine.Sockets.Adopt(socket)], options);
            }
        }

        /// <summary>Listens at a Unix socket (<c>create_unix_server</c>).</summary>
        /// <param name="protocolFactory">Makes a protocol for each connection; see <c>CreateServer</c>.</param>
        /// <param name="path">The socket's path. A socket that somebody has left there is replaced; any other file is an error.</param>
        /// <param name="options">How to listen; null for the defaults.</param>
        /// <exception cref="SocketException">The path cannot be bound.</exception>
        public Coroutine<Server> CreateUnixServer(Func<BaseProtocol> protocolFactory, string path, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            _ = options?.Tls?.OfServer();
            ArgumentException.ThrowIfNullOrEmpty(path);
            return Run(LoopTransports.Of(loop), protocolFactory, path, options ?? new ServerOptions());

            static async Coroutine<Server> Run(LoopTransports shared, Func<BaseProtocol> protocolFactory, string path, ServerOptions options)
            {
                await Aio.Sleep(0);
                var handle = UnixSocketFile.Bind(shared.Engine, path);
                return Open(shared, protocolFactory, [handle], options, options.CleanupSocket ? UnixSocketFile.Remover(path) : null);
            }
        }
    }

    internal static Server Open(
        LoopTransports shared, Func<BaseProtocol> protocolFactory, IReadOnlyList<IoHandle> handles, ServerOptions options, Action? onClose = null)
    {
        var factory = options.Tls is { } tls ? Secured(shared.Loop, protocolFactory, tls) : protocolFactory;
        var server = new Server(shared, factory, handles, options, onClose);
        try
        {
            if (options.StartServing)
                server.StartServing();
            return server;
        }
        catch
        {
            server.Close();
            throw;
        }
    }

    private static Func<BaseProtocol> Secured(EventLoop loop, Func<BaseProtocol> protocolFactory, TlsSettings settings) => () =>
    {
        var tls = new TlsProtocol(loop, protocolFactory(), settings);

        // Nobody waits for a server's handshakes: one that fails is that client's affair, unless the server is at fault.
        tls.Ready.AddDoneCallback(ready =>
        {
            var failure = ready.Cancelled ? null : ready.Exception();
            var isClients = failure is null or SocketException or System.Security.Authentication.AuthenticationException or TimeoutException;
            if (!isClients || (failure is not null && loop.Debug))
                loop.CallExceptionHandler(new LoopErrorContext("TLS handshake failed") { Exception = failure, Protocol = tls });
        });
        return tls;
    };
}
