using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines;

/// <summary>An engine that can use and watch any descriptor of the operating system (<see cref="IoFeatures.Descriptors"/>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public interface IDescriptorEngine : IIoEngine
{
    /// <summary>Makes a handle for polling a descriptor, which stays its owner's: closing the handle does not close it.</summary>
    /// <exception cref="NotSupportedException">The descriptor is of a kind that is always ready, such as a regular file.</exception>
    /// <exception cref="ArgumentException">There is no such descriptor.</exception>
    IoHandle Watch(int descriptor);

    /// <summary>Takes over something that is read and written as a stream: a pipe, a terminal, a device, a file, a socket.</summary>
    /// <remarks>
    /// <see cref="IoOpcode.Receive"/> and <see cref="IoOpcode.Send"/> work on it as on a connection; files and devices that are always
    /// ready are read and written within the wait. Pipes and terminals are opened anew where that is possible, so that
    /// whoever shares them does not find them changed; else they are made not to block, for all who share them.
    /// </remarks>
    /// <param name="file">What to take over. It is disposed; if it does not own its descriptor that one stays open.</param>
    /// <param name="tellsOfReader">Whether polling the handle for reading tells that nobody can read any more what is
    /// written: of pipes that are only written to.</param>
    /// <exception cref="ArgumentException">It is closed, or a directory.</exception>
    IoHandle Adopt(SafeFileHandle file, out bool tellsOfReader);

    /// <summary>The descriptor behind a handle: the engine's, which may close it.</summary>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    int DescriptorOf(IoHandle handle);

    /// <summary>Has the system send a part of a file to a socket that is not the engine's, as far as there is room.</summary>
    /// <param name="descriptor">A connected socket that does not block.</param>
    /// <param name="part">What to send; the disk is waited for if it is not in memory.</param>
    /// <returns>How many bytes were taken, 0 at the file's end, or an error of <see cref="IoError"/>, negated.</returns>
    int SendFileNow(int descriptor, IoFilePart part);
}
