namespace Tulip.Streams.Tests;

/// <summary>A transport that does nothing but remember: a test plays the peer and the operating system.</summary>
internal sealed class FakeTransport(EventLoop loop) : Transport
{
    private readonly MemoryStream _written = new();
    private BaseProtocol? _protocol;
    private bool _closing;

    /// <summary>What was paused and resumed, in order.</summary>
    public List<string> Calls { get; } = [];

    public byte[] Written => _written.ToArray();

    public bool SentEof { get; private set; }

    public bool Aborted { get; private set; }

    public bool Paused { get; private set; }

    public override bool IsClosing => _closing;

    public override bool IsReading => !Paused && !_closing;

    public override bool CanWriteEof => true;

    /// <summary>A connection with its streams, already made.</summary>
    public static (AsyncStreamReader Reader, AsyncStreamWriter Writer, FakeTransport Transport) Connect(int limit = 64 * 1024)
    {
        var loop = GetRunningLoop();
        var transport = new FakeTransport(loop);
        var reader = new AsyncStreamReader(loop, limit);
        var protocol = new StreamReaderProtocol(reader);
        transport.SetProtocol(protocol);
        protocol.ConnectionMade(transport);
        return (reader, new AsyncStreamWriter(transport, protocol), transport);
    }

    public override void Close()
    {
        if (_closing)
            return;
        _closing = true;
        loop.CallSoon(() => _protocol!.ConnectionLost(null));
    }

    /// <summary>The peer, or the network, breaks the connection.</summary>
    public void Break(Exception exception)
    {
        _closing = true;
        loop.CallSoon(() => _protocol!.ConnectionLost(exception));
    }

    public override void Abort()
    {
        Aborted = true;
        Close();
    }

    public override void SetProtocol(BaseProtocol protocol) => _protocol = protocol;

    public override BaseProtocol GetProtocol() => _protocol!;

    public override void PauseReading()
    {
        Paused = true;
        Calls.Add("pause");
    }

    public override void ResumeReading()
    {
        Paused = false;
        Calls.Add("resume");
    }

    public override void Write(ReadOnlySpan<byte> data) => _written.Write(data);

    public override void WriteEof() => SentEof = true;

    public override int GetWriteBufferSize() => 0;

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
    }

    public override (int Low, int High) GetWriteBufferLimits() => (16 * 1024, 64 * 1024);
}
