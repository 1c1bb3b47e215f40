// LibC, continued: what there is to know of a file.
using System.Runtime.InteropServices;

namespace Tulip.Engines.Linux.Interop;

internal static unsafe partial class LibC
{
    public const int AT_FDCWD = -100;
    public const uint STATX_TYPE = 0x1;
    public const uint STATX_INO = 0x100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_STATX_DONT_SYNC = 0x4000;
    public const int FileTypeMask = 0xF000;
    public const int FileTypePipe = 0x1000;
    public const int FileTypeCharacter = 0x2000;
    public const int FileTypeDirectory = 0x4000;
    public const int FileTypeBlock = 0x6000;
    public const int FileTypeRegular = 0x8000;
    public const int FileTypeSocket = 0xC000;
    public const uint MajorOfConsoles = 4;
    public const uint FirstMajorOfTerminals = 136;
    public const uint LastMajorOfTerminals = 143;

    public const int O_WRONLY = 0x1;
    public const int O_ACCMODE = 0x3;
    public const int O_NOCTTY = 0x100;
    public const int O_APPEND = 0x400;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;

    // Declared with its variable argument, which every C library here takes as a plain one.
    [LibraryImport(Library, SetLastError = true)]
    public static partial int open(byte* path, int flags, int mode);

    public const int RWF_NOWAIT = 0x8;

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint preadv2(int fd, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendfile(int output, int input, long* offset, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint writev(int fd, IoVector* vectors, int count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, StatX* status);
}

/// <summary>The kernel's answer; the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatX
{
    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(128)]
    public uint SpecialMajor;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}
