// AsyncStreamReader: between a connection that brings bytes when they come and a task that wants them when it is ready.
// This file: what is fed, and waiting for it.  AsyncStreamReader.Reads.cs: what a task reads.
// Thread: the loop's.  Owns: the buffer.
//   1. One task waits at a time, in _waiter; while _waiting is false, that is the next wait's future. Feeding wakes it by its future, so it goes on one hop later, as in asyncio;
//      the bytes stay in the buffer until it does, and a cancelled read takes none.
//   2. Above twice the limit the transport is paused, at the limit or below it is resumed; a task that waits for more
//      than is there resumes it too, or both would wait for ever.
//   3. Lent bytes are the borrower's until the next read begins; each read begins by ending the loan.
using System.Runtime.ExceptionServices;

namespace Tulip;

/// <summary>Reads a connection by the piece, the line or the number of bytes (<c>asyncio.StreamReader</c>).</summary>
/// <remarks>
/// Made by <c>OpenConnection</c> and <c>StartServer</c>; or make one and feed it. One task at a time may read. Cancelling a
/// read loses no data.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed partial class AsyncStreamReader
{
    internal const int DefaultLimit = 64 * 1024;

    private readonly EventLoop _loop;
    private readonly int _limit;
    private ByteBuffer _buffer;
    private Transport? _transport;
    private ReusableFuture? _waiter;
    private Exception? _exception;
    private bool _waiting;
    private bool _ended;
    private bool _paused;

    /// <summary>An empty reader of the running loop, or of the thread's current one.</summary>
    /// <param name="limit">How long a line, or what comes before a separator, may be, in bytes; at least 1. 64 KiB at first.
    /// When more than twice as much waits to be read, the transport is paused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public AsyncStreamReader(int limit = DefaultLimit)
        : this(Aio.GetEventLoop(), limit)
    {
    }

    /// <summary>An empty reader of a loop.</summary>
    /// <param name="loop">The loop whose tasks read.</param>
    /// <param name="limit">How long a line, or what comes before a separator, may be, in bytes; at least 1.
    /// When more than twice as much waits to be read, the transport is paused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public AsyncStreamReader(EventLoop loop, int limit = DefaultLimit)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _loop = loop;
        _limit = limit;
    }

    /// <summary>Whether the end was fed and everything before it has been read (<c>at_eof</c>).</summary>
    public bool AtEof => _ended && _buffer.Count == 0;

    internal EventLoop Loop => _loop;

    internal Transport? Transport => _transport;

    /// <summary>Whether there are bytes, or the end.</summary>
    internal bool HasSomething => _buffer.Count > 0 || _ended;

    /// <summary>Whether bytes can be taken at once, or the end; false for a failure, which a read throws.</summary>
    internal bool IsReadable => HasSomething && _exception is null;

    private LoopBuffers Pool => _loop.Io.Buffers;

    /// <summary>The exception that reading throws, or null (<c>exception</c>).</summary>
    public Exception? Exception() => _exception;

    /// <summary>Makes this and every later read throw (<c>set_exception</c>).</summary>
    public void SetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _exception = exception;
        TakeWaiter()?.SetException(exception);
    }

    /// <summary>Names the transport that is paused when too much waits to be read (<c>set_transport</c>).</summary>
    /// <exception cref="InvalidOperationException">The reader has another one already.</exception>
    public void SetTransport(Transport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        if (_transport is not null && !ReferenceEquals(_transport, transport))
            throw new InvalidOperationException("The reader has another transport already.");
        _transport = transport;
    }

    /// <summary>Takes what nobody has read: it is not the reader's.</summary>
    internal byte[] TakeEarly() => _buffer.Take(Pool, _buffer.Count);

    /// <summary>The connection goes on over another transport, which is not paused.</summary>
    internal void ReplaceTransport(Transport transport)
    {
        _transport = transport;
        _paused = false;
    }

    /// <summary>Adds data at the end (<c>feed_data</c>). Nothing is done with an empty piece.</summary>
    /// <exception cref="InvalidOperationException">The end was fed before.</exception>
    public void FeedData(ReadOnlySpan<byte> data)
    {
        if (_ended)
            throw new InvalidOperationException("FeedData was called after FeedEof.");
        if (data.IsEmpty)
            return;

        _buffer.Append(Pool, data);
        TakeWaiter()?.SetResult(default);
        if (_transport is not null && !_paused && _buffer.Count > 2L * _limit)
        {
            _transport.PauseReading();
            _paused = true;
        }
    }

    /// <summary>There will be no more data (<c>feed_eof</c>).</summary>
    public void FeedEof()
    {
        _ended = true;
        TakeWaiter()?.SetResult(default);
    }


    /// <summary>Begins to wait for data; the caller awaits the future, and then <see cref="EndWait"/> takes its outcome.</summary>
    /// <exception cref="InvalidOperationException">Another task is waiting.</exception>
    internal ReusableFuture BeginWait(string reader)
    {
        if (_waiting)
            throw new InvalidOperationException($"{reader} was called while another task is already waiting for incoming data.");

        // A task that waits for more than may be kept would otherwise wait for ever.
        if (_paused)
            Resume();

        // One that is done belongs to a task that was woken and has not run yet.
        if (_waiter is not { Done: false })
            _waiter = new ReusableFuture(_loop);
        _waiting = true;
        return _waiter;
    }

    /// <summary>The waiting task goes on: throws if it was cancelled or the reader failed.</summary>
    [System.Diagnostics.StackTraceHidden]
    internal void EndWait(ReusableFuture waited)
    {
        _waiting = false;
        try
        {
            waited.GetAwaiter().GetResult();
        }
        finally
        {
            _waiter = waited.TryReset() ? waited : null;
        }
    }

    private DataWait WaitForData(string reader) => new(this, BeginWait(reader));

    private ReusableFuture? TakeWaiter()
    {
        var waiting = _waiting;
        _waiting = false;
        return waiting && _waiter is { Done: false } ? _waiter : null;
    }

    private void ResumeIfRoom()
    {
        if (_paused && _buffer.Count <= _limit)
            Resume();
    }

    private void Resume()
    {
        _paused = false;
        _transport?.ResumeReading();
    }

    [System.Diagnostics.StackTraceHidden]
    internal void BeginRead()
    {
        _loop.CheckThread();
        _buffer.EndLoan(Pool, spoil: _loop.Debug);
        if (_exception is not null)
            ExceptionDispatchInfo.Throw(_exception);
    }
}
