using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that make connections.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopConnections
{
    extension(EventLoop loop)
    {
        /// <summary>The addresses of a host for streams (<c>getaddrinfo</c>). An address instead of a name needs no resolver.</summary>
        /// <param name="host">A name, or an address.</param>
        /// <param name="port">The port that the answers carry; 0 to 65,535.</param>
        /// <param name="family">Only addresses of this family; <see cref="AddressFamily.Unspecified"/> for all.</param>
        /// <exception cref="SocketException">There is no such host, or it has no such address.</exception>
        public Coroutine<IReadOnlyList<AddressInfo>> GetAddrInfo(string host, int port, AddressFamily family = AddressFamily.Unspecified)
        {
            ArgumentNullException.ThrowIfNull(host);
            CheckPort(port);
            return Resolver.Resolve(loop, host, port, family);
        }

        /// <summary>The name of a host (<c>getnameinfo</c>); its address if it has no name. The service is the port's number.</summary>
        public Coroutine<(string Host, string Service)> GetNameInfo(IPEndPoint address)
        {
            ArgumentNullException.ThrowIfNull(address);
            return Resolver.ResolveName(loop, address);
        }

        /// <summary>Connects to a host by TCP (<c>create_connection</c>).</summary>
        /// <remarks>Ends after the protocol's <see cref="BaseProtocol.ConnectionMade"/>. Small writes leave at once (TCP_NODELAY). A
        /// cancel closes what has been opened.</remarks>
        /// <param name="protocolFactory">Makes the protocol, once there is a connection: a <see cref="Protocol"/> or a <see cref="BufferedProtocol"/>.</param>
        /// <param name="host">A name, of which each address is tried, or an address.</param>
        /// <param name="port">1 to 65,535.</param>
        /// <param name="options">How to connect; null for the defaults.</param>
        /// <returns>The connection's transport and protocol.</returns>
        /// <exception cref="SocketException">No address could be connected. If they failed in different ways, the message has them all.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">With TLS: the certificate was not accepted.</exception>
        /// <exception cref="TimeoutException">With TLS: the handshake took too long.</exception>
        /// <exception cref="AggregateException">The same, with <see cref="ConnectionOptions.AllErrors"/>.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateConnection<TProtocol>(
            Func<TProtocol> protocolFactory, string host, int port, ConnectionOptions? options = null)
            where TProtocol : BaseProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(host);
            CheckPort(port);
            _ = options?.Tls?.OfClient();
            return Run(LoopTransports.Of(loop), protocolFactory, host, port, options ?? new ConnectionOptions());

            static async Coroutine<(Transport, TProtocol)> Run(
                LoopTransports shared, Func<TProtocol> protocolFactory, string host, int port, ConnectionOptions options)
            {
                var (handle, address) = await new Connector(shared, options).Connect(host, port);
                return await Connection.Make(shared, handle, protocolFactory, address, options.Tls);
            }
        }

        /// <summary>Takes over a connected socket (<c>create_connection(sock=…)</c>).</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="socket">A connected stream socket; it is the transport's from now on, and cannot be used any more.</param>
        /// <param name="tls">Secures the connection, with a client's settings (<c>ssl</c>); null for a plain one.</param>
        /// <exception cref="ArgumentException">It is no stream socket, or the settings are a server's.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">With TLS: the certificate was not accepted.</exception>
        /// <exception cref="TimeoutException">With TLS: the handshake took too long.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateConnection<TProtocol>(
            Func<TProtocol> protocolFactory, Socket socket, TlsSettings? tls = null)
            where TProtocol : BaseProtocol
            => TakeOver(loop, protocolFactory, socket, tls?.OfClient());

        /// <summary>Takes over a socket that was accepted elsewhere (<c>connect_accepted_socket</c>).</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="socket">A connected stream socket; it is the transport's from now on, and cannot be used any more.</param>
        /// <param name="tls">Secures the connection, with a server's settings (<c>ssl</c>); null for a plain one.</param>
        /// <exception cref="ArgumentException">It is no stream socket, or the settings are a client's.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">With TLS: the client speaks none, or its certificate was not accepted.</exception>
        /// <exception cref="TimeoutException">With TLS: the handshake took too long.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> ConnectAcceptedSocket<TProtocol>(
            Func<TProtocol> protocolFactory, Socket socket, TlsSettings? tls = null)
            where TProtocol : BaseProtocol
            => TakeOver(loop, protocolFactory, socket, tls?.OfServer());

        /// <summary>Connects to a Unix socket (<c>create_unix_connection</c>).</summary>
        /// <param name="protocolFactory">Makes the protocol, once there is a connection.</param>
        /// <param name="path">The socket's path.</param>
        /// <param name="tls">Secures the connection, with a client's settings; the name that the server's certificate has to be for
        /// stands in them (<c>ssl</c>, <c>server_hostname</c>). Null for a plain one.</param>
        /// <exception cref="SocketException">Nobody listens there.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">With TLS: the certificate was not accepted.</exception>
        /// <exception cref="TimeoutException">With TLS: the handshake took too long.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateUnixConnection<TProtocol>(
            Func<TProtocol> protocolFactory, string path, TlsSettings? tls = null)
            where TProtocol : BaseProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentException.ThrowIfNullOrEmpty(path);
            _ = tls?.OfClient();
            return Run(LoopTransports.Of(loop), protocolFactory, new UnixDomainSocketEndPoint(path), tls);

            static async Coroutine<(Transport, TProtocol)> Run(
                LoopTransports shared, Func<TProtocol> protocolFactory, UnixDomainSocketEndPoint address, TlsSettings? tls)
            {
                var handle = await Connector.ConnectTo(shared, address, ProtocolType.Unspecified);
                return await Connection.Make(shared, handle, protocolFactory, address, tls);
            }
        }
    }

    private static Coroutine<(Transport Transport, TProtocol Protocol)> TakeOver<TProtocol>(
        EventLoop loop, Func<TProtocol> protocolFactory, Socket socket, TlsSettings? tls)
        where TProtocol : BaseProtocol
    {
        ArgumentNullException.ThrowIfNull(protocolFactory);
        ArgumentNullException.ThrowIfNull(socket);
        if (socket.SocketType != SocketType.Stream)
            throw new ArgumentException($"A stream socket was expected, not {socket.SocketType}.", nameof(socket));
        return Run(LoopTransports.Of(loop), protocolFactory, socket, tls);

        static async Coroutine<(Transport, TProtocol)> Run(
            LoopTransports shared, Func<TProtocol> protocolFactory, Socket socket, TlsSettings? tls)
        {
            if (socket.ProtocolType == ProtocolType.Tcp)
                socket.NoDelay = true;
            return await Connection.Make(shared, shared.Engine.Sockets.Adopt(socket), protocolFactory, null, tls);
        }
    }

    internal static void CheckPort(int port)
    {
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
            throw new ArgumentOutOfRangeException(nameof(port), port, "A port is a number from 0 to 65,535.");
    }
}

