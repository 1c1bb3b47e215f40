namespace Tulip.Load.Serve;

/// <summary>Sends back what it gets; reads no more while what it sends is not taken.</summary>
internal sealed class EchoProtocol : Protocol
{
    private Transport _transport = null!;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override void DataReceived(ReadOnlySpan<byte> data) => _transport.Write(data);

    public override void PauseWriting() => _transport.PauseReading();

    public override void ResumeWriting() => _transport.ResumeReading();
}
