// LibC, continued: what there is to know of a file.
using System.Runtime.InteropServices;

namespace Tulip.Engines.Linux.Interop;

internal static unsafe partial class LibC
{
    public const int AT_FDCWD = -100;
    public const uint STATX_TYPE = 0x1;
    public const uint STATX_INO = 0x100;
    public const int FileTypeMask = 0xF000;
    public const int FileTypeSocket = 0xC000;

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

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}
