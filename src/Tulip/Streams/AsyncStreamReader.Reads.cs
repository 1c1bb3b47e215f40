namespace Tulip;

// The reads. Each looks first, and waits only if what is there is not enough: a read that finds its data does not suspend.
public sealed partial class AsyncStreamReader
{
    private static readonly byte[][] s_newline = ["\n"u8.ToArray()];

    /// <summary>Reads what there is, waiting for the first byte (<c>read</c>).</summary>
    /// <param name="n">How many bytes at the most; negative for all until the end.</param>
    /// <returns>The bytes; none at the end, or if none were asked for.</returns>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public async Coroutine<byte[]> Read(int n = -1)
    {
        BeginRead();
        if (n == 0)
            return [];
        if (n < 0)
            return await ReadToEnd();

        if (!HasSomething)
            await WaitForData(nameof(Read));
        var data = _buffer.Take(Pool, Math.Min(n, _buffer.Count));
        ResumeIfRoom();
        return data;
    }

    /// <summary>Reads what there is into memory of the caller's, waiting for the first byte; nothing is allocated.</summary>
    /// <remarks>While it waits the memory is not touched, so a cancelled read may be followed by any other.</remarks>
    /// <param name="destination">Where to put the bytes.</param>
    /// <returns>How many bytes were read; 0 at the end, or if there is no room for any.</returns>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public async Coroutine<int> ReadInto(Memory<byte> destination)
    {
        BeginRead();
        if (destination.IsEmpty)
            return 0;
        if (!HasSomething)
            await WaitForData(nameof(ReadInto));
        return TakeInto(destination.Span);
    }

    /// <summary>Reads all there is, waiting for the first byte, and lends it: nothing is copied or allocated.</summary>
    /// <remarks>
    /// <code>while (await reader.ReadLent() is { IsEmpty: false } data) writer.Write(data.Span);</code>
    /// The connection holds no buffer while the read waits. Await it at once, in a coroutine or any method on the loop.
    /// </remarks>
    /// <returns>The bytes; none at the end. They are the caller's until the next read of this reader begins: then the
    /// memory is used again.</returns>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public LentRead ReadLent() => new(this);

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
            BeginRead();
            while (_buffer.Count < n)
            {
                if (_ended)
                    throw Incomplete(n);
                await WaitForData(nameof(ReadExactly));
            }

            var data = _buffer.Take(Pool, n);
            ResumeIfRoom();
            return data;
        }
    }

    /// <summary>Reads a line with its newline, or what is left at the end (<c>readline</c>).</summary>
    /// <returns>The line; nothing at the end.</returns>
    /// <exception cref="InvalidDataException">The line is longer than the limit (asyncio's ValueError). It is dropped, or as much
    /// of it as has come.</exception>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public async Coroutine<byte[]> ReadLine()
    {
        BeginRead();
        var search = new SeparatorSearch(s_newline, _limit);
        while (!FindLine(ref search) && !_ended)
            await WaitForData(nameof(ReadLine));
        var line = _buffer.Take(Pool, LineLength(search));
        ResumeIfRoom();
        return line;
    }

    /// <summary>Reads a line as <see cref="ReadLine"/> does and lends it: nothing is allocated.</summary>
    /// <returns>The line with its newline; nothing at the end. It is the caller's until the next read of this reader begins:
    /// then the memory is used again.</returns>
    /// <exception cref="InvalidDataException">The line is longer than the limit. It is dropped, or as much of it as has come.</exception>
    /// <exception cref="InvalidOperationException">Another task is reading.</exception>
    public async Coroutine<ReadOnlyMemory<byte>> ReadLineLent()
    {
        BeginRead();
        var search = new SeparatorSearch(s_newline, _limit);
        while (!FindLine(ref search) && !_ended)
            await WaitForData(nameof(ReadLineLent));
        var line = _buffer.Lend(LineLength(search));
        ResumeIfRoom();
        return line;
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
        if (separators.Length == 0 || Array.Exists(separators, static separator => separator is not { Length: > 0 }))
            throw new ArgumentException("At least one separator is needed, and each needs at least one byte.", nameof(separators));

        return Run(separators);

        async Coroutine<byte[]> Run(byte[][] separators)
        {
            BeginRead();
            var search = new SeparatorSearch(separators, _limit);
            while (!search.Find(_buffer.Span))
            {
                if (_ended)
                    throw Incomplete(null);
                await WaitForData(nameof(ReadUntil));
            }

            var data = _buffer.Take(Pool, search.MatchEnd);
            ResumeIfRoom();
            return data;
        }
    }

    /// <summary>Used by the compiler for <c>await foreach (var line in reader)</c>: <see cref="ReadLine"/> until the end
    /// (<c>async for line in reader</c>).</summary>
    public LineEnumerator GetAsyncEnumerator() => new(this);

    /// <summary>Waits until there are bytes, or the end; takes nothing.</summary>
    internal async Coroutine WaitUntilReadable()
    {
        BeginRead();
        if (!HasSomething)
            await WaitForData(nameof(Read));
    }

    /// <summary>A read that does not wait.</summary>
    internal int TakeNow(Span<byte> destination)
    {
        BeginRead();
        return TakeInto(destination);
    }

    /// <summary>Takes what is there and fits; nothing if there is nothing.</summary>
    internal int TakeInto(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _buffer.Count);
        if (count > 0)
            _buffer.TakeInto(Pool, destination[..count]);
        ResumeIfRoom();
        return count;
    }

    /// <summary>Lends all there is.</summary>
    internal ReadOnlyMemory<byte> LendAll()
    {
        var data = _buffer.Lend(_buffer.Count);
        ResumeIfRoom();
        return data;
    }

    private async Coroutine<byte[]> ReadToEnd()
    {
        using var all = new MemoryStream();
        while (await Read(_limit) is { Length: > 0 } block)
            all.Write(block);
        return all.ToArray();
    }

    /// <summary>Looks for the end of the line; a line over the limit is dropped.</summary>
    private bool FindLine(ref SeparatorSearch search)
    {
        try
        {
            return search.Find(_buffer.Span);
        }
        catch (LimitOverrunException exception)
        {
            var complete = _buffer.Count > exception.Consumed && _buffer.Span[exception.Consumed] == (byte)'\n';
            _buffer.Drop(Pool, complete ? exception.Consumed + 1 : _buffer.Count);
            ResumeIfRoom();
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>The line that was found, or all that is left.</summary>
    private int LineLength(in SeparatorSearch search) => search.MatchEnd > 0 ? search.MatchEnd : _buffer.Count;

    private IncompleteReadException Incomplete(int? expected) => new(_buffer.Take(Pool, _buffer.Count), expected);

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
