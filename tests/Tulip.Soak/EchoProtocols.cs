// Echo as protocols: what cannot be written at once holds back what is read.
// Thread: the loop's.
namespace Tulip.Soak;

internal sealed class EchoProtocol : Protocol
{
    private Transport _transport = null!;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override void DataReceived(ReadOnlySpan<byte> data) => _transport.Write(data);

    public override void PauseWriting() => _transport.PauseReading();

    public override void ResumeWriting() => _transport.ResumeReading();
}

/// <summary>With little memory of its own, and a pause now and then in the middle of what came.</summary>
internal sealed class EchoBuffered : BufferedProtocol
{
    private readonly byte[] _memory = new byte[1000];
    private Transport _transport = null!;
    private int _calls;
    private bool _isHeldBack;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override Memory<byte> GetBuffer(int sizeHint) => _memory;

    public override void BufferUpdated(int count)
    {
        _transport.Write(_memory.AsSpan(0, count));
        if (++_calls % 50 != 0)
            return;

        _transport.PauseReading();
        GetRunningLoop().CallSoon(() =>
        {
            if (!_isHeldBack)
                _transport.ResumeReading();
        });
    }

    public override void PauseWriting()
    {
        _isHeldBack = true;
        _transport.PauseReading();
    }

    public override void ResumeWriting()
    {
        _isHeldBack = false;
        _transport.ResumeReading();
    }
}
