using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines;

/// <summary>One operation on a file, as plain data; <see cref="FileOperation"/> says which fields count.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public struct FileRequest
{
    /// <summary>What to do.</summary>
    public FileOperation Operation { get; set; }

    /// <summary>What to do it with: a regular file. It stays its owner's; disposed of meanwhile, it is closed when the operation has ended.</summary>
    public SafeFileHandle File { get; set; }

    /// <summary>Bytes from the file's start.</summary>
    public long Offset { get; set; }

    /// <summary>Where to read to; the engine's until the last completion. Not empty for a read.</summary>
    public Memory<byte> Target { get; set; }

    /// <summary>What to write; must not change until the last completion. Not empty for a write.</summary>
    public ReadOnlyMemory<byte> Source { get; set; }

    /// <summary>Comes back in the completion; the engine never looks at it.</summary>
    public object? State { get; set; }
}
