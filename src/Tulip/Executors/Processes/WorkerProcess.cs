// WorkerProcess: one worker as its pool sees it, a process and a connection to it.
// Thread: its slot's; Kill from any.
//   1. The connection is a socket in a folder that only this user can open; both are deleted once the worker has called.
//      No handle is inherited: what another child of this process holds cannot keep the connection open.
//   2. The end of the connection is the end of the worker, whoever notices it first.
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Tulip;

[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal sealed class WorkerProcess : IDisposable
{
    private const int PollMicroseconds = 50_000;
    private const int StartPolls = 60 * 1_000_000 / PollMicroseconds;
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tulip-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private NetworkStream? _connection;

    /// <summary>Starts the process.</summary>
    /// <exception cref="BrokenWorkerException">It could not be started.</exception>
    public WorkerProcess(ProcessPoolOptions options)
    {
        try
        {
            var address = Path.Combine(_folder.FullName, "w");
            _listener.Bind(new UnixDomainSocketEndPoint(address));
            _listener.Listen(1);
            _process.StartInfo = WorkerStart.Command(options, address);
            _process.Start();
            _process.StandardInput.Close();
            Id = _process.Id;
        }
        catch (Exception exception)
        {
            CloseListener();
            _process.Dispose();
            throw new BrokenWorkerException($"A worker process could not be started: {exception.Message}", exception);
        }
    }

    public int Id { get; }

    /// <summary>Waits for the worker's call and for the end of its initializer.</summary>
    /// <exception cref="BrokenWorkerException">It ended before, or its initializer threw.</exception>
    public void Connect(ReadOnlyMemory<byte> setup)
    {
        try
        {
            Accept();
        }
        finally
        {
            CloseListener();
        }

        var answer = Ask(setup, out _) ?? throw Broken("before its first job");
        if (WorkerFrame.KindOf(answer) == WorkerFrameKind.Failure)
        {
            var failure = WorkerFailure.Read(answer);
            throw new BrokenWorkerException($"The initializer of the worker process {Id} failed: {failure.Message}", failure) { ProcessId = Id };
        }
    }

    /// <summary>Sends a frame and gives the answer; null if the worker is gone.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="begun">Whether the worker had begun to do what it was sent.</param>
    public byte[]? Ask(ReadOnlyMemory<byte> frame, out bool begun)
    {
        begun = false;
        try
        {
            _connection!.Write(frame.Span);
            while (WorkerFrame.Read(_connection) is { } answer)
            {
                if (WorkerFrame.KindOf(answer) != WorkerFrameKind.Begun)
                    return answer;
                begun = true;
            }

            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>An exception that says how the worker ended.</summary>
    public BrokenWorkerException Broken(string when)
    {
        if (!_process.WaitForExit(s_exitLimit))
        {
            Kill();
            return new BrokenWorkerException($"The worker process {Id} closed its connection {when}, and was killed.") { ProcessId = Id };
        }

        var code = _process.ExitCode;
        return new BrokenWorkerException($"The worker process {Id} {Ending(code)} {when}.") { ProcessId = Id, ExitCode = code };
    }

    /// <summary>Ends the process at once. Any thread.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, and was let go.
        }
    }

    /// <summary>Lets the worker end, and waits for that.</summary>
    public void Dispose()
    {
        CloseListener();
        _connection?.Dispose();
        if (!_process.WaitForExit(_connection is null ? TimeSpan.Zero : s_exitLimit))
        {
            Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string Ending(int code)
    {
        if (OperatingSystem.IsWindows() || code <= 128)
            return $"exited with code {code}";

        var signal = code - 128;
        var name = signal switch
        {
            6 => " (SIGABRT: the runtime gave up, as after FailFast, an exception that nobody caught or a full stack)",
            9 => " (SIGKILL: somebody killed it, or the system for want of memory)",
            11 => " (SIGSEGV)",
            15 => " (SIGTERM)",
            _ => "",
        };
        return $"was ended by signal {signal}{name}";
    }

    private void Accept()
    {
        for (var polls = 0; !_listener.Poll(PollMicroseconds, SelectMode.SelectRead); polls++)
        {
            if (_process.HasExited)
                throw Broken("before it could take a job");
            if (polls < StartPolls)
                continue;
            Kill();
            throw new BrokenWorkerException(
                $"The worker process {Id} did not report within a minute, and was killed: it is too slow, or its runtime does not honour DOTNET_STARTUP_HOOKS and ran Main.")
            {
                ProcessId = Id,
            };
        }

        _connection = new NetworkStream(_listener.Accept(), ownsSocket: true);
    }

    private void CloseListener()
    {
        _listener.Dispose();
        _folder.Refresh();
        if (_folder.Exists)
            _folder.Delete(recursive: true);
    }
}
