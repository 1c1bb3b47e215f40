namespace Tulip;

/// <summary>Writes to a connection (<c>asyncio.StreamWriter</c>).</summary>
/// <remarks>
/// <para>Writing never waits: bytes are copied and leave with what else is written in the same pass of the loop. Await
/// <see cref="Drain"/> after it, so that a peer that does not read holds the writer back rather than filling the memory.</para>
/// <para>Close it when you are done with it; in debug mode a writer that is collected without is reported. <c>await using</c> closes it
/// and waits for the end, but an exception in its body then closes it too, as if all had been written.</para>
/// <threadsafety>Loop thread only. <see cref="AsStream"/> and <see cref="AsDuplexPipe"/> give views that tolerate any thread.</threadsafety>
/// </remarks>
public sealed class AsyncStreamWriter : IAsyncDisposable
{
    private readonly StreamReaderProtocol _protocol;
    private readonly UnclosedWriter? _watch;

    /// <summary>A writer over a transport.</summary>
    /// <param name="transport">Where it writes to.</param>
    /// <param name="protocol">The transport's protocol, which knows when to hold back.</param>
    /// <exception cref="InvalidOperationException">The protocol serves another transport already.</exception>
    public AsyncStreamWriter(Transport transport, StreamReaderProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(protocol);
        _protocol = protocol;
        Reader.SetTransport(transport);
        if (Loop.Debug)
            _watch = new UnclosedWriter(transport, Loop, protocol.IsServing);
    }

    /// <summary>The transport (<c>transport</c>).</summary>
    public Transport Transport => Reader.Transport!;

    /// <summary>Whether it is closed or being closed (<c>is_closing</c>).</summary>
    public bool IsClosing => Transport.IsClosing;

    /// <summary>Whether the sending half can be ended alone (<c>can_write_eof</c>).</summary>
    public bool CanWriteEof => Transport.CanWriteEof;

    internal AsyncStreamReader Reader => _protocol.Reader;

    /// <summary>Whether <see cref="Drain"/> would wait or throw.</summary>
    internal bool MustDrain => Reader.Exception() is not null || Transport.IsClosing || _protocol.MustWait;

    internal EventLoop Loop => _protocol.Reader.Loop;

    /// <summary>Sends bytes in order, without waiting (<c>write</c>).</summary>
    /// <remarks>Once the connection is lost, bytes are dropped without an error: <see cref="Drain"/> tells.</remarks>
    /// <param name="data">The bytes; copied.</param>
    /// <exception cref="InvalidOperationException"><see cref="WriteEof"/> was called.</exception>
    public void Write(ReadOnlySpan<byte> data) => Transport.Write(data);

    /// <summary>Sends pieces one after the other (<c>writelines</c>).</summary>
    /// <param name="pieces">The pieces; copied.</param>
    /// <exception cref="InvalidOperationException"><see cref="WriteEof"/> was called.</exception>
    public void WriteLines(params IEnumerable<ReadOnlyMemory<byte>> pieces) => Transport.WriteLines(pieces);

    /// <summary>Ends the sending half once what was written has left; reading goes on (<c>write_eof</c>).</summary>
    /// <exception cref="NotSupportedException"><see cref="CanWriteEof"/> is false.</exception>
    public void WriteEof() => Transport.WriteEof();

    /// <summary>Waits while more than the transport's high-water mark waits to leave (<c>drain</c>).</summary>
    /// <remarks>Usually it does not wait at all. Several tasks may drain at once. A cancelled drain loses nothing: what was
    /// written still leaves.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The connection is lost.</exception>
    /// <exception cref="Exception">The reader's, if reading failed.</exception>
    public async Coroutine Drain()
    {
        if (Reader.Exception() is { } exception)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);

