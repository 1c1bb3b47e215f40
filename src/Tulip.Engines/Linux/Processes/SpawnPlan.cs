// SpawnPlan: one call of posix_spawn, prepared in native memory.
// Thread: the caller's.  Owns: all memory it prepares, until Dispose; the request's handles are held open until then.
//   The child gets default signals and an empty mask (the runtime ignores SIGPIPE, which programs do not expect), and
//   of our descriptors only its three streams.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

internal sealed unsafe class SpawnPlan : IDisposable
{
    private const int FirstOwnDescriptor = 3;

    private readonly List<nint> _memory = [];
    private readonly List<SafeFileHandle> _held = [];
    private readonly List<SafeFileHandle> _duplicates = [];
    private readonly byte* _program;
    private readonly byte** _arguments;
    private readonly byte** _environment;
    private readonly byte* _actions;
    private readonly byte* _attributes;

    public SpawnPlan(ChildProcessRequest request)
    {
        _actions = Allocate(ProcessCalls.OpaqueSize);
        _attributes = Allocate(ProcessCalls.OpaqueSize);
        _ = ProcessCalls.posix_spawn_file_actions_init(_actions);
        _ = ProcessCalls.posix_spawnattr_init(_attributes);
        try
        {
            _program = Text(request.Program);
            _arguments = Texts([request.Program, .. request.Arguments]);
            _environment = Texts(EnvironmentOf(request));
            PlanStreams(request);
            PlanAttributes(request);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Starts the child; the system's error number, or 0.</summary>
    public int Start(int* id) => ProcessCalls.posix_spawnp(id, _program, _actions, _attributes, _arguments, _environment);

    public void Dispose()
    {
        _ = ProcessCalls.posix_spawn_file_actions_destroy(_actions);
        _ = ProcessCalls.posix_spawnattr_destroy(_attributes);
        foreach (var handle in _held)
            handle.DangerousRelease();
        _held.Clear();
        foreach (var duplicate in _duplicates)
            duplicate.Dispose();
        foreach (var block in _memory)
            NativeMemory.Free((void*)block);
        _memory.Clear();
    }

    private static IReadOnlyList<string> EnvironmentOf(ChildProcessRequest request)
    {
        if (request.Environment is { } given)
            return [.. given.Select(pair => $"{pair.Key}={pair.Value}")];

        var own = new List<string>();
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            own.Add($"{entry.Key}={entry.Value}");
        return own;
    }

    private void PlanStreams(ChildProcessRequest request)
    {
        if (request.WorkingDirectory is { } directory)
            Check(ProcessCalls.posix_spawn_file_actions_addchdir_np(_actions, Text(directory)));

        PlanStream(request.StandardInput, 0);
        PlanStream(request.StandardOutput, 1);
        if (request.StandardError.IsSameAsOutput)
            Check(ProcessCalls.posix_spawn_file_actions_adddup2(_actions, 1, 2));
        else
            PlanStream(request.StandardError, 2);
        try
        {
            Check(ProcessCalls.posix_spawn_file_actions_addclosefrom_np(_actions, FirstOwnDescriptor));
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library: .NET's own descriptors are not inherited anyway.
        }
    }

    private void PlanStream(ChildStream stream, int target)
    {
        if (stream.IsNull)
        {
            Check(ProcessCalls.posix_spawn_file_actions_addopen(_actions, target, Text("/dev/null"), ProcessCalls.ReadWrite, 0));
        }
        else if (stream.Handle is { } handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            _held.Add(handle);
            Check(ProcessCalls.posix_spawn_file_actions_adddup2(_actions, OutOfTheWay((int)handle.DangerousGetHandle(), target), target));
        }
    }

    /// <summary>One of our own three streams would be overwritten in the child before its turn: its duplicate is not.</summary>
    private int OutOfTheWay(int descriptor, int target)
    {
        if (descriptor >= FirstOwnDescriptor || descriptor == target)
            return descriptor;

        var duplicate = LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, FirstOwnDescriptor);
        if (duplicate < 0)
            throw new System.ComponentModel.Win32Exception(-LibC.LastError);
        _duplicates.Add(new SafeFileHandle(duplicate, ownsHandle: true));
        return duplicate;
    }

    private void PlanAttributes(ChildProcessRequest request)
    {
        var flags = (int)ProcessCalls.SpawnSetSignalDefaults | ProcessCalls.SpawnSetSignalMask;
        var signals = Allocate(ProcessCalls.SignalSetSize);
        _ = ProcessCalls.sigfillset(signals);
        Check(ProcessCalls.posix_spawnattr_setsigdefault(_attributes, signals));
        _ = ProcessCalls.sigemptyset(signals);
        Check(ProcessCalls.posix_spawnattr_setsigmask(_attributes, signals));
        if (request.StartNewSession)
            flags |= ProcessCalls.SpawnSetSession;
        if (request.ProcessGroup is { } group)
        {
            flags |= ProcessCalls.SpawnSetProcessGroup;
            Check(ProcessCalls.posix_spawnattr_setpgroup(_attributes, group));
        }

        Check(ProcessCalls.posix_spawnattr_setflags(_attributes, (short)flags));
    }

    private byte* Allocate(int size)
    {
        var memory = NativeMemory.AllocZeroed((nuint)size);
        _memory.Add((nint)memory);
        return (byte*)memory;
    }

    private byte* Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0'))
            throw new ArgumentException("A program, its arguments and its environment must not contain null characters.");

        var length = System.Text.Encoding.UTF8.GetByteCount(text);
        var memory = Allocate(length + 1);
        System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(memory, length));
        return memory;
    }

    private byte** Texts(IReadOnlyList<string> texts)
    {
        var list = (byte**)Allocate((texts.Count + 1) * sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
            list[i] = Text(texts[i]);
        return list;
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new System.ComponentModel.Win32Exception(error);
    }
}
