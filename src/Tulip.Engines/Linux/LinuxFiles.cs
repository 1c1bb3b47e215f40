// LinuxFiles: streams of bytes that are no sockets: taken over, read, written; and files sent to sockets.
// Thread: the engine's.  Owns nothing: what it takes over belongs to the engine's table.
//   1. What is taken over does not block. That is a mark on the open file, which others may share: a terminal that
//      belongs to a shell too, a pipe that was inherited. So the file is opened once more where that gives the same
//      one, and only else marked for all.
//   2. Regular files never block in the kernel's sense; they are not marked, and keep the position that they share.
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

/// <summary>What was taken over.</summary>
internal enum LinuxFileKind
{
    /// <summary>A socket: as good as one opened here.</summary>
    Socket,

    /// <summary>A pipe or FIFO that is only written to: polling it for reading tells that nobody reads.</summary>
    PipeToWrite,

    /// <summary>Anything else that is read and written as a stream.</summary>
    File,
}

internal static unsafe class LinuxFiles
{
    /// <summary>A descriptor of our own for the file, and the caller's handle disposed.</summary>
    /// <exception cref="ArgumentException">It is closed, or a directory.</exception>
    public static (int Descriptor, LinuxFileKind Kind) TakeOver(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.IsClosed || file.IsInvalid)
            throw new ArgumentException("The file is closed.", nameof(file));

        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return Own((int)file.DangerousGetHandle());
        }
        finally
        {
            if (added)
                file.DangerousRelease();
            file.Dispose();
        }
    }

    /// <summary>Whether it is a regular file.</summary>
    public static bool IsRegular(SafeFileHandle file)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            StatX status;
            byte none = 0;
            const int Flags = LibC.AT_EMPTY_PATH | LibC.AT_STATX_DONT_SYNC;
            return LibC.statx((int)file.DangerousGetHandle(), &none, Flags, LibC.STATX_TYPE, &status) >= 0
                && (status.Mode & LibC.FileTypeMask) == LibC.FileTypeRegular;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>Reads once; bytes, 0 at the end, or an error number, negated.</summary>
    public static int Read(int descriptor, byte* address, int room)
    {
        while (true)
        {
            var count = LibC.read(descriptor, address, (nuint)room);
            if (count >= 0)
                return (int)count;
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }
    }

    /// <summary>Writes once; bytes, or an error number, negated.</summary>
    public static int Write(int descriptor, byte* address, int length)
    {
        while (true)
        {
            var count = LibC.write(descriptor, address, (nuint)length);
            if (count >= 0)
                return (int)count;
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }
    }

    /// <inheritdoc cref="Write(int, byte*, int)"/>
    public static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Write(descriptor, start, bytes.Length);
    }

    /// <summary>Writes several pieces as one.</summary>
    public static int Write(int descriptor, IoVector* vectors, int count)
    {
        while (true)
        {
            var written = LibC.writev(descriptor, vectors, count);
            if (written >= 0)
                return (int)written;
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }
    }

    /// <summary>Sends a part of a file, as far as there is room.</summary>
    public static int Send(int descriptor, IoFilePart part)
    {
        var added = false;
        try
        {
            part.File.DangerousAddRef(ref added);
            var file = (int)part.File.DangerousGetHandle();
            while (true)
            {
                var offset = part.Offset;
                var count = LibC.sendfile(descriptor, file, &offset, (nuint)part.Count);
                if (count >= 0)
                    return (int)count;
                if (LibC.LastError != -IoError.Interrupted)
                    return LibC.LastError;
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed while it waited for room.
            return -IoError.BadDescriptor;
        }
        finally
        {
            if (added)
                part.File.DangerousRelease();
        }
    }

    private static (int Descriptor, LinuxFileKind Kind) Own(int descriptor)
    {
        var flags = LibC.fcntl(descriptor, LibC.F_GETFL, 0);
        StatX status;
        byte none = 0;
        if (flags < 0 || LibC.statx(descriptor, &none, LibC.AT_EMPTY_PATH, LibC.STATX_TYPE, &status) < 0)
            throw new ArgumentException($"There is no descriptor {descriptor}.", nameof(descriptor));

        var type = status.Mode & LibC.FileTypeMask;
        if (type == LibC.FileTypeDirectory)
            throw new ArgumentException("A directory cannot be read as a stream.", nameof(descriptor));

        var isPipe = type == LibC.FileTypePipe;
        var kind = type == LibC.FileTypeSocket ? LinuxFileKind.Socket
            : isPipe && (flags & LibC.O_ACCMODE) == LibC.O_WRONLY ? LinuxFileKind.PipeToWrite
            : LinuxFileKind.File;
        var blocks = (flags & LibC.O_NONBLOCK) == 0 && type is not (LibC.FileTypeRegular or LibC.FileTypeBlock);
        var again = blocks && (isPipe || IsTerminal(type, status.SpecialMajor)) ? OpenAgain(descriptor, flags) : -1;
        return (again >= 0 ? again : Duplicate(descriptor, blocks ? flags | LibC.O_NONBLOCK : -1), kind);
    }

    private static int Duplicate(int descriptor, int flags)
    {
        var own = LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, 0);
        if (own < 0)
            throw IoError.ToException(LibC.LastError);
        if (flags >= 0)
            _ = LibC.fcntl(own, LibC.F_SETFL, flags);
        return own;
    }

    private static int OpenAgain(int descriptor, int flags)
    {
        var path = Encoding.ASCII.GetBytes($"/proc/self/fd/{descriptor}\0");
        fixed (byte* bytes = path)
            return LibC.open(bytes, (flags & (LibC.O_ACCMODE | LibC.O_APPEND)) | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_CLOEXEC, 0);
    }

    /// <summary>Terminals whose name leads to the same terminal again, unlike that of a terminal's controlling side.</summary>
    private static bool IsTerminal(int type, uint major)
        => type == LibC.FileTypeCharacter && major is LibC.MajorOfConsoles or (>= LibC.FirstMajorOfTerminals and <= LibC.LastMajorOfTerminals);
}
