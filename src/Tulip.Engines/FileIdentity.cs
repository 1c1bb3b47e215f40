using System.Text;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines;

/// <summary>Which file a path leads to, and whether it is a socket: what .NET does not tell.</summary>
/// <param name="Device">Where the file is.</param>
/// <param name="Number">Which file it is there.</param>
/// <param name="IsSocket">Whether it is a socket.</param>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public readonly record struct FileIdentity(ulong Device, ulong Number, bool IsSocket)
{
    /// <summary>The file at a path, links followed.</summary>
    /// <returns>Null if there is none. On other systems than Linux the path alone counts: a file that can be read is no socket.</returns>
    public static unsafe FileIdentity? Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsLinux())
            return File.Exists(path) ? new FileIdentity(0, 0, !CanBeRead(path)) : null;

        var name = Encoding.UTF8.GetBytes(path + '\0');
        StatX status;
        fixed (byte* bytes = name)
        {
            if (LibC.statx(LibC.AT_FDCWD, bytes, 0, LibC.STATX_TYPE | LibC.STATX_INO, &status) < 0)
                return null;
        }

        return new FileIdentity(
            ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode, (status.Mode & LibC.FileTypeMask) == LibC.FileTypeSocket);
    }

    private static bool CanBeRead(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }
}
