// ChildProcess: a child, by its descriptor rather than by a number that could become another's.
// Thread: any one at a time.  Owns: the descriptor, and the duty to reap.
//   1. The child's number is ours until it is reaped; the descriptor names this child and no other for ever.
//   2. It is reaped at most once.
using System.ComponentModel;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

/// <summary>A child process. Its end shows on <see cref="Descriptor"/>, which becomes readable; <see cref="TryReap"/> then tells how it ended.</summary>
/// <remarks><threadsafety>One thread at a time.</threadsafety></remarks>
public sealed unsafe class ChildProcess : IDisposable
{
    /// <summary>The exit code told of a child that somebody else has reaped.</summary>
    public const int UnknownExitCode = 255;

    private const int NoSystemCall = 38;
    private const int InformationInts = 32;

    private int _descriptor;
    private bool _reaped;
    private int _exitCode;

    private ChildProcess(int id, int descriptor)
    {
        Id = id;
        _descriptor = descriptor;
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>What to watch for its end; negative once disposed.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Starts a program.</summary>
    /// <exception cref="Win32Exception">There is no such program or directory, or it may not be run: the system's error number and text.</exception>
    /// <exception cref="ArgumentException">A string contains a null character.</exception>
    public static ChildProcess Start(ChildProcessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ProcessCalls.KeepEndedChildren();
        int id;
        using (var spawn = new SpawnPlan(request))
        {
            var error = spawn.Start(&id);
            if (error != 0)
                throw Failed(error, request);
        }

        var descriptor = ProcessCalls.OpenDescriptor(id);
        if (descriptor >= 0)
            return new ChildProcess(id, descriptor);

        // Without a descriptor it could not be watched: what was started ends here.
        var failure = LibC.LastError;
        _ = ProcessCalls.kill(id, ProcessCalls.KillSignal);
        WaitForEnd(ProcessCalls.WaitByNumber, id);
        throw failure == -NoSystemCall
            ? new PlatformNotSupportedException("The kernel has no process descriptors (pidfd_open): Linux 5.3 or newer is needed.")
            : new Win32Exception(-failure, $"'{request.Program}' was started and ended again, for it cannot be watched: {new Win32Exception(-failure).Message}.");
    }

    /// <summary>Kills it if it runs, and has it collected by a thread when it is dead; the descriptor is closed then.</summary>
    public void KillAndForget()
    {
        if (_descriptor < 0)
            return;

        TryKill();
        if (TryReap(out _))
        {
            Dispose();
            return;
        }

        // A killed process dies soon; only one that the kernel holds fast, waiting for a disk, may take its time.
        new Thread(EndSoon) { IsBackground = true, Name = "Tulip child process" }.Start();
    }

    /// <summary>Collects the child if it has ended.</summary>
    /// <param name="exitCode">Its exit code; if a signal ended it, that signal's number, negated;
    /// <see cref="UnknownExitCode"/> if somebody else has collected it.</param>
    /// <returns>False while it runs.</returns>
    public bool TryReap(out int exitCode)
    {
        if (!_reaped)
            Collect();
        exitCode = _exitCode;
        return _reaped;
    }

    /// <summary>Sends a signal; false if the child has ended.</summary>
    /// <exception cref="UnauthorizedAccessException">It runs as another user.</exception>
    public bool SendSignal(int signal)
    {
        if (_reaped || _descriptor < 0)
            return false;
        if (ProcessCalls.Send(_descriptor, signal) >= 0)
            return true;

        return -LibC.LastError switch
        {
            ProcessCalls.NoProcess => false,
            IoError.NotPermitted => throw new UnauthorizedAccessException($"Process {Id} runs as another user."),
            var error => throw new Win32Exception(error),
        };
    }

    /// <summary>Kills it if it runs, and if that is allowed: a program that runs as another user by now ends when it wants to.</summary>
    public void TryKill()
    {
        try
        {
            SendSignal(ProcessCalls.KillSignal);
        }
        catch (UnauthorizedAccessException)
        {
            // Who goes on without it is not helped by hearing of that.
        }
    }

    /// <summary>Closes the descriptor. The child goes on; reap it before, or it stays as a zombie while this process lives.</summary>
    public void Dispose()
    {
        if (_descriptor >= 0)
            _ = LibC.close(_descriptor);
        _descriptor = -1;
    }

    private void EndSoon()
    {
        WaitForEnd(ProcessCalls.WaitByDescriptor, _descriptor);
        Dispose();
    }

    private static void WaitForEnd(int kind, int id)
    {
        var information = stackalloc int[InformationInts];
        while (ProcessCalls.waitid(kind, id, information, ProcessCalls.WaitExited) < 0 && LibC.LastError == -IoError.Interrupted)
        {
        }
    }

    private void Collect()
    {
        // siginfo_t: its code at 8, and, after process and user, the status at 24 bytes.
        var information = stackalloc int[InformationInts];
        new Span<int>(information, InformationInts).Clear();
        var result = ProcessCalls.waitid(
            ProcessCalls.WaitByDescriptor, _descriptor, information, ProcessCalls.WaitExited | ProcessCalls.WaitNoHang);
        if (result < 0)
        {
            if (LibC.LastError != -ProcessCalls.NoChild)
                return;

            (_reaped, _exitCode) = (true, UnknownExitCode);
            return;
        }

        // Nothing is filled in while it runs.
        if (information[0] == 0)
            return;

        _reaped = true;
        _exitCode = information[2] == ProcessCalls.CodeExited ? information[6] : -information[6];
    }

    private static Win32Exception Failed(int error, ChildProcessRequest request) => new(
        error,
        request.WorkingDirectory is { } directory && !Directory.Exists(directory)
            ? $"The directory '{directory}' to start '{request.Program}' in does not exist."
            : $"'{request.Program}' could not be started: {new Win32Exception(error).Message}.");
}
