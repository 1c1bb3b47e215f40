using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

/// <summary>A pipe of the operating system, not inherited by child processes unless it is given to them.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static unsafe class AnonymousPipe
{
    /// <summary>Makes a pipe; both ends block until an engine takes them over.</summary>
    /// <returns>The end to read from and the end to write to; each to be disposed.</returns>
    /// <exception cref="IOException">The process has too many open files.</exception>
    public static (SafeFileHandle Read, SafeFileHandle Write) Create()
    {
        var ends = stackalloc int[2];
        if (ProcessCalls.pipe2(ends, LibC.O_CLOEXEC) < 0)
            throw new IOException("A pipe could not be made.", IoError.ToException(LibC.LastError));
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }
}
