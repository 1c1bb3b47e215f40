namespace Tulip.Streams.Tests;

/// <summary>A transport that drops what is written, and keeps nothing.</summary>
internal sealed class SilentTransport : Transport
{
    private BaseProtocol? _protocol;
    private bool _closing;

    public override bool IsClosing => _closing;

    public override bool IsReading => true;

    public override bool CanWriteEof => true;

    public static (AsyncStreamReader Reader, AsyncStreamWriter Writer, SilentTransport Transport) Connect()
    {
        var transport = new SilentTransport();
        var reader = new AsyncStreamReader(GetRunningLoop());
        var protocol = new StreamReaderProtocol(reader);
        transport.SetProtocol(protocol);
        protocol.ConnectionMade(transport);
        return (reader, new AsyncStreamWriter(transport, protocol), transport);
    }

    public override void Close() => _closing = true;

    public override void Abort() => _closing = true;

    public override void SetProtocol(BaseProtocol protocol) => _protocol = protocol;

    public override BaseProtocol GetProtocol() => _protocol!;

    public override void PauseReading()
    {
    }

    public override void ResumeReading()
    {
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
    }

    public override void WriteEof()
    {
    }

    public override int GetWriteBufferSize() => 0;

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
    }

    public override (int Low, int High) GetWriteBufferLimits() => (16 * 1024, 64 * 1024);
}
