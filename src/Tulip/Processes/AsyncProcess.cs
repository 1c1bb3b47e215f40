// AsyncProcess: a child process with streams.
// Thread: the loop's.  Owns: its transport, which closes itself when the process has ended and its output is read.
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tulip;

/// <summary>A child process (<c>asyncio.subprocess.Process</c>); <c>Aio.CreateSubprocessExec</c> makes it.</summary>
/// <remarks>
/// <para>Cancelling a wait leaves the process as it is: end it with <see cref="Terminate"/> or <see cref="Kill"/>, or have
/// <c>await using</c> end it, which also drops output that nobody has read. It is killed when its loop closes. However it
/// ends, it is collected: no zombie stays.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class AsyncProcess : IAsyncDisposable
{
    private readonly ChildTransport _transport;

    internal AsyncProcess(ChildTransport transport, ProcessStreamProtocol protocol)
    {
        _transport = transport;
        Stdin = protocol.Stdin;
        Stdout = protocol.Stdout;
        Stderr = protocol.Stderr;
    }

    /// <summary>The process' number (<c>pid</c>). Once the process has ended it may be another's.</summary>
    public int Id => _transport.GetPid();

    /// <summary>The exit code, or the number of the signal that ended it, negated; null while it runs (<c>returncode</c>).</summary>
    public int? ReturnCode => _transport.GetReturnCode();

    /// <summary>Writes to its standard input (<c>stdin</c>); null if that is no pipe. Close it, so that the process sees the end.</summary>
    public AsyncStreamWriter? Stdin { get; }

    /// <summary>Reads its standard output (<c>stdout</c>); null if that is no pipe.</summary>
    public AsyncStreamReader? Stdout { get; }

    /// <summary>Reads its standard error (<c>stderr</c>); null if that is no pipe.</summary>
    public AsyncStreamReader? Stderr { get; }

    /// <summary>Waits until the process has ended and nobody has the other end of one of its pipes any more (<c>wait</c>).</summary>
    /// <remarks>
    /// A child of the process' own that keeps its standard output delays it; <see cref="ReturnCode"/> is there already. If its
    /// output is a pipe, read it: a process that waits for room in a full pipe never ends. <see cref="Communicate"/> does.
    /// A cancel ends the wait, not the process.
    /// </remarks>
    /// <returns>The exit code, as in <see cref="ReturnCode"/>.</returns>
    public Coroutine<int> Wait() => _transport.Wait();

    /// <summary>Writes its whole input, reads its whole output, and waits for its end (<c>communicate</c>).</summary>
    /// <remarks>A process that does not read its input to the end is no error. A cancel ends the wait, not the process; what was
    /// read by then is lost.</remarks>
    /// <param name="input">What it reads, followed by the end; null for the end alone. Only if its standard input is a pipe.</param>
    /// <returns>What it wrote; null for a stream that is no pipe.</returns>
    /// <exception cref="InvalidOperationException">There is input, and the standard input is no pipe.</exception>
    public async Coroutine<(byte[]? Stdout, byte[]? Stderr)> Communicate(ReadOnlyMemory<byte>? input = null)
    {
        if (input is not null && Stdin is null)
            throw new InvalidOperationException("The process' standard input is no pipe: start it with Stdin = ProcessStream.Pipe.");

        var (_, output, error) = await Aio.Gather(Feed(input), ReadAll(Stdout, 1), ReadAll(Stderr, 2));
        await Wait();
        return (output, error);
    }

    /// <summary>Sends it a signal (<c>send_signal</c>). Does nothing if it has ended: no other process is ever meant.</summary>
    /// <param name="signal">The signal; those without a name by their number, such as <c>(PosixSignal)10</c>.</param>
    /// <exception cref="UnauthorizedAccessException">The process runs as another user by now.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no such signal.</exception>
    public void SendSignal(PosixSignal signal) => _transport.SendSignal(signal);

    /// <summary>Asks it to end, by SIGTERM (<c>terminate</c>). Does nothing if it has ended.</summary>
    public void Terminate() => _transport.Terminate();

    /// <summary>Ends it at once, by SIGKILL (<c>kill</c>). Does nothing if it has ended.</summary>
    public void Kill() => _transport.Kill();

    /// <summary>Kills it if it still runs, closes its pipes, and waits for the end: for <c>await using</c>.</summary>
    /// <remarks>Output that was not read is lost, and so is input that has not left. A cancel ends the wait only: the process ends all the same.</remarks>
    public async Coroutine DisposeAsync()
    {
        _transport.Close();
        _transport.GetPipeTransport(0)?.Abort();
        await Wait();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(_transport.Loop.CreateTask(DisposeAsync()).AsTask());

    /// <inheritdoc/>
    public override string ToString() => $"<AsyncProcess {Id}{(ReturnCode is { } code ? $" returncode={code}" : "")}>";

    private async Coroutine<Unit> Feed(ReadOnlyMemory<byte>? input)
    {
        if (Stdin is null)
            return default;

        try
        {
            if (input is { } bytes)
                Stdin.Write(bytes.Span);
            await Stdin.Drain();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // It did not want all of it.
        }

        Stdin.Close();
        return default;
    }

    private async Coroutine<byte[]?> ReadAll(AsyncStreamReader? reader, int descriptor)
    {
        if (reader is null)
            return null;

        var output = await reader.Read();
        _transport.GetPipeTransport(descriptor)!.Close();
        return output;
    }
}
