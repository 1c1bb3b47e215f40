using System.IO.Pipelines;

namespace Tulip;

/// <summary>A connection as a pair of pipes; the pipes' own buffers are empty while they wait.</summary>
internal sealed class ConnectionPipe : IDuplexPipe
{
    public ConnectionPipe(AsyncStreamWriter writer, bool leaveOpen)
    {
        var ends = new PipeEnds(writer);
        var input = new ConnectionStream(writer, leaveOpen ? new KeepsOpen() : ends.Input);
        var output = new ConnectionStream(writer, leaveOpen ? new KeepsOpen() : ends.Output);
        Input = PipeReader.Create(input, new StreamPipeReaderOptions(useZeroByteReads: true));
        Output = PipeWriter.Create(output);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }
}
