namespace Tulip.Engines;

/// <summary>What a <see cref="FileRequest"/> asks for.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public enum FileOperation : byte
{
    /// <summary>Nothing; not a valid request.</summary>
    None,

    /// <summary>Reads into <see cref="FileRequest.Target"/> at <see cref="FileRequest.Offset"/>. The result is how many bytes; 0 at the
    /// file's end, fewer than there is room for also elsewhere: whoever wants more asks for the rest.</summary>
    Read,

    /// <summary>Writes <see cref="FileRequest.Source"/> at <see cref="FileRequest.Offset"/>. The result is how many bytes were written,
    /// perhaps fewer than given.</summary>
    Write,

    /// <summary>Waits until what was written, and what the file system knows of the file, is on the disk itself (fsync).</summary>
    Flush,

    /// <summary>The same without what is not needed to read the bytes again, such as the time of the last write (fdatasync).</summary>
    FlushData,

    /// <summary>Cuts the file, or fills it up with zeros, to <see cref="FileRequest.Offset"/> bytes (ftruncate).</summary>
    SetLength,
}
