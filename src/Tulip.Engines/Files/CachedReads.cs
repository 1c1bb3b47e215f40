// CachedReads: reads that the system can answer from memory, made at once.
// Thread: any.  Owns nothing; memory is pinned for the time of a call only.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Files;

internal static unsafe class CachedReads
{
    /// <inheritdoc cref="IFileEngine.ReadNow"/>
    public static int ReadNow(SafeFileHandle file, long offset, Span<byte> target)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            fixed (byte* start = target)
            {
                var vector = new IoVector { Base = start, Length = (nuint)target.Length };
                var count = LibC.preadv2((int)file.DangerousGetHandle(), &vector, 1, offset, LibC.RWF_NOWAIT);
                return count >= 0 ? (int)count : Judge(LibC.LastError);
            }
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>A kernel or a filter of system calls without this call is the same as a file system without it.</summary>
    private static int Judge(int error) => -error switch
    {
        IoError.Interrupted => -IoError.Again,
        IoError.NoSystemCall or IoError.NotPermitted => -IoError.NotSupported,
        _ => error,
    };
}
