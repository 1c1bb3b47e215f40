// Wire: a connection whose user is .NET code that knows nothing of Tulip, such as HttpClient; WireStream is what that sees.
// Thread: the loop's, but for what begins a read or a write, and for the loop's own end.
//   1. What comes goes straight into the buffer of the read that waits. Without one it is kept, up to KeptLimit; then
//      the transport is paused.
//   2. A read or a write that was begun on another thread is posted; what it does, it does on the loop.
//   3. Nothing waits for ever: the connection's end, the stream's and the loop's each end what is pending.
using System.Net.Sockets;

namespace Tulip;

internal sealed class Wire : Protocol, IDisposable
{
    internal const int KeptLimit = 64 * 1024;
    private const double CloseLimit = 5;

    private readonly WireRead _read;
    private readonly WireWrite _write;
    private ByteBuffer _kept;
    private Transport? _transport;
    private TimerHandle? _closeTimer;
    private Exception? _failure;
    private bool _ended;
    private bool _readingPaused;
    private bool _writingPaused;
    private bool _lost;

    public Wire(EventLoop loop)
    {
        Loop = loop;
        _read = new WireRead(this);
        _write = new WireWrite(this);
    }

    public EventLoop Loop { get; }

    private bool OnLoop => ReferenceEquals(EventLoop.RunningOrNull, Loop);

    public override void ConnectionMade(Transport transport)
    {
        _transport = transport;
        LoopTransports.Of(Loop).Dependents.Add(this);
    }

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (_kept.Count > 0 || !_read.IsPending || _read.Buffer.IsEmpty)
        {
            Keep(data);
            ServeRead();
            return;
        }

        var count = Math.Min(data.Length, _read.Buffer.Length);
        data[..count].CopyTo(_read.Buffer.Span);
        Keep(data[count..]);
        _read.TrySucceed(count);
    }

    /// <summary>Kept open: an HTTP connection's user decides what the end means.</summary>
    public override bool EofReceived()
    {
        _ended = true;
        ServeRead();
        return true;
    }

    public override void ConnectionLost(Exception? exception)
    {
        LoopTransports.Of(Loop).Dependents.Remove(this);
        _closeTimer?.Cancel();
        _lost = true;
        if (exception is not null)
            _failure ??= new IOException($"The connection is broken: {exception.Message}", exception);
        ServeRead();
        if (_write.IsPending)
            _write.TryFail(WriteError()!);
    }

    public override void PauseWriting() => _writingPaused = true;

    public override void ResumeWriting()
    {
        _writingPaused = false;
        if (_write.IsPending && _write.HasStarted)
            _write.TrySucceed(0);
    }

    /// <summary>Reads what there is, or begins to wait. Any thread: a read from another thread goes on on the thread pool.</summary>
    public ValueTask<int> Read(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (OnLoop)
        {
            if (TryTake(buffer.Span, out var count, out var failure))
                return failure is null ? ValueTask.FromResult(count) : ValueTask.FromException<int>(failure);
            _read.Begin(buffer, elsewhere: false, cancellationToken);
        }
        else
        {
            _read.Begin(buffer, elsewhere: true, cancellationToken);
            PostOrFail(_read);
        }

        return new ValueTask<int>(_read, _read.Version);
    }

    /// <summary>Writes, and waits while too much waits to leave. Any thread: the caller goes on on the loop's.</summary>
    public ValueTask Write(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (OnLoop)
        {
            if (WriteError() is { } failure)
                return ValueTask.FromException(failure);
            WriteNow(buffer.Span);
            if (!_writingPaused)
                return default;
            _write.Begin(default, hasStarted: true, cancellationToken);
        }
        else
        {
            _write.Begin(buffer, hasStarted: false, cancellationToken);
            PostOrFail(_write);
        }

        return new ValueTask(_write, _write.Version);
    }

    /// <summary>Writes, and does not wait. Loop thread only.</summary>
    public void WriteNow(ReadOnlySpan<byte> bytes)
    {
        if (_write.IsPending)
            throw new InvalidOperationException("The connection has a write that has not ended: one at a time.");
        if (WriteError() is { } failure)
            throw failure;
        _transport!.Write(bytes);
    }

    /// <summary>Takes what there is. Loop thread only.</summary>
    /// <returns>False if that is nothing yet.</returns>
    public bool TryTake(Span<byte> destination, out int count, out Exception? failure)
    {
        (count, failure) = (0, null);
        if (_kept.Count > 0)
        {
            count = Math.Min(destination.Length, _kept.Count);
            _kept.TakeInto(Loop.Io.Buffers, destination[..count]);
            if (_readingPaused && _kept.Count <= KeptLimit / 2)
            {
                _readingPaused = false;
                _transport!.ResumeReading();
            }

            return true;
        }

        failure = _failure;
        return failure is not null || _ended || _lost;
    }

    /// <summary>Gives the waiting read what there is. Loop thread only.</summary>
    public void ServeRead()
    {
        if (!_read.IsPending || !TryTake(_read.Buffer.Span, out var count, out var failure))
            return;

        if (failure is null)
            _read.TrySucceed(count);
        else
            _read.TryFail(failure);
    }

    /// <summary>Does the write that another thread has begun. Loop thread only.</summary>
    public void StartWrite()
    {
        if (!_write.IsPending || _write.HasStarted)
            return;

        if (WriteError() is { } failure)
        {
            _write.TryFail(failure);
            return;
        }

        _write.HasStarted = true;
        _transport!.Write(_write.Buffer.Span);
        if (!_writingPaused)
            _write.TrySucceed(0);
    }

    /// <summary>The stream's end: what was written leaves, unless the stream's user gave up in the middle of a write. Loop thread only.</summary>
    public void Close()
    {
        if (_lost || _transport is not { IsClosing: false } transport)
            return;

        var gaveUp = _write.IsPending;
        _failure ??= new IOException("The connection was closed.", new SocketException((int)SocketError.OperationAborted));

        // Not in line: who closes may hold locks, or be in the middle of something that what is pending would go on with.
        if (gaveUp || _read.IsPending)
            Loop.TryPost((Action)FailPending);
        if (gaveUp)
        {
            transport.Abort();
            return;
        }

        // A peer that takes nothing would hold the connection for ever.
        transport.Close();
        if (transport.GetWriteBufferSize() > 0)
            _closeTimer = Loop.CallLater(CloseLimit, transport.Abort);
    }

    /// <summary>The loop's end: nothing will ever be received. Called by who closes the loop.</summary>
    public void Dispose()
    {
        _failure ??= LoopIsClosed();
        _read.TryFailElsewhere(_failure);
        _write.TryFailElsewhere(_failure);
    }

    private void FailPending()
    {
        _read.TryFail(_failure!);
        _write.TryFail(_failure!);
    }

    internal static IOException LoopIsClosed() => new("The event loop of this connection is closed.");

    private void PostOrFail(WireOperation operation)
    {
        if (!Loop.TryPost(operation))
            operation.Abandon();
    }

    private IOException? WriteError() => _failure as IOException
        ?? (_lost ? new IOException("The connection is closed.", new SocketException((int)SocketError.ConnectionReset)) : null);

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        _kept.Append(Loop.Io.Buffers, data);
        if (_kept.Count <= KeptLimit || _readingPaused)
            return;

        _readingPaused = true;
        _transport!.PauseReading();
    }
}
