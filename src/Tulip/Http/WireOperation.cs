// WireOperation: one read or one write of a WireStream, as its caller awaits it. A stream has one of each kind, used again and again.
// Thread: what begins it and takes its outcome, any; everything else the loop's, or that of whoever closes the loop.
//   1. Idle, Claimed (its fields are being set), Pending, Done (its outcome waits to be taken), Idle. Who makes the step to
//      Done, and nobody else, gives it an outcome.
//   2. The buffer may be touched only while it is Pending.
//   3. What awaits it goes on on the loop, in line, or on the thread pool if it was begun so. In line no SynchronizationContext is
//      current: with one, what says ConfigureAwait(false) would leave for the thread pool.
//   4. One that was begun on another thread and goes on on the loop is not seen done before it is awaited: else its caller
//      would go on where it is. Its outcome and its awaiter meet: who comes second has it delivered. If that is the awaiter,
//      it is posted.
//   5. What was posted to a loop that closes before its turn goes on on the thread pool: LoopItem.Abandon.
using System.Threading.Tasks.Sources;

namespace Tulip;

internal abstract class WireOperation(Wire wire) : LoopItem, IValueTaskSource<int>, IValueTaskSource
{
    private const int Idle = 0;
    private const int Claimed = 1;
    private const int Pending = 2;
    private const int Done = 3;

    private ManualResetValueTaskSourceCore<int> _source;
    private CancellationTokenRegistration _registration;
    private Exception? _failure;
    private int _count;
    private int _state;
    private bool _comesToLoop;
    private int _met;

    /// <summary>Whether it has begun, and has no outcome yet.</summary>
    public bool IsPending => Volatile.Read(ref _state) == Pending;

    public short Version => _source.Version;

    private protected Wire Wire => wire;

    /// <summary>Fails it, unless it has an outcome.</summary>
    public void TryFail(Exception exception)
    {
        if (TryFinish())
            Settle(exception, 0);
    }

    /// <summary>The same when its loop is gone: what awaits it goes on on the thread pool.</summary>
    public void TryFailElsewhere(Exception exception)
    {
        if (!TryFinish())
            return;

        _source.RunContinuationsAsynchronously = true;
        Settle(exception, 0);
    }

    /// <summary>Gives it its outcome, unless it has one.</summary>
    public void TrySucceed(int count)
    {
        if (TryFinish())
            Settle(null, count);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        var comesToLoop = _comesToLoop;
        _source.OnCompleted(continuation, state, token, flags);
        if (comesToLoop && Interlocked.Exchange(ref _met, 1) != 0 && !wire.Loop.TryPost(new Delivery(this)))
            DeliverElsewhere();
    }

    public int GetResult(short token)
    {
        // Waits for a callback that is just being run, which only posts: afterwards none comes.
        _registration.Dispose();
        _registration = default;
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            if (Volatile.Read(ref _state) == Done)
            {
                _source.Reset();
                _failure = null;
                Forget();
                Volatile.Write(ref _state, Idle);
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    internal override void Abandon() => TryFailElsewhere(Wire.LoopIsClosed());

    /// <summary>Drops the buffer.</summary>
    private protected abstract void Forget();

    /// <summary>Reserves it for the caller.</summary>
    /// <exception cref="InvalidOperationException">One of its kind is going on.</exception>
    private protected void Claim(string what)
    {
        if (Interlocked.CompareExchange(ref _state, Claimed, Idle) != Idle)
            throw new InvalidOperationException($"The connection has a {what} that has not ended: one at a time.");
    }

    /// <summary>From here on it can get its outcome.</summary>
    /// <param name="elsewhere">Whether the caller goes on on the thread pool.</param>
    /// <param name="comesToLoop">Whether the caller is on another thread, and goes on on the loop.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private protected void Publish(bool elsewhere, bool comesToLoop, CancellationToken cancellationToken)
    {
        _source.RunContinuationsAsynchronously = elsewhere;
        _comesToLoop = comesToLoop;
        _met = 0;
        Volatile.Write(ref _state, Pending);
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (self, token) => ((WireOperation)self!).CancelLater(token), this);
    }

    private bool TryFinish() => Interlocked.CompareExchange(ref _state, Done, Pending) == Pending;

    private void Settle(Exception? exception, int count)
    {
        (_failure, _count) = (exception, count);
        if (!_comesToLoop || Interlocked.Exchange(ref _met, 1) != 0)
            Deliver();
    }

    private void DeliverElsewhere()
    {
        _source.RunContinuationsAsynchronously = true;
        Deliver();
    }

    private void Deliver()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            if (_failure is null)
                _source.SetResult(_count);
            else
                _source.SetException(_failure);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    // Whether the cancel came in time is decided on the loop.
    private void CancelLater(CancellationToken cancellationToken)
    {
        var version = Version;
        wire.Loop.TryPost((Action)(() =>
        {
            if (version == Version)
                TryFail(new OperationCanceledException(cancellationToken));
        }));
    }

    /// <summary>The loop is to give it its outcome.</summary>
    private sealed class Delivery(WireOperation operation) : LoopItem
    {
        internal override void Run(EventLoop loop) => operation.Deliver();

        internal override void Abandon() => operation.DeliverElsewhere();
    }
}

/// <summary>A read that waits for bytes.</summary>
internal sealed class WireRead(Wire wire) : WireOperation(wire)
{
    public Memory<byte> Buffer { get; private set; }

    /// <summary>Begins to wait.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="elsewhere">Whether the caller goes on on the thread pool.</param>
    /// <param name="cancellationToken">Ends the wait; then no byte was taken.</param>
    public void Begin(Memory<byte> buffer, bool elsewhere, CancellationToken cancellationToken)
    {
        Claim("read");
        Buffer = buffer;
        Publish(elsewhere, comesToLoop: false, cancellationToken);
    }

    internal override void Run(EventLoop loop) => Wire.ServeRead();

    private protected override void Forget() => Buffer = default;
}

/// <summary>A write that waits for its turn on the loop, or for room.</summary>
internal sealed class WireWrite(Wire wire) : WireOperation(wire)
{
    public ReadOnlyMemory<byte> Buffer { get; private set; }

    /// <summary>Whether the bytes have been handed to the transport.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Begins, with bytes that are still to be written, or were written already.</summary>
    public void Begin(ReadOnlyMemory<byte> buffer, bool hasStarted, CancellationToken cancellationToken)
    {
        Claim("write");
        Buffer = buffer;
        HasStarted = hasStarted;
        Publish(elsewhere: false, comesToLoop: !hasStarted, cancellationToken);
    }

    internal override void Run(EventLoop loop) => Wire.StartWrite();

    private protected override void Forget() => Buffer = default;
}
