// TulipConnection: a connection as Kestrel sees it.
// Thread: any, but for what says otherwise.  Owns: the two ends that Kestrel reads and writes.
//   1. Whatever ends it, the transport is told on the loop: Kestrel may be anywhere.
//   2. ConnectionClosed is cancelled when the peer has ended its stream, when it has sent what nobody will read, or with the connection:
//      once, on the loop.
//   3. DisposeAsync completes both ends and waits until the socket is closed.
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tulip.AspNetCore;

internal sealed class TulipConnection : ConnectionContext, IDuplexPipe, IEventLoopFeature,
    IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature,
    IConnectionSocketFeature, IMemoryPoolFeature
{
    private readonly TulipListener _listener;
    private readonly ServerLoop _home;
    private readonly SocketTransport _transport;
    private readonly ConnectionInput _input;
    private readonly ConnectionOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _lost = new();
    private ConnectionFeatures? _features;
    private Socket? _socket;
    private ConnectionAbortedException? _abortReason;
    private bool _wasAborted;

    /// <summary>On the loop.</summary>
    public TulipConnection(TulipListener listener, ServerLoop home, SocketTransport transport, PipeReader input)
    {
        _listener = listener;
        _home = home;
        _transport = transport;
        _input = new ConnectionInput(home.Loop, input);
        _output = new ConnectionOutput(this, home, transport, listener.WriteLimit);
        Transport = this;
        ConnectionClosed = _closed.Token;
        LocalEndPoint = transport.GetExtraInfo(BaseTransport.SockName) as EndPoint;
        RemoteEndPoint = transport.GetExtraInfo(BaseTransport.PeerName) as EndPoint;
    }

    public EventLoop Loop => _home.Loop;

    public override string ConnectionId
    {
        get => field ??= ConnectionIds.Next();
        set;
    }

    public override IFeatureCollection Features => _features ??= new ConnectionFeatures(this);

    public override IDictionary<object, object?> Items
    {
        get => field ??= new ConnectionItems();
        set;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool => _home.Memory;

    /// <summary>Why Kestrel has aborted the connection, if it has.</summary>
    public ConnectionAbortedException? AbortReason => Volatile.Read(ref _abortReason);

    /// <summary>A view of the socket: closing it closes nothing. From another thread the call waits for the loop's next pass.</summary>
    public Socket Socket
    {
        get
        {
            if (_socket is null)
                Loop.SynchronizationContext.Send(static state => ((TulipConnection)state!).MakeView(), this);
            return _socket ?? throw new ObjectDisposedException(nameof(Socket), "The connection is closed.");
        }
    }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application."));

    /// <summary>Ends the connection at once. Kestrel gives no reason (null) when the client has ended its half: then that is no error.</summary>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        Interlocked.CompareExchange(ref _abortReason, abortReason, null);
        Post(static connection => connection.AbortNow());
    }

    public override async ValueTask DisposeAsync()
    {
        _input.Complete();
        _output.Complete();
        await _lost.Task.ConfigureAwait(false);
        _closed.Dispose();
    }

    /// <summary>Runs something on the loop: at once if this is its thread.</summary>
    public void Post(Action<TulipConnection> action)
    {
        if (ReferenceEquals(EventLoop.RunningOrNull, Loop))
            action(this);
        else if (!Loop.TryPost(new ServerItem(() => action(this))))
            OnLost();
    }

    /// <summary>Everything was written: the connection ends when it has left. On the loop.</summary>
    public void CloseOutput(Exception? exception)
    {
        if (exception is not null && !_listener.Options.FinOnError)
        {
            TransportLog.ConnectionWriteRst(_listener.Logger, this, exception.Message);
            _transport.Reset();
        }
        else
        {
            if (!_transport.IsClosing)
                TransportLog.ConnectionWriteFin(_listener.Logger, this, "Everything has been sent.");
            _transport.Close();
        }
    }

    public void PauseWriting() => _output.Pause();

    public void ResumeWriting() => _output.Resume();

    /// <summary>Nothing will be received any more. On the loop.</summary>
    public void OnClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (Exception exception)
        {
            TransportLog.ClosedCallbackFailed(_listener.Logger, exception);
        }
    }

    /// <summary>The socket is about to be closed. On the loop.</summary>
    public void OnLost()
    {
        var outer = ServerCode.Enter();
        try
        {
            _output.OnLost();
            _lost.TrySetResult();
        }
        finally
        {
            ServerCode.Leave(outer);
        }
    }

    private void AbortNow()
    {
        if (_wasAborted)
            return;

        _wasAborted = true;
        if (_abortReason is { } reason && !_listener.Options.FinOnError)
        {
            TransportLog.ConnectionWriteRst(_listener.Logger, this, reason.Message);
            _transport.Reset();
        }
        else
        {
            TransportLog.ConnectionWriteFin(_listener.Logger, this, _abortReason?.Message ?? "The client has ended its half of the connection.");
            _transport.Abort();
        }
    }

    private void MakeView() => _socket ??= _transport.GetExtraInfo(BaseTransport.SocketName) as Socket;
}
