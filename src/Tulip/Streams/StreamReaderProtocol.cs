// StreamReaderProtocol: between a transport, which calls, and a reader and a writer, which wait.
// Thread: the loop's.
//   1. What the transport tells goes to the reader; whether writing is paused is kept here, for the writer's Drain.
//   2. ConnectionLost is told once: it ends the reader, then wakes who waits for the end, then who drains.
//   3. What only few connections need, waiters, is made when it is needed: an idle connection has none.
namespace Tulip;

/// <summary>Feeds a connection to an <see cref="AsyncStreamReader"/> (<c>asyncio.StreamReaderProtocol</c>).</summary>
/// <remarks>
/// <c>OpenConnection</c> and <c>StartServer</c> make it; make one to have streams over a transport of your own.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class StreamReaderProtocol : Protocol
{
    private readonly AsyncStreamReader _reader;
    private readonly ClientHandler? _handler;
    private Waiters? _waiters;
    private bool _writingPaused;
    private bool _lost;

    /// <summary>A protocol that feeds a reader.</summary>
    /// <param name="reader">The reader.</param>
    public StreamReaderProtocol(AsyncStreamReader reader)
        : this(reader, handler: null)
    {
    }

    /// <summary>A protocol that feeds a reader and, once the connection is there, starts a task for it.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="clientConnected">Called with the reader and a new writer; its coroutine runs as a task. If it fails, the
    /// loop's exception handler is told and the connection is closed.</param>
    public StreamReaderProtocol(AsyncStreamReader reader, Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected)
        : this(reader, TaskPerClient.Of(clientConnected))
    {
    }

    internal StreamReaderProtocol(AsyncStreamReader reader, ClientHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _reader = reader;
        _handler = handler;
    }

    /// <summary>The reader that is fed.</summary>
    public AsyncStreamReader Reader => _reader;

    internal bool IsLost => _lost;

    /// <summary>Whether it is for the connections of a server.</summary>
    internal bool IsServing => _handler is not null;

    /// <summary>Whether writing has to wait, or is over.</summary>
    internal bool MustWait => _lost || _writingPaused;

    private Waiters AllWaiters => _waiters ??= new Waiters(_reader.Loop);

    /// <inheritdoc/>
    public override void ConnectionMade(Transport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _reader.SetTransport(transport);
        _handler?.OnConnected(_reader, new AsyncStreamWriter(transport, this), transport);
    }

    /// <inheritdoc/>
    public override void DataReceived(ReadOnlySpan<byte> data) => _reader.FeedData(data);

    /// <summary>Ends the reader; the connection stays open for writing.</summary>
    /// <returns>True, unless the transport encrypts: such a connection cannot be half open.</returns>
    public override bool EofReceived()
    {
        _reader.FeedEof();
        return _reader.Transport?.GetExtraInfo(TlsInfo.SslStreamName) is null;
    }

    /// <inheritdoc/>
    public override void ConnectionLost(Exception? exception)
    {
        if (_lost)
            return;

        _lost = true;
        if (exception is null)
            _reader.FeedEof();
        else
            _reader.SetException(exception);
        _waiters?.Closing.Wake(exception);
        if (_writingPaused)
            _waiters?.Draining.Wake(exception);
        if (exception is not null)
            AllWaiters.LostWith = exception;
    }

    /// <inheritdoc/>
    public override void PauseWriting() => _writingPaused = true;

    /// <inheritdoc/>
    public override void ResumeWriting()
    {
        _writingPaused = false;
        _waiters?.Draining.Wake(null);
    }

    /// <summary>Waits while writing is paused.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection is gone.</exception>
    internal Coroutine? WaitForRoom()
    {
        if (_lost)
            throw ConnectionLostException();
        return _writingPaused ? AllWaiters.Draining.Wait() : null;
    }

    /// <summary>Waits until the connection is gone; throws what broke it.</summary>
    internal async Coroutine WaitUntilLost()
    {
        if (!_lost)
            await AllWaiters.Closing.Wait();
        else if (_waiters?.LostWith is { } exception)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
    }

    private static System.Net.Sockets.SocketException ConnectionLostException()
        => new((int)System.Net.Sockets.SocketError.ConnectionReset, "Connection lost");

    private sealed class Waiters(EventLoop loop)
    {
        public readonly WaiterGroup Draining = new(loop);
        public readonly WaiterGroup Closing = new(loop);

        public Exception? LostWith { get; set; }
    }
}
