using System.Net.WebSockets;

namespace Tulip;

public static partial class Aio
{
    /// <summary>A handler for <see cref="HttpClient"/> whose connections are the running loop's: TCP, TLS, Unix sockets.</summary>
    /// <remarks>
    /// <code>using var http = new HttpClient(CreateHttpHandler());
    /// var text = await http.GetStringAsync("https://example.org/");</code>
    /// <para>A request that a task waits for is cancelled with the task, without a token: until its answer has been read, and its
    /// connection is closed. HTTP/1.1 and HTTP/2 go over the loop; HTTP/3 does not.</para>
    /// <para>On the loop HttpClient's code runs on the loop's thread, but for three moments that it spends on the thread pool: the
    /// begin of a connection, the turn of a request that waited for one, and HTTP/2's own hand-overs. Content that a request sends is
    /// read by that code, on either, without the loop's context. Any other thread or loop may send requests
    /// too; it goes on as if the handler were .NET's own, on the thread pool. Waiting on the loop's thread (<c>Send</c>) throws.</para>
    /// <para>The handler ends with its loop: what is under way fails with an <see cref="IOException"/>, and later requests with an
    /// <see cref="InvalidOperationException"/>. On a <see cref="VirtualClock"/> a request is a .NET task as any other: time does not wait for it
    /// unless you say so, <c>WrapFuture(http.GetAsync(…), holdTime: true)</c>.</para>
    /// </remarks>
    /// <param name="options">How connections are made; null for the defaults.</param>
    /// <returns>The handler; dispose it, or the <see cref="HttpClient"/> that it was given to, when it is not needed any more. Connections that
    /// are idle are closed then, the others when their answers have been read.</returns>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    /// <exception cref="NotSupportedException">The loop's network is a simulated one: HttpClient runs partly on the thread pool, which
    /// simulated time does not wait for.</exception>
    /// <exception cref="ArgumentException"><see cref="HttpHandlerOptions.Configure"/> has set what is Tulip's.</exception>
    public static HttpMessageHandler CreateHttpHandler(HttpHandlerOptions? options = null)
    {
        var loop = GetRunningLoop();
        if (LoopTransports.Of(loop).IsSimulated)
        {
            throw new NotSupportedException(
                "HttpClient runs partly on the thread pool, which a simulated network's time does not wait for. Test against a server on 127.0.0.1, on a loop with a real engine.");
        }

        return new LoopHttpHandler(loop, options ?? new HttpHandlerOptions());
    }

    /// <summary>Connects to a WebSocket server over a connection of the running loop.</summary>
    /// <remarks>A cancel ends the attempt. Afterwards pass <see cref="CancelToken"/> to what you await of it: a receive that is cancelled
    /// aborts the connection, as always with .NET's WebSockets.</remarks>
    /// <param name="uri">An address with <c>ws</c> or <c>wss</c>.</param>
    /// <param name="handler">Whose options the connection is made with, from <see cref="CreateHttpHandler"/>; null for one of its own.</param>
    /// <param name="configure">Called with the options before connecting: headers, subprotocols, keep-alive. What concerns the connection
    /// itself, as certificates and proxies, belongs to the handler.</param>
    /// <returns>The open WebSocket; dispose it when you are done.</returns>
    /// <exception cref="WebSocketException">The server cannot be connected, or does not take a WebSocket.</exception>
    public static Coroutine<ClientWebSocket> ConnectWebSocket(
        Uri uri, HttpMessageHandler? handler = null, Action<ClientWebSocketOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return Run(uri, handler, configure);

        static async Coroutine<ClientWebSocket> Run(Uri uri, HttpMessageHandler? handler, Action<ClientWebSocketOptions>? configure)
        {
            // A handler of its own may end at once: the connection is the WebSocket's by then.
            using var invoker = new HttpMessageInvoker(handler ?? CreateHttpHandler(), disposeHandler: handler is null);
            var socket = new ClientWebSocket();
            try
            {
                configure?.Invoke(socket.Options);
                await socket.ConnectAsync(uri, invoker, CancelToken);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