        // The loss is told by the ready queue: without a chance for that, writing on and on would never see it.
        if (Transport.IsClosing)
            await Aio.Sleep(0);
        if (_protocol.WaitForRoom() is { } wait)
            await wait;
    }

    /// <summary>Closes the connection once what was written has left (<c>close</c>). Closing twice is harmless.</summary>
    public void Close()
    {
        _watch?.Forget();
        Transport.Close();
    }

    /// <summary>Waits until the connection is closed (<c>wait_closed</c>).</summary>
    /// <remarks>Unlike asyncio's, a cancelled wait does not end the waits of others.</remarks>
    /// <exception cref="Exception">What broke the connection, if it was not closed in order.</exception>
    public Coroutine WaitClosed() => _protocol.WaitUntilLost();

    /// <summary>Secures the connection from here on (<c>start_tls</c>), once both sides have agreed to.</summary>
    /// <remarks>What was written before leaves first, in the clear. What has come and was not read is the handshake's: nothing that
    /// came in the clear is read afterwards. No other task may read or write meanwhile. If the handshake fails or is cancelled, the
    /// connection is aborted.</remarks>
    /// <param name="settings">For which side, and how.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was not accepted, or it speaks no TLS.</exception>
    /// <exception cref="TimeoutException">The handshake took too long.</exception>
    public Coroutine StartTls(TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Run(settings);

        async Coroutine Run(TlsSettings settings)
        {
            await Drain();

            // What came behind the request is the handshake's. Left to the reader it would pass for something that came secured.
            var early = Reader.TakeEarly();
            Reader.ReplaceTransport(await Loop.StartTls(Transport, _protocol, settings, early, Reader.AtEof));
        }
    }

    /// <summary>Something that the transport knows, by asyncio's names (<c>get_extra_info</c>); see <see cref="BaseTransport.GetExtraInfo"/>.</summary>
    /// <param name="name">The name, such as <see cref="BaseTransport.PeerName"/>.</param>
    /// <returns>Null for what it does not know.</returns>
    public object? GetExtraInfo(string name) => Transport.GetExtraInfo(name);

    /// <summary>The connection as a <see cref="Stream"/>, for code that knows nothing of Tulip: both reading and writing.</summary>
    /// <remarks>
    /// Any thread may use it: on the loop's it is direct, from others each call is posted to the loop, in order. A
    /// <see cref="CancellationToken"/> ends a wait and loses nothing: bytes of a cancelled read are still there, and what was
    /// written leaves. On the loop's own thread a <c>Read</c> that would have to wait throws
    /// <see cref="InvalidOperationException"/>; await <c>ReadAsync</c>. Broken connections give <see cref="IOException"/>.
    /// </remarks>
    /// <param name="leaveOpen">Whether disposing the view leaves the connection open; else it is closed as by <see cref="Close"/>.</param>
    public Stream AsStream(bool leaveOpen = false) => new ConnectionStream(this, leaveOpen ? new KeepsOpen() : new Closes(this));

    /// <summary>The connection as a pair of pipes, for code that knows nothing of Tulip. Any thread, as <see cref="AsStream"/>.</summary>
    /// <remarks>Completing the output ends the sending half (<see cref="WriteEof"/>); completing both closes the connection.</remarks>
    /// <param name="leaveOpen">Whether completing them leaves the connection as it is.</param>
    public System.IO.Pipelines.IDuplexPipe AsDuplexPipe(bool leaveOpen = false) => new ConnectionPipe(this, leaveOpen);

    /// <summary>The same as <see cref="Close"/> and waiting for the end, without its exception: for <c>await using</c>.</summary>
    public Coroutine DisposeAsync() => CloseAndWait();

    ValueTask IAsyncDisposable.DisposeAsync() => new(Loop.CreateTask(CloseAndWait()).AsTask());

    /// <summary>Closes and waits for the end, however it comes.</summary>
    internal async Coroutine CloseAndWait()
    {
        Close();
        try
        {
            await WaitClosed();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // How the connection ended was told to whoever read or drained; closing has nothing to add.
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"<AsyncStreamWriter transport={Transport}>";
}