/// <summary>The last part of making a connection.</summary>
internal static class Connection
{
    /// <summary>Makes the transport of a connected socket, secured if there are settings, and waits until the protocol has been told.</summary>
    public static Coroutine<(Transport Transport, TProtocol Protocol)> Make<TProtocol>(
        LoopTransports shared, IoHandle handle, Func<TProtocol> protocolFactory, EndPoint? address, TlsSettings? tls)
        where TProtocol : BaseProtocol
        => tls is null ? MakePlain(shared, handle, protocolFactory, address) : MakeSecure(shared, handle, protocolFactory, address, tls);

    private static Coroutine<(Transport Transport, TProtocol Protocol)> MakePlain<TProtocol>(
        LoopTransports shared, IoHandle handle, Func<TProtocol> protocolFactory, EndPoint? address)
        where TProtocol : BaseProtocol
        => Make<Transport, TProtocol>(shared, () => handle, protocolFactory, (handle, protocol, extras) =>
        {
            extras.Remote = address;
            return new SocketTransport(shared, handle, protocol, null, extras);
        });

    /// <summary>The same for other transports.</summary>
    public static async Coroutine<(TTransport Transport, TProtocol Protocol)> Make<TTransport, TProtocol>(
        LoopTransports shared,
        Func<IoHandle> take,
        Func<TProtocol> protocolFactory,
        Func<IoHandle, TProtocol, TransportExtras, TTransport> transportFactory)
        where TTransport : BaseTransport
        where TProtocol : BaseProtocol
    {
        var waiter = shared.Loop.CreateFuture<Unit>();
        TTransport transport;
        TProtocol protocol;
        var handle = take();
        try
        {
            protocol = protocolFactory();
            transport = transportFactory(handle, protocol, new TransportExtras { Waiter = waiter });
        }
        catch
        {
            shared.Engine.Close(handle);
            throw;
        }

        try
        {
            await waiter;
        }
        catch
        {
            transport.Close();
            throw;
        }

        return (transport, protocol);
    }

    /// <summary>The same with TLS: also waits until the handshake is over.</summary>
    private static async Coroutine<(Transport Transport, TProtocol Protocol)> MakeSecure<TProtocol>(
        LoopTransports shared, IoHandle handle, Func<TProtocol> protocolFactory, EndPoint? address, TlsSettings settings)
        where TProtocol : BaseProtocol
    {
        TProtocol? protocol = null;
        TlsProtocol? tls = null;
        try
        {
            await MakePlain(shared, handle, Secure, address);
            return (await tls!.Ready, protocol!);
        }
        catch (CancelledException)
        {
            // Nobody waits for the handshake any more: what becomes of it is no news.
            tls?.Ready.Cancel();
            tls?.Raw?.Abort();
            throw;
        }

        TlsProtocol Secure()
        {
            protocol = protocolFactory();
            return tls = new TlsProtocol(shared.Loop, protocol, settings);
        }
    }
}
