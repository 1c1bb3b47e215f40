// Server: listening sockets, and the connections that were accepted by them.
// Thread: the loop's.  Owns: its listeners; connections own themselves.
//   1. Closed once, for good: then it has no listeners.
//   2. _active counts the connections whose ConnectionLost has not been called.
//   3. Whoever waits in WaitClosed is woken once: when it is closed and no connection is left.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

/// <summary>Sockets that accept connections, each with a protocol of its own (<c>asyncio.Server</c>).</summary>
/// <remarks>
/// Made by <c>CreateServer</c> and <c>CreateUnixServer</c>. <c>await using</c> closes it at the end of the block, and waits for the
/// connections to end.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class Server : IAsyncDisposable
{
    private readonly LoopTransports _shared;
    private readonly Func<BaseProtocol> _protocolFactory;
    private readonly ServerOptions _options;
    private readonly Context? _context = Context.CopyForChild(Context.Current);
    private readonly ExecutionContext? _flow;
    private readonly List<Listener> _listeners = [];
    private readonly List<Future<Unit>> _waiters = [];
    private Future<Unit>? _serving;
    private Action? _onClose;
    private int _active;
    private bool _listening;
    private bool _closed;

    internal Server(LoopTransports shared, Func<BaseProtocol> protocolFactory, IEnumerable<IoHandle> handles, ServerOptions options, Action? onClose = null)
    {
        _shared = shared;
        _protocolFactory = protocolFactory;
        _options = options;
        _onClose = onClose;
        _flow = shared.Loop.Flow.Capture();
        foreach (var handle in handles)
            _listeners.Add(new Listener(this, shared, handle));
        shared.Places.Note(this);
    }

    /// <summary>Whether it accepts connections (<c>is_serving</c>).</summary>
    public bool IsServing => _listening && !_closed;

    /// <summary>The addresses it listens at, in the order in which they were bound; none once it is closed.</summary>
    public IReadOnlyList<EndPoint> LocalEndPoints => [.. _listeners.Select(static listener => listener.Address).OfType<EndPoint>()];

    /// <summary>Views of its sockets, for options that have no method here; none once it is closed (<c>sockets</c>). They do not
    /// own the sockets: closing one closes nothing.</summary>
    public IReadOnlyList<Socket> Sockets => [.. _listeners.Select(static listener => listener.View).OfType<Socket>()];

    /// <summary>The loop it accepts in (<c>get_loop</c>).</summary>
    public EventLoop GetLoop() => _shared.Loop;

    /// <summary>Begins to accept connections (<c>start_serving</c>). Harmless if it does already.</summary>
    /// <exception cref="InvalidOperationException">It is closed.</exception>
    /// <exception cref="SocketException">The system refuses to listen.</exception>
    public void StartServing()
    {
        _shared.Loop.CheckCanSchedule();
        CheckNotClosed();
        if (_listening)
            return;

        Listen();
    }

    /// <summary>Begins to accept connections and goes on until cancelled (<c>serve_forever</c>).</summary>
    /// <remarks>A cancel closes the server and its connections, waits until they have gone, and then goes on. One task at a time.</remarks>
    /// <exception cref="InvalidOperationException">It is closed, or another task is in this method.</exception>
    /// <exception cref="CancelledException">The task was cancelled, or the server was closed.</exception>
    public async Coroutine ServeForever()
    {
        if (_serving is not null)
            throw new InvalidOperationException("The server is already being awaited in ServeForever.");
        CheckNotClosed();
        StartServing();
        _serving = _shared.Loop.CreateFuture<Unit>();
        try
        {
            await _serving;
        }
        catch (CancelledException)
        {
            Close();
            CloseClients();
            await WaitClosed();
            throw;
        }
        finally
        {
            _serving = null;
        }
    }

    /// <summary>Stops listening, at once; connections go on (<c>close</c>). A task in <see cref="ServeForever"/> is cancelled.
    /// Closing twice is harmless.</summary>
    public void Close()
    {
        _shared.Loop.CheckThread();
        if (_closed)
            return;

        _closed = true;
        _shared.Places.Forget(this);
        foreach (var listener in _listeners)
            listener.Close();
        _listeners.Clear();
        _onClose?.Invoke();
        _onClose = null;
        _serving?.Cancel();
        WakeWaiters();
    }

    /// <summary>Waits until the server is closed and all its connections have gone (<c>wait_closed</c>). A cancel ends the wait only.</summary>
    public async Coroutine WaitClosed()
    {
        if (_closed && _active == 0)
            return;

        var waiter = _shared.Loop.CreateFuture<Unit>();
        _waiters.Add(waiter);
        try
        {
            await waiter;
        }
        finally
        {
            _waiters.Remove(waiter);
        }
    }

    /// <summary>Closes all connections; what was written still leaves (<c>close_clients</c>).</summary>
    public void CloseClients()
    {
        _shared.Loop.CheckThread();
        foreach (var transport in _shared.ClientsOf(this))
            transport.Close();
    }

    /// <summary>Closes all connections at once; what has not left yet is dropped (<c>abort_clients</c>).</summary>
    public void AbortClients()
    {
        _shared.Loop.CheckThread();
        foreach (var transport in _shared.ClientsOf(this))
            transport.Abort();
    }

    /// <summary>Closes the server and waits until its connections have gone: the end of <c>async with</c>.</summary>
    public async Coroutine DisposeAsync()
    {
        Close();
        await WaitClosed();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(_shared.Loop.CreateTask(DisposeAsync()).AsTask());

    /// <inheritdoc/>
    public override string ToString() => $"<Server {(_closed ? "closed" : IsServing ? "serving" : "idle")} sockets={_listeners.Count} connections={_active}>";

    /// <summary>Counts the connections for whoever has several servers.</summary>
    internal IConnectionCount? Count { get; set; }

    /// <summary>Takes connections to other loops' servers; null if all stay here.</summary>
    internal ConnectionHandover? Handover { get; set; }

    /// <summary>Whether its loop still takes connections. Any thread.</summary>
    internal bool IsAlive => !_shared.Loop.IsClosed && Count?.IsAlive != false;

    /// <summary>How many connections there are. Any thread.</summary>
    internal int Active => Volatile.Read(ref _active);

    /// <summary>It is closed and its connections have gone: nobody needs to end it any more. Any thread.</summary>
    internal bool IsOver => Volatile.Read(ref _closed) && Active == 0;

    /// <summary>Gives its listeners away, as sockets, and what is to be done when they are closed. It does not serve yet.</summary>
    internal (IReadOnlyList<Socket> Sockets, Action? OnClose) GiveListeners()
    {
        List<Socket> sockets = [];
        try
        {
            foreach (var listener in _listeners)
                sockets.Add(listener.Export());
        }
        catch
        {
            sockets.ForEach(static socket => socket.Dispose());
            throw;
        }

        foreach (var listener in _listeners)
            listener.Close();
        _listeners.Clear();
        var onClose = _onClose;
        _onClose = null;
        return (sockets, onClose);
    }

    /// <summary>Accepts by these sockets, which stay their owner's, for all that the handover knows; if it serves, at once.</summary>
    internal void TakeListeners(IReadOnlyList<Socket> sockets, ConnectionHandover? handover)
    {
        if (_closed)
            return;

        Handover = handover;
        foreach (var socket in sockets)
            _listeners.Add(new Listener(this, _shared, _shared.Engine.Sockets.Borrow(socket)));

        if (_listening)
            Listen();
    }

    internal void Attach()
    {
        _active++;
        Count?.OnOpened();
    }

    internal void Detach()
    {
        _active--;
        Count?.OnClosed();
        foreach (var listener in _listeners)
            listener.RetryNow();
        WakeWaiters();
    }

    /// <summary>A connection has been accepted: it is the protocol's, or closed if there is none.</summary>
    internal void OnAccepted(IoHandle handle)
    {
        if (Handover?.TryHand(_shared.Engine, handle) != true)
            Connect(handle);
    }

    /// <summary>A connection that another loop has accepted.</summary>
    internal void OnHanded(Socket socket)
    {
        // As of those that were accepted when the listener was closed already.
        if (_closed)
            socket.Close(timeout: 0);
        else
            Connect(_shared.Engine.Sockets.Adopt(socket));
    }

    private void Listen()
    {
        foreach (var listener in _listeners)
            listener.Listen(_options.Backlog);
        _listening = true;
        foreach (var listener in _listeners)
            listener.Accept();
    }

    private void Connect(IoHandle handle)
    {
        var loop = _shared.Loop;
        loop.CurrentContext = Context.CopyForChild(_context);
        if (_flow is not null)
            LoopFlow.Use(_flow);
        try
        {
            _ = new SocketTransport(_shared, handle, _protocolFactory(), this, null);
        }
        catch (Exception exception)
        {
            _shared.Engine.Close(handle);
            if (exception is KeyboardInterruptException)
                loop.Abort(exception);
            else
                loop.CallExceptionHandler(new LoopErrorContext("Error on transport creation for incoming connection") { Exception = exception });
        }
        finally
        {
            loop.CurrentContext = null;
            loop.Flow.Restore();
        }
    }

    private void CheckNotClosed()
    {
        if (_closed)
            throw new InvalidOperationException("The server is closed.");
    }

    private void WakeWaiters()
    {
        if (!_closed || _active > 0)
            return;

        foreach (var waiter in _waiters)
        {
            if (!waiter.Done)
                waiter.SetResult(default);
        }

        _waiters.Clear();
    }
}
