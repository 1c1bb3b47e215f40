namespace Tulip;

/// <summary>Reads what somebody feeds into it, by the piece, the line or the number of bytes (<c>asyncio.StreamReader</c>).</summary>
/// <remarks>
/// One task at a time may read. Cancelling a read loses no data.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class AsyncStreamReader
{
    private static readonly byte[] s_newline = "\n"u8.ToArray();

    private readonly EventLoop _loop;
    private readonly int _limit;
    private readonly ByteBuffer _buffer = new();
    private Future<Unit>? _waiter;
    private Exception? _exception;
    private bool _ended;

    /// <summary>An empty reader of the running loop, or of the thread's current one.</summary>
    /// <param name="limit">How long a line, or what comes before a separator, may be, in bytes; at least 1. 64 KiB at first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public AsyncStreamReader(int limit = 64 * 1024)
        : this(Aio.GetEventLoop(), limit)
    {
    }

    /// <summary>An empty reader of a loop.</summary>
    /// <param name="loop">The loop whose tasks read.</param>
    /// <param name="limit">How long a line, or what comes before a separator, may be, in bytes; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public AsyncStreamReader(EventLoop loop, int limit = 64 * 1024)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _loop = loop;
        _limit = limit;
    }

    /// <summary>Whether the end was fed and everything before it has been read (<c>at_eof</c>).</summary>
    public bool AtEof => _ended && _buffer.Count == 0;

    /// <summary>The exception that reading throws, or null (<c>exception</c>).</summary>
    public Exception? Exception() => _exception;

    /// <summary>Makes this and every later read throw (<c>set_exception</c>).</summary>
    public void SetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _exception = exception;
        TakeWaiter()?.SetException(exception);
    }

    /// <summary>Adds data at the end (<c>feed_data</c>). Nothing is done with an empty piece.</summary>
    /// <exception cref="InvalidOperationException">The end was fed before.</exception>
    public void FeedData(ReadOnlySpan<byte> data)
    {
        if (_ended)
            throw new InvalidOperationException("FeedData was called after FeedEof.");
        if (data.IsEmpty)
            return;

        _buffer.Append(data);
        TakeWaiter()?.SetResult(default);
    }

    /// <summary>There will be no more data (<c>feed_eof</c>).</summary>
    public void FeedEof()
    {
        _ended = true;
        TakeWaiter()?.SetResult(default);
    }

    /// <summary>Reads what there is, waiting for the first byte (<c>read</c>).</summary>
    /// <param name="n">How many bytes at the most; negative for all until the end.</param>
    /// <returns>The bytes; none at the end, or if none were asked for.</returns>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public async Coroutine<byte[]> Read(int n = -1)
    {
        ThrowIfFailed();
        if (n == 0)
            return [];
        if (n < 0)
            return await ReadToEnd();

        if (_buffer.Count == 0 && !_ended)
            await WaitForData(nameof(Read));
        return _buffer.Take(Math.Min(n, _buffer.Count));
    }

    /// <summary>Reads a number of bytes (<c>readexactly</c>).</summary>
    /// <param name="n">How many; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="IncompleteReadException">The stream ended before.</exception>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public Coroutine<byte[]> ReadExactly(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        return Run(n);

        async Coroutine<byte[]> Run(int n)
        {
            ThrowIfFailed();
            while (_buffer.Count < n)
            {
                if (_ended)
                    throw new IncompleteReadException(_buffer.Take(_buffer.Count), n);
                await WaitForData(nameof(ReadExactly));
            }

            return _buffer.Take(n);
        }
    }

    /// <summary>Reads a line with its newline, or what is left at the end (<c>readline</c>).</summary>
    /// <returns>The line; nothing at the end.</returns>
    /// <exception cref="InvalidDataException">The line is longer than the limit (asyncio's ValueError). It is dropped, or as much
    /// of it as has come.</exception>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public async Coroutine<byte[]> ReadLine()
    {
        try
        {
            return await ReadUntil(s_newline);
        }
        catch (IncompleteReadException exception)
        {
            return exception.Partial;
        }
        catch (LimitOverrunException exception)
        {
            var complete = _buffer.Count > exception.Consumed && _buffer.Span[exception.Consumed] == (byte)'\n';
            _buffer.Drop(complete ? exception.Consumed + 1 : _buffer.Count);
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Reads up to and including a separator (<c>readuntil</c>).</summary>
    /// <param name="separators">At least one; where several fit, the shortest result wins.</param>
    /// <exception cref="ArgumentException">There is no separator, or an empty one.</exception>
    /// <exception cref="IncompleteReadException">The stream ended before.</exception>
    /// <exception cref="LimitOverrunException">The limit was reached before; the data stays.</exception>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public Coroutine<byte[]> ReadUntil(params byte[][] separators)
    {
        ArgumentNullException.ThrowIfNull(separators);
        if (separators.Length == 0 || separators.Any(static separator => separator is not { Length: > 0 }))
            throw new ArgumentException("At least one separator is needed, and each needs at least one byte.", nameof(separators));

        return Run(separators);

        async Coroutine<byte[]> Run(byte[][] separators)
        {
            ThrowIfFailed();
            var search = new SeparatorSearch(separators, _limit);
            while (!search.Find(_buffer.Span))
            {
                if (_ended)
                    throw new IncompleteReadException(_buffer.Take(_buffer.Count), null);
                await WaitForData(nameof(ReadUntil));
            }

            return _buffer.Take(search.MatchEnd);
        }
    }

    /// <summary>Used by the compiler for <c>await foreach (var line in reader)</c>: <see cref="ReadLine"/> until the end
    /// (<c>async for line in reader</c>).</summary>
    public LineEnumerator GetAsyncEnumerator() => new(this);

    private async Coroutine<byte[]> ReadToEnd()
    {
        using var all = new MemoryStream();
        while (await Read(_limit) is { Length: > 0 } block)
            all.Write(block);
        return all.ToArray();
    }

    private async Coroutine WaitForData(string reader)
    {
        if (_waiter is not null)
            throw new InvalidOperationException($"{reader} was called while another task is already waiting for incoming data.");

        _waiter = _loop.CreateFuture<Unit>();
        try
        {
            await _waiter;
        }
        finally
        {
            _waiter = null;
        }
    }

    private Future<Unit>? TakeWaiter()
    {
        var waiter = _waiter;
        _waiter = null;
        return waiter is { Done: false } ? waiter : null;
    }

    private void ThrowIfFailed()
    {
        if (_exception is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_exception);
    }

    /// <summary>Reads lines until the end.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public sealed class LineEnumerator
    {
        private readonly AsyncStreamReader _reader;

        internal LineEnumerator(AsyncStreamReader reader) => _reader = reader;

        /// <summary>The line read last, with its newline; only the last one of the stream may lack it.</summary>
        public byte[] Current { get; private set; } = [];

        /// <summary>Reads the next line; false at the end.</summary>
        /// <exception cref="InvalidDataException">The line is longer than the limit.</exception>
        public async Coroutine<bool> MoveNextAsync()
        {
            Current = await _reader.ReadLine();
            return Current.Length > 0;
        }
    }
}
