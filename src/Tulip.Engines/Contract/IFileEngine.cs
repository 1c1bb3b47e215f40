using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines;

/// <summary>An engine that may be able to work on files without blocking: by completions, or at once where nothing has to be waited for.</summary>
/// <remarks>
/// <para>Files are not sockets: they are nobody's until a request names them, and a file may have any number of operations
/// in flight, which end in any order. The rest is as with <see cref="IIoEngine.Submit"/>: exactly one last completion (with
/// <see cref="IoOpcode.File"/>), memory that is the engine's until then, also after a cancel, and a success that
/// races with a cancel is delivered. A cancel of what the kernel has begun often comes too late.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public interface IFileEngine : IIoEngine
{
    /// <summary>Whether an operation can be submitted here; it depends on the kernel, and on what it permits. The first call may open what is needed.</summary>
    bool Can(FileOperation operation);

    /// <summary>Whether a handle is of a regular file, for which alone the rest here is meant: not of a device, a pipe, a terminal.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    bool IsRegular(SafeFileHandle file);

    /// <summary>Starts an operation. It may reach the kernel only with the next <see cref="IIoEngine.SubmitAndWait"/>; beyond what the
    /// engine gives the kernel at once, operations wait for their turn.</summary>
    /// <returns>What <see cref="IIoEngine.Cancel"/> takes; never <see cref="IoToken.None"/>.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="NotSupportedException">The engine cannot do it (<see cref="Can"/>).</exception>
    IoToken SubmitFile(in FileRequest request);

    /// <summary>Reads what the system has in memory, without waiting for the disk and without an operation.</summary>
    /// <param name="file">A regular file.</param>
    /// <param name="offset">Bytes from the file's start.</param>
    /// <param name="target">Where to; not empty. Used during the call only.</param>
    /// <returns>How many bytes, perhaps fewer than there is room for; 0 at the file's end. An error of <see cref="IoError"/>, negated:
    /// <see cref="IoError.Again"/> if the disk has to be waited for, which the system may have begun to read by then;
    /// <see cref="IoError.NotSupported"/> if the file system does not tell.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    int ReadNow(SafeFileHandle file, long offset, Span<byte> target);
}
