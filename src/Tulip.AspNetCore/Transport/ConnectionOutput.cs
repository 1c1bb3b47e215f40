// ConnectionOutput: what Kestrel writes.
// Thread: any, one call at a time (Kestrel's rule); what completes a flush that waits is the loop's.
//   1. What is flushed on the loop goes to the transport at once, and leaves with everything else that the connection writes in the pass.
//   2. What is flushed elsewhere is queued, in order, and the loop is asked to take it; a later flush on the loop takes it first.
//   3. A flush waits while the transport holds more than the limit, or the queue does.
//   4. It also waits, for the next pass, when the connection has written BytesPerPass in this one: a handler whose client takes everything
//      must not keep the loop to itself. And while the connection is closing, it waits for the end to be told: code that writes until
//      it hears of the end must give the loop the time to say so.
//   5. A cancel that was asked for ends the flush that waits or, if none does, the next one; a flush's own token ends that flush only.
//      Whether the connection is lost is asked under the gate before a flush elsewhere waits: the end wakes who waits by then, and nobody later.
//   6. Between flushes the blocks are the writer's; the transport copies what is small, and they go back to the pool. What is more than a
//      block goes on in large ones, which become the transport's without a copy; all that was flushed is one send.
using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Tulip.AspNetCore;

internal sealed class ConnectionOutput(TulipConnection connection, ServerLoop home, SocketTransport transport, int limit)
    : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int BytesPerPass = 256 * 1024;
    private const int LargeBlock = 64 * 1024;

    // Less than that is copied: a block that waits for a slow client is not to be nearly empty.
    private const int HandedOver = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<OutputBlock> _queue = new();
    private ManualResetValueTaskSourceCore<FlushResult> _flush;
    private OutputBlock _last;
    private List<OutputBlock>? _full;
    private long _unflushed;
    private long _queuedBytes;
    private long _pass;
    private long _passBytes;
    private bool _waiting;
    private volatile bool _cancelled;
    private volatile bool _paused;
    private volatile bool _lost;
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    private static ConnectionOutput Of(TulipConnection connection) => (ConnectionOutput)((IDuplexPipe)connection).Output;

    private bool IsOnLoop => ReferenceEquals(EventLoop.RunningOrNull, home.Loop);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _last.Memory[_last.Length..];
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _last.Memory.Span[_last.Length..];
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _last.Memory.Length - _last.Length);
        _last.Length += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        if (_lost || _completed)
        {
            Release();
            return new(new FlushResult(isCanceled: false, isCompleted: true));
        }

        return IsOnLoop ? FlushHere(cancellationToken) : FlushElsewhere(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        // Said at once: without a flush that waits it is the next one's.
        _cancelled = true;
        connection.Post(connection => Of(connection).EndWait(static output => output._cancelled));
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed)
            return;

        _completed = true;
        if (IsOnLoop)
        {
            Take();
            HandOver();
        }
        else
        {
            lock (_gate)
                Enqueue();
        }

        connection.Post(connection =>
        {
            Take();
            connection.CloseOutput(exception);
        });
    }

    /// <summary>The transport holds more than the limit. On the loop.</summary>
    public void Pause() => _paused = true;

    /// <summary>It holds no more than half of the limit. On the loop.</summary>
    public void Resume()
    {
        _paused = false;
        GoOn();
    }

    /// <summary>Nothing leaves any more. On the loop.</summary>
    public void OnLost()
    {
        _lost = true;
        Take();
        GoOn();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _flush.OnCompleted(continuation, state, token, flags);

    private ValueTask<FlushResult> FlushHere(CancellationToken cancellationToken)
    {
        Take();
        var isTooMuch = Count(_unflushed);
        HandOver();
        if (_cancelled || (!_paused && !isTooMuch && !transport.IsClosing))
            return new(Outcome());

        if (isTooMuch && !_paused && !transport.IsClosing)
            home.Loop.CallSoon(TakeAndGoOn);
        lock (_gate)
            return Wait(cancellationToken);
    }

    /// <summary>Whether these bytes are more than the connection may write in a pass.</summary>
    private bool Count(long bytes)
    {
        if (_pass != home.Loop.Passes)
        {
            _pass = home.Loop.Passes;
            _passBytes = 0;
        }

        _passBytes += bytes;
        return _passBytes >= BytesPerPass;
    }

    private ValueTask<FlushResult> FlushElsewhere(CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> result;
        lock (_gate)
        {
            Enqueue();

            // Asked once more: who says that the connection is lost ends the waits that there are, and no later one.
            var waits = (_paused || _queuedBytes > limit) && !_cancelled && !_lost;
            result = waits ? Wait(cancellationToken) : new(Outcome());
        }

        connection.Post(static connection => Of(connection).TakeAndGoOn());
        return result;
    }

    private void TakeAndGoOn()
    {
        Take();
        if (!_paused && !transport.IsClosing)
            GoOn();
    }

    private ValueTask<FlushResult> Wait(CancellationToken cancellationToken)
    {
        _flush.Reset();
        _waiting = true;
        var flush = new ValueTask<FlushResult>(this, _flush.Version);
        return cancellationToken.CanBeCanceled ? Cancellable(flush, cancellationToken) : flush;
    }

    private async ValueTask<FlushResult> Cancellable(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        // This flush's only: if it is over when the loop hears of it, the next one is not concerned.
        var version = _flush.Version;
        using var registration = cancellationToken.UnsafeRegister(
            _ => connection.Post(connection => Of(connection).EndWait(output => output._flush.Version == version)), null);
        var result = await flush.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    // Whoever takes the cancel is the only one who does; another may be said meanwhile.
    private FlushResult Outcome() => new(_cancelled && Interlocked.Exchange(ref _cancelled, false), _lost);

    /// <summary>Ends a flush that waits. On the loop.</summary>
    private void GoOn() => EndWait(static _ => true);

    private void EndWait(Predicate<ConnectionOutput> condition)
    {
        FlushResult result;
        lock (_gate)
        {
            if (!_waiting || !condition(this))
                return;

            _waiting = false;
            result = Outcome();
        }

        var outer = ServerCode.Enter();
        try
        {
            _flush.SetResult(result);
        }
        finally
        {
            ServerCode.Leave(outer);
        }
    }

    /// <summary>What was flushed elsewhere goes to the transport. On the loop.</summary>
    private void Take()
    {
        if (Volatile.Read(ref _queuedBytes) == 0)
            return;

        lock (_gate)
        {
            while (_queue.TryDequeue(out var block))
                Write(block, isMore: _queue.Count > 0);
            _queuedBytes = 0;
        }
    }

    private void Write(in OutputBlock block, bool isMore)
    {
        if (_lost || transport.IsClosing)
        {
            block.Release();
        }
        else if (block.Length >= HandedOver)
        {
            block.HandTo(transport, isMore);
        }
        else
        {
            transport.Write(block.Memory.Span[..block.Length]);
            block.Release();
        }
    }

    /// <summary>What was written goes to the transport. On the loop.</summary>
    private void HandOver()
    {
        if (_full is not null)
        {
            for (var i = 0; i < _full.Count; i++)
                Write(_full[i], isMore: i + 1 < _full.Count || _last.Length > 0);
            _full.Clear();
        }

        if (_last.Length > 0)
            Write(_last, isMore: false);
        else
            _last.Release();
        _last = default;
        _unflushed = 0;
    }

    private void Enqueue()
    {
        if (_full is not null)
        {
            foreach (var block in _full)
                _queue.Enqueue(block);
            _full.Clear();
        }

        if (_last.Length > 0)
            _queue.Enqueue(_last);
        else
            _last.Release();
        _last = default;
        _queuedBytes += _unflushed;
        _unflushed = 0;
    }

    private void Release()
    {
        if (_full is not null)
        {
            foreach (var block in _full)
                block.Release();
            _full.Clear();
        }

        _last.Release();
        _last = default;
        _unflushed = 0;
    }

    private void MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_completed)
            throw new InvalidOperationException("Writing is not allowed after the writer was completed.");

        var needed = Math.Max(sizeHint, 1);
        if (_last.Memory.Length - _last.Length >= needed)
            return;

        if (_last.Length > 0)
        {
            (_full ??= []).Add(_last);
            needed = Math.Max(needed, LargeBlock);
        }
        else
        {
            _last.Release();
        }

        _last = OutputBlock.Rent(home.Memory, needed);
    }

    /// <summary>Memory with bytes at its beginning.</summary>
    private struct OutputBlock
    {
        private IMemoryOwner<byte>? _owner;

        public Memory<byte> Memory;
        public int Length;

        public static OutputBlock Rent(LoopMemoryPool pool, int size)
        {
            var owner = size <= LoopMemoryPool.BlockSize ? pool.Rent(size) : MemoryPool<byte>.Shared.Rent(size);
            return new OutputBlock { _owner = owner, Memory = owner.Memory };
        }

        public readonly void Release() => _owner?.Dispose();

        public readonly void HandTo(SocketTransport transport, bool isMore) => transport.Write(_owner!, Length, isMore);
    }
}
