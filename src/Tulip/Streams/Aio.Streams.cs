using System.Net.Sockets;

namespace Tulip;

public static partial class Aio
{
    /// <summary>Connects to a host by TCP (<c>asyncio.open_connection</c>).</summary>
    /// <remarks>Small writes leave at once (TCP_NODELAY). A cancel closes what has been opened. Close the writer when you are done.</remarks>
    /// <param name="host">A name, of which each address is tried, or an address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="limit">The reader's, in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to connect; null for the defaults.</param>
    /// <returns>The connection's reader and writer.</returns>
    /// <exception cref="SocketException">No address could be connected.</exception>
    public static Coroutine<(AsyncStreamReader Reader, AsyncStreamWriter Writer)> OpenConnection(
        string host, int port, int limit = AsyncStreamReader.DefaultLimit, ConnectionOptions? options = null)
    {
        var loop = GetRunningLoop();
        return WithStreams(loop.CreateConnection(ProtocolFactory(loop, limit), host, port, options));
    }

    /// <summary>Streams over a socket that is connected already (<c>asyncio.open_connection(sock=…)</c>).</summary>
    /// <param name="socket">A connected stream socket; it is the connection's from now on, and cannot be used any more.</param>
    /// <param name="limit">The reader's, in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="tls">Secures the connection, with a client's settings (<c>ssl</c>); null for a plain one.</param>
    /// <exception cref="ArgumentException">It is no stream socket, or the settings are a server's.</exception>
    public static Coroutine<(AsyncStreamReader Reader, AsyncStreamWriter Writer)> OpenConnection(
        Socket socket, int limit = AsyncStreamReader.DefaultLimit, TlsSettings? tls = null)
    {
        var loop = GetRunningLoop();
        return WithStreams(loop.CreateConnection(ProtocolFactory(loop, limit), socket, tls));
    }

    /// <summary>Connects to a Unix socket (<c>asyncio.open_unix_connection</c>).</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="limit">The reader's, in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="tls">Secures the connection, with a client's settings (<c>ssl</c>, <c>server_hostname</c>); null for a plain one.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Coroutine<(AsyncStreamReader Reader, AsyncStreamWriter Writer)> OpenUnixConnection(
        string path, int limit = AsyncStreamReader.DefaultLimit, TlsSettings? tls = null)
    {
        var loop = GetRunningLoop();
        return WithStreams(loop.CreateUnixConnection(ProtocolFactory(loop, limit), path, tls));
    }

    /// <summary>Serves clients by TCP, with a task for each (<c>asyncio.start_server</c>).</summary>
    /// <remarks>
    /// The loop holds a client's task until it is done. If it fails, the loop's exception handler is told; then, and if it is
    /// cancelled, the connection is closed. If it returns, the connection stays open until its writer is closed.
    /// </remarks>
    /// <param name="clientConnected">Called with the reader and writer of each client; its coroutine runs as a task.</param>
    /// <param name="host">A name or an address; null or empty for every interface.</param>
    /// <param name="port">1 to 65,535, or 0 for one that the system chooses (<see cref="Server.LocalEndPoints"/> tells).</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">An address cannot be bound, or there is no such host.</exception>
    public static Coroutine<Server> StartServer(
        Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected,
        string? host,
        int port,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        var loop = GetRunningLoop();
        return loop.CreateServer(ProtocolFactory(loop, limit, TaskPerClient.Of(clientConnected)), host, port, options);
    }

    /// <summary>Serves clients by TCP, with a call for each (<c>asyncio.start_server</c>).</summary>
    /// <param name="clientConnected">Called with the reader and writer of each client.</param>
    /// <param name="host">A name or an address; null or empty for every interface.</param>
    /// <param name="port">1 to 65,535, or 0 for one that the system chooses (<see cref="Server.LocalEndPoints"/> tells).</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">An address cannot be bound, or there is no such host.</exception>
    public static Coroutine<Server> StartServer(
        Action<AsyncStreamReader, AsyncStreamWriter> clientConnected,
        string? host,
        int port,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        var loop = GetRunningLoop();
        return loop.CreateServer(ProtocolFactory(loop, limit, CallPerClient.Of(clientConnected)), host, port, options);
    }

    /// <summary>Serves clients of a socket that is bound already (<c>asyncio.start_server(sock=…)</c>).</summary>
    /// <param name="clientConnected">Called with the reader and writer of each client; its coroutine runs as a task.</param>
    /// <param name="socket">A bound stream socket; it is the server's from now on, and cannot be used any more.</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="ArgumentException">It is no stream socket.</exception>
    public static Coroutine<Server> StartServer(
        Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected,
        Socket socket,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        var loop = GetRunningLoop();
        return loop.CreateServer(ProtocolFactory(loop, limit, TaskPerClient.Of(clientConnected)), socket, options);
    }

    /// <summary>Serves clients of a Unix socket, with a task for each (<c>asyncio.start_unix_server</c>).</summary>
    /// <param name="clientConnected">Called with the reader and writer of each client; its coroutine runs as a task.</param>
    /// <param name="path">The path of the socket to make; a socket that lies there is replaced.</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public static Coroutine<Server> StartUnixServer(
        Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected,
        string path,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        var loop = GetRunningLoop();
        return loop.CreateUnixServer(ProtocolFactory(loop, limit, TaskPerClient.Of(clientConnected)), path, options);
    }

    /// <summary>Serves clients of a Unix socket, with a call for each (<c>asyncio.start_unix_server</c>).</summary>
    /// <param name="clientConnected">Called with the reader and writer of each client.</param>
    /// <param name="path">The path of the socket to make; a socket that lies there is replaced.</param>
    /// <param name="limit">The readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <param name="options">How to listen; null for the defaults.</param>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public static Coroutine<Server> StartUnixServer(
        Action<AsyncStreamReader, AsyncStreamWriter> clientConnected,
        string path,
        int limit = AsyncStreamReader.DefaultLimit,
        ServerOptions? options = null)
    {
        var loop = GetRunningLoop();
        return loop.CreateUnixServer(ProtocolFactory(loop, limit, CallPerClient.Of(clientConnected)), path, options);
    }

    internal static Func<StreamReaderProtocol> ProtocolFactory(EventLoop loop, int limit, ClientHandler? handler = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return () => new StreamReaderProtocol(new AsyncStreamReader(loop, limit), handler);
    }

    private static async Coroutine<(AsyncStreamReader, AsyncStreamWriter)> WithStreams(
        Coroutine<(Transport Transport, StreamReaderProtocol Protocol)> connect)
    {
        var (transport, protocol) = await connect;
        return (protocol.Reader, new AsyncStreamWriter(transport, protocol));
    }
}
