using System.Net.Sockets;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that make datagram endpoints.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopDatagrams
{
    extension(EventLoop loop)
    {
        /// <summary>Makes an endpoint that sends and receives datagrams by UDP (<c>create_datagram_endpoint</c>).</summary>
        /// <remarks>Ends after the protocol's <see cref="BaseProtocol.ConnectionMade"/>. A cancel closes what has been opened. For
        /// options that have no member here, such as joining a multicast group, there is <see cref="BaseTransport.Socket"/>.</remarks>
        /// <param name="protocolFactory">Makes the protocol, once there is a socket.</param>
        /// <param name="localAddress">The host and port to receive at; port 0 for one that the system chooses. Null: the system
        /// chooses, when the first datagram is sent.</param>
        /// <param name="remoteAddress">The host and port that datagrams go to unless they have an address; only what comes from
        /// there is received, and only such an endpoint hears that nobody listens there. Null: datagrams go to the address that each is given.</param>
        /// <param name="options">How to make it; null for the defaults.</param>
        /// <returns>The endpoint's transport and protocol.</returns>
        /// <exception cref="SocketException">An address cannot be bound or used, or there is no such host. Of several addresses the first one's failure.</exception>
        /// <exception cref="ArgumentException">Neither an address nor a family is given, or the two addresses have no family in common.</exception>
        public Coroutine<(DatagramTransport Transport, TProtocol Protocol)> CreateDatagramEndpoint<TProtocol>(
            Func<TProtocol> protocolFactory,
            (string Host, int Port)? localAddress = null,
            (string Host, int Port)? remoteAddress = null,
            DatagramOptions? options = null)
            where TProtocol : DatagramProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            CheckAddress(localAddress, nameof(localAddress));
            CheckAddress(remoteAddress, nameof(remoteAddress));
            options ??= new DatagramOptions();
            if (localAddress is null && remoteAddress is null && options.Family == AddressFamily.Unspecified)
                throw new ArgumentException("A local or a remote address is needed, or the family of the socket (DatagramOptions.Family).", nameof(localAddress));
            return new DatagramOpener(LoopTransports.Of(loop), options).Open(protocolFactory, localAddress, remoteAddress);
        }

        /// <summary>Makes an endpoint of a datagram socket (<c>create_datagram_endpoint(sock=…)</c>).</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="socket">A datagram socket, bound, connected or neither; it is the transport's from now on, and cannot be used any more.</param>
        /// <exception cref="ArgumentException">It is no datagram socket.</exception>
        public Coroutine<(DatagramTransport Transport, TProtocol Protocol)> CreateDatagramEndpoint<TProtocol>(
            Func<TProtocol> protocolFactory, Socket socket)
            where TProtocol : DatagramProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(socket);
            if (socket.SocketType != SocketType.Dgram)
                throw new ArgumentException($"A datagram socket was expected, not {socket.SocketType}.", nameof(socket));
            var shared = LoopTransports.Of(loop);
            return DatagramOpener.Adopt(shared, protocolFactory, socket);
        }

        /// <summary>Makes an endpoint that sends and receives datagrams by Unix sockets (<c>create_datagram_endpoint(family=AF_UNIX)</c>).</summary>
        /// <remarks>A datagram arrives, in order: one that finds the receiver full waits. One of more than 64 KiB cannot be received:
        /// the receiver's <see cref="DatagramProtocol.ErrorReceived"/> is told. The file at <paramref name="localPath"/>
        /// stays when the endpoint is closed, as asyncio leaves it.</remarks>
        /// <param name="protocolFactory">Makes the protocol, once there is a socket.</param>
        /// <param name="localPath">The path to receive at. A socket that somebody has left there is replaced; any other file is an
        /// error. Null: nobody can answer.</param>
        /// <param name="remotePath">The path that datagrams go to unless they have an address; null if each has one.</param>
        /// <exception cref="SocketException">A path cannot be bound, or nobody receives at the other.</exception>
        public Coroutine<(DatagramTransport Transport, TProtocol Protocol)> CreateUnixDatagramEndpoint<TProtocol>(
            Func<TProtocol> protocolFactory, string? localPath, string? remotePath = null)
            where TProtocol : DatagramProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            if (localPath is { Length: 0 } || remotePath is { Length: 0 })
                throw new ArgumentException("A path is not empty; null is for none.", localPath is { Length: 0 } ? nameof(localPath) : nameof(remotePath));
            return DatagramOpener.OpenUnix(LoopTransports.Of(loop), protocolFactory, localPath, remotePath);
        }
    }

    private static void CheckAddress((string Host, int Port)? address, string name)
    {
        if (address is not { } given)
            return;

        ArgumentException.ThrowIfNullOrEmpty(given.Host, name);
        EventLoopConnections.CheckPort(given.Port);
    }
}
