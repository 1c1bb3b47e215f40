// LoopHttpHandler: HttpClient's own handler over connections of a loop.
// Thread: any. The connections are the loop's.
//   1. HttpClient's code runs without a SynchronizationContext: what it awaits of a connection goes on in line on the loop
//      (WireStream says how). It makes connections on the thread pool, and hands requests that waited for one over there.
//   2. A request of a task is cancelled with the task, until its content has been read.
//   3. A request from another thread goes on on the thread pool: its code is not drawn into the loop.
//   4. The loop's end is the handler's.
using System.Net;

namespace Tulip;

internal sealed class LoopHttpHandler : DelegatingHandler
{
    private readonly EventLoop _loop;
    private readonly LoopTransports _shared;
    private readonly HttpHandlerOptions _options;
    private readonly CancellationTokenSource _loopClosing = new();
    private readonly End _end;
    private int _disposed;

    public LoopHttpHandler(EventLoop loop, HttpHandlerOptions options)
    {
        _loop = loop;
        _shared = LoopTransports.Of(loop);
        _options = options;
        InnerHandler = MakeInner();
        _end = new End(this);
        _shared.Dependents.Add(_end);
    }

    private bool OnLoop => ReferenceEquals(EventLoop.RunningOrNull, _loop);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CheckLoop();
        var taskToken = TaskCancel.RunningTasksToken;
        if (!OnLoop)
            return SendFromElsewhere(request, taskToken, cancellationToken);

        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return SendWithTask(request, taskToken, cancellationToken);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CheckLoop();
        return OnLoop
            ? throw new InvalidOperationException("The loop's own thread cannot wait for an answer, for it is the one that receives. Await SendAsync instead of calling Send.")
            : base.Send(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
            _loop.TryPost((Action)(() => _shared.Dependents.Remove(_end)));
        base.Dispose(disposing);
    }

    private static async ValueTask LeaveLoop()
    {
        if (EventLoop.RunningOrNull is not null)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private SocketsHttpHandler MakeInner()
    {
        var inner = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = _options.MaxConnectionsPerServer,
            ConnectTimeout = _options.ConnectTimeout,
            UseProxy = _options.UnixSocketPath is null,
        };
        if (_options.Tls is { } tls)
            inner.SslOptions = tls;
        _options.Configure?.Invoke(inner);
        if (inner.ConnectCallback is not null)
            throw new ArgumentException("HttpHandlerOptions.Configure must leave ConnectCallback alone: the connections are Tulip's.");
        inner.ConnectCallback = Connect;
        return inner;
    }

    private Task<HttpResponseMessage> SendWithTask(
        HttpRequestMessage request, CancellationToken taskToken, CancellationToken cancellationToken)
        => TaskCancel.Run((this, request, taskToken), taskToken, cancellationToken, static async (send, token) =>
        {
            var (self, request, taskToken) = send;
            var response = await self.SendInner(request, token).ConfigureAwait(false);
            if (taskToken.CanBeCanceled)
                TaskContent.Bind(response, taskToken);
            return response;
        });

    private Task<HttpResponseMessage> SendInner(HttpRequestMessage request, CancellationToken cancellationToken)
        => base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendFromElsewhere(
        HttpRequestMessage request, CancellationToken taskToken, CancellationToken cancellationToken)
    {
        try
        {
            return await SendWithTask(request, taskToken, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await LeaveLoop().ConfigureAwait(false);
        }
    }

    /// <summary>Makes a connection. Called by HttpClient's code, usually on the thread pool.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        CheckLoop();
        var connecting = Aio.RunCoroutineThreadsafe(ConnectOnLoop(context.DnsEndPoint), _loop, cancellationToken);
        try
        {
            return await connecting.WaitAsync(_loopClosing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection was not made, for its event loop ends.", exception);
        }
    }

    private async Coroutine<Stream> ConnectOnLoop(DnsEndPoint server)
    {
        var (_, wire) = _options.UnixSocketPath is { } path
            ? await _loop.CreateUnixConnection(MakeWire, path)
            : await _loop.CreateConnection(MakeWire, server.Host, server.Port, _options.Connection);
        return new WireStream(wire);
    }

    private Wire MakeWire() => new(_loop);

    private void CheckLoop()
    {
        if (_loop.IsClosed)
            throw new InvalidOperationException("The event loop of this HTTP handler is closed. Make a handler on the loop that runs now: Aio.CreateHttpHandler.");
    }

    /// <summary>What the loop ends when it closes.</summary>
    private sealed class End(LoopHttpHandler handler) : IDisposable
    {
        public void Dispose()
        {
            handler._loopClosing.Cancel();
            handler.Dispose();
        }
    }
}
