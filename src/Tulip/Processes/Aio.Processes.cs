using Microsoft.Win32.SafeHandles;

namespace Tulip;

public static partial class Aio
{
    /// <summary>Starts a program as a child process (<c>asyncio.create_subprocess_exec</c>).</summary>
    /// <remarks>
    /// The process inherits none of this one's descriptors but its three streams. A cancel while it starts kills it and waits
    /// for its end; afterwards only <see cref="AsyncProcess.Kill"/>, or closing the loop, does.
    /// </remarks>
    /// <param name="program">A path, or a name that is looked for in PATH.</param>
    /// <param name="arguments">What the program is given; null for nothing.</param>
    /// <param name="options">How it is started; null for the defaults: it shares this process' three streams.</param>
    /// <param name="limit">Its readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    /// <exception cref="NotSupportedException">The loop's engine has only sockets; or this is not Linux.</exception>
    public static Coroutine<AsyncProcess> CreateSubprocessExec(
        string program, IReadOnlyList<string>? arguments = null, SubprocessOptions? options = null, int limit = AsyncStreamReader.DefaultLimit)
    {
        var (loop, factory) = ProcessFactory(limit);
        return WithStreams(loop.SubprocessExec(factory, program, arguments, options));
    }

    /// <summary>Has the shell run a command line as a child process (<c>asyncio.create_subprocess_shell</c>). Whatever is put into it must be
    /// quoted: see the shell's manual.</summary>
    /// <param name="command">What <c>/bin/sh</c> runs.</param>
    /// <param name="options">How it is started; null for the defaults: it shares this process' three streams.</param>
    /// <param name="limit">Its readers', in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <inheritdoc cref="CreateSubprocessExec"/>
    public static Coroutine<AsyncProcess> CreateSubprocessShell(
        string command, SubprocessOptions? options = null, int limit = AsyncStreamReader.DefaultLimit)
    {
        var (loop, factory) = ProcessFactory(limit);
        return WithStreams(loop.SubprocessShell(factory, command, options));
    }

    /// <summary>A reader over a pipe, a FIFO, a terminal, a device or a file.</summary>
    /// <param name="pipe">What to read from. It is disposed, and its descriptor closed at the end of the stream; one that it does not own stays open.</param>
    /// <param name="limit">The reader's, in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <returns>The reader, and the transport, to be closed by who does not read to the end.</returns>
    /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
    public static async Coroutine<(AsyncStreamReader Reader, Transport Transport)> OpenReadPipe(
        SafeFileHandle pipe, int limit = AsyncStreamReader.DefaultLimit)
    {
        var loop = GetRunningLoop();
        var (transport, protocol) = await loop.ConnectReadPipe(ProtocolFactory(loop, limit), pipe);
        return (protocol.Reader, transport);
    }

    /// <summary>A writer over a pipe, a FIFO, a terminal, a device or a file.</summary>
    /// <param name="pipe">What to write to. It is disposed, and its descriptor closed with the writer; one that it does not own stays open.</param>
    /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
    public static async Coroutine<AsyncStreamWriter> OpenWritePipe(SafeFileHandle pipe)
    {
        var loop = GetRunningLoop();
        var (transport, protocol) = await loop.ConnectWritePipe(ProtocolFactory(loop, AsyncStreamReader.DefaultLimit), pipe);
        return new AsyncStreamWriter(transport, protocol);
    }

    /// <summary>Reads this process' standard input, whatever it is: a terminal, a pipe, a file.</summary>
    /// <param name="limit">The reader's, in bytes; at least 1: see <see cref="AsyncStreamReader"/>.</param>
    /// <returns>The reader, and the transport, to be closed by who does not read to the end; the standard input itself stays open.</returns>
    /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
    public static Coroutine<(AsyncStreamReader Reader, Transport Transport)> OpenStandardInput(int limit = AsyncStreamReader.DefaultLimit)
        => OpenReadPipe(new SafeFileHandle(0, ownsHandle: false), limit);

    /// <summary>Writes to this process' standard output, whatever it is. Close it, and wait for that, so that everything leaves.</summary>
    /// <remarks>What the console of .NET writes goes another way and may overtake it. The standard output itself stays open.</remarks>
    /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
    public static Coroutine<AsyncStreamWriter> OpenStandardOutput() => OpenWritePipe(new SafeFileHandle(1, ownsHandle: false));

    /// <summary>Writes to this process' standard error, whatever it is; as <see cref="OpenStandardOutput"/>.</summary>
    /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
    public static Coroutine<AsyncStreamWriter> OpenStandardError() => OpenWritePipe(new SafeFileHandle(2, ownsHandle: false));

    private static (EventLoop Loop, Func<ProcessStreamProtocol> Factory) ProcessFactory(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var loop = GetRunningLoop();
        return (loop, () => new ProcessStreamProtocol(loop, limit));
    }

    private static async Coroutine<AsyncProcess> WithStreams(
        Coroutine<(SubprocessTransport Transport, ProcessStreamProtocol Protocol)> start)
    {
        var (transport, protocol) = await start;
        return new AsyncProcess((ChildTransport)transport, protocol);
    }
}
