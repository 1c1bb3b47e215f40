using System.Text;

namespace Tulip.Processes.Tests.Support;

/// <summary>Notes what a process' transport tells.</summary>
internal sealed class Recorder : SubprocessProtocol
{
    public List<string> Calls { get; } = [];

    public StringBuilder Output { get; } = new();

    public bool IsLost { get; private set; }

    public override void ConnectionMade(SubprocessTransport transport) => Calls.Add("made");

    public override void PipeDataReceived(int descriptor, ReadOnlySpan<byte> data)
    {
        Output.Append(Encoding.UTF8.GetString(data));
        if (Calls[^1] != $"data {descriptor}")
            Calls.Add($"data {descriptor}");
    }

    public override void PipeConnectionLost(int descriptor, Exception? exception) => Calls.Add($"pipe {descriptor} lost{(exception is null ? "" : " broken")}");

    public override void ProcessExited() => Calls.Add("exited");

    public override void ConnectionLost(Exception? exception)
    {
        Calls.Add("lost");
        IsLost = true;
    }
}
