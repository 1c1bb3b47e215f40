// ProcessStreamProtocol: feeds the pipes of a child process to streams.
// Thread: the loop's.
//   1. The transport is closed when the process has ended and the ends of its output have come.
namespace Tulip;

internal sealed class ProcessStreamProtocol(EventLoop loop, int limit) : SubprocessProtocol
{
    private StreamReaderProtocol? _input;
    private SubprocessTransport? _transport;
    private int _open;
    private bool _exited;

    public AsyncStreamWriter? Stdin { get; private set; }

    public AsyncStreamReader? Stdout { get; private set; }

    public AsyncStreamReader? Stderr { get; private set; }

    public override void ConnectionMade(SubprocessTransport transport)
    {
        _transport = transport;
        Stdout = ReaderOf(transport.GetPipeTransport(1));
        Stderr = ReaderOf(transport.GetPipeTransport(2));
        if (transport.GetPipeTransport(0) is not { } input)
            return;

        // Its reader never has anything: a writer's protocol has one, and knows when to hold back.
        _input = new StreamReaderProtocol(new AsyncStreamReader(loop));
        Stdin = new AsyncStreamWriter(input, _input);
    }

    public override void PipeDataReceived(int descriptor, ReadOnlySpan<byte> data) => (descriptor == 1 ? Stdout : Stderr)!.FeedData(data);

    public override void PipeConnectionLost(int descriptor, Exception? exception)
    {
        if (descriptor == 0)
        {
            Stdin!.Close();
            _input!.ConnectionLost(exception);
            return;
        }

        var reader = (descriptor == 1 ? Stdout : Stderr)!;
        if (exception is null)
            reader.FeedEof();
        else
            reader.SetException(exception);
        _open--;
        CloseIfOver();
    }

    public override void ProcessExited()
    {
        _exited = true;
        CloseIfOver();
    }

    public override void PauseWriting() => _input?.PauseWriting();

    public override void ResumeWriting() => _input?.ResumeWriting();

    private AsyncStreamReader? ReaderOf(Transport? transport)
    {
        if (transport is null)
            return null;

        _open++;
        var reader = new AsyncStreamReader(loop, limit);
        reader.SetTransport(transport);
        return reader;
    }

    private void CloseIfOver()
    {
        if (_open == 0 && _exited)
            _transport!.Close();
    }
}
