using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines.Linux;

/// <summary>What to start, and with what.</summary>
/// <remarks><threadsafety>One thread at a time.</threadsafety></remarks>
public sealed class ChildProcessRequest
{
    /// <summary>The program: a path, or a name that is looked for in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, without its own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its whole environment; this process' if null.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The directory it starts in; this process' if null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What it reads, writes and complains to.</summary>
    public ChildStream StandardInput { get; init; } = ChildStream.Inherit;

    /// <inheritdoc cref="StandardInput"/>
    public ChildStream StandardOutput { get; init; } = ChildStream.Inherit;

    /// <inheritdoc cref="StandardInput"/>
    public ChildStream StandardError { get; init; } = ChildStream.Inherit;

    /// <summary>Whether it gets a session of its own: no terminal, and no Ctrl-C from ours.</summary>
    public bool StartNewSession { get; init; }

    /// <summary>The process group it joins, 0 for one of its own; null to stay in ours.</summary>
    public int? ProcessGroup { get; init; }
}

/// <summary>One of a child's three streams.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public readonly struct ChildStream
{
    private enum Kind
    {
        Inherit,
        Null,
        Handle,
        SameAsOutput,
    }

    private readonly Kind _kind;

    private ChildStream(Kind kind, SafeFileHandle? handle = null)
    {
        _kind = kind;
        Handle = handle;
    }

    /// <summary>This process' own.</summary>
    public static ChildStream Inherit => default;

    /// <summary>Nothing: the null device.</summary>
    public static ChildStream Null => new(Kind.Null);

    /// <summary>For the standard error: wherever the standard output goes.</summary>
    public static ChildStream SameAsOutput => new(Kind.SameAsOutput);

    /// <summary>An open file or a pipe's end, which stays the caller's to dispose.</summary>
    public static ChildStream From(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return new ChildStream(Kind.Handle, handle);
    }

    internal SafeFileHandle? Handle { get; }

    internal bool IsNull => _kind == Kind.Null;

    internal bool IsSameAsOutput => _kind == Kind.SameAsOutput;
}
