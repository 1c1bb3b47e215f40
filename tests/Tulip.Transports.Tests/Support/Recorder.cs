using System.Text;

namespace Tulip.Transports.Tests.Support;

/// <summary>A protocol that notes what it is told, in order.</summary>
internal class Recorder : Protocol
{
    public List<string> Events { get; } = [];

    public StringBuilder Received { get; } = new();

    public long Bytes { get; private set; }

    public Transport Transport { get; private set; } = null!;

    public Exception? Failure { get; private set; }

    public bool Made => Transport is not null;

    public bool Ended { get; private set; }

    public bool IsLost { get; private set; }

    public bool KeepOpen { get; init; }

    public Action<Recorder>? OnMade { get; set; }

    public Action<Recorder, byte[]>? OnData { get; set; }

    public Action<Recorder>? OnLost { get; set; }

    public Action<Recorder>? OnPause { get; set; }

    public Action<Recorder>? OnResume { get; set; }

    public override void ConnectionMade(Transport transport)
    {
        Transport = transport;
        Events.Add("made");
        OnMade?.Invoke(this);
    }

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        Bytes += data.Length;
        if (Events[^1] != "data")
            Events.Add("data");
        if (Bytes < 100_000)
            Received.Append(Encoding.Latin1.GetString(data));
        OnData?.Invoke(this, data.ToArray());
    }

    public override bool EofReceived()
    {
        Ended = true;
        Events.Add("eof");
        return KeepOpen;
    }

    public override void PauseWriting()
    {
        Events.Add("pause");
        OnPause?.Invoke(this);
    }

    public override void ResumeWriting()
    {
        Events.Add("resume");
        OnResume?.Invoke(this);
    }

    public override void ConnectionLost(Exception? exception)
    {
        Failure = exception;
        IsLost = true;
        Events.Add("lost");
        OnLost?.Invoke(this);
    }
}

/// <summary>Sends back what it gets.</summary>
internal sealed class Echo : Protocol
{
    private Transport _transport = null!;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override void DataReceived(ReadOnlySpan<byte> data) => _transport.Write(data);
}
