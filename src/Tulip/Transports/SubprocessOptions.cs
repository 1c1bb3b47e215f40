using Microsoft.Win32.SafeHandles;

namespace Tulip;

/// <summary>How a child process is started.</summary>
/// <remarks><threadsafety>One thread at a time; read while the process is started.</threadsafety></remarks>
public sealed class SubprocessOptions
{
    /// <summary>What the process reads; this process' own standard input at first.</summary>
    public ProcessStream Stdin { get; init; } = ProcessStream.Inherit;

    /// <summary>What the process writes to; this process' own standard output at first.</summary>
    public ProcessStream Stdout { get; init; } = ProcessStream.Inherit;

    /// <summary>What the process complains to; this process' own standard error at first.</summary>
    public ProcessStream Stderr { get; init; } = ProcessStream.Inherit;

    /// <summary>The directory that it starts in (<c>cwd</c>); this process' if null. The program's path, if it is a relative one, is looked for there.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Its whole environment (<c>env</c>); this process' if null.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Whether it gets a session of its own: no terminal, and no Ctrl-C from ours (<c>start_new_session</c>).</summary>
    public bool StartNewSession { get; init; }

    /// <summary>The process group that it joins, 0 for one of its own; null to stay in ours (<c>process_group</c>).</summary>
    public int? ProcessGroup { get; init; }
}

/// <summary>Where one of a child process' three streams leads.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public readonly struct ProcessStream
{
    private ProcessStream(ProcessStreamKind kind, SafeFileHandle? handle = null)
    {
        Kind = kind;
        Handle = handle;
    }

    /// <summary>To the same place as this process' own stream.</summary>
    public static ProcessStream Inherit => default;

    /// <summary>Through a pipe to this process (<c>PIPE</c>).</summary>
    public static ProcessStream Pipe => new(ProcessStreamKind.Pipe);

    /// <summary>Nowhere: nothing is read, and everything written is lost (<c>DEVNULL</c>).</summary>
    public static ProcessStream Null => new(ProcessStreamKind.Null);

    /// <summary>For the standard error: to the same place as the standard output (<c>STDOUT</c>).</summary>
    public static ProcessStream SameAsOutput => new(ProcessStreamKind.SameAsOutput);

    /// <summary>To an open file or a pipe's end, which stays the caller's to dispose.</summary>
    public static ProcessStream To(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new ProcessStream(ProcessStreamKind.Handle, file);
    }

    internal ProcessStreamKind Kind { get; }

    internal SafeFileHandle? Handle { get; }
}

internal enum ProcessStreamKind : byte
{
    Inherit,
    Pipe,
    Null,
    SameAsOutput,
    Handle,
}
