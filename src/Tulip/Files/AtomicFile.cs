// AtomicFile: a file replaced whole or not at all.
// Thread: a worker's.
using System.Text;

namespace Tulip;

internal static class AtomicFile
{
    /// <summary>UTF-8 without a byte-order mark.</summary>
    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var full = Path.GetFullPath(path);
        var beside = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = File.OpenHandle(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, preallocationSize: 0))
            {
                RandomAccess.Write(file, bytes, 0);
                if (File.Exists(full) && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file, File.GetUnixFileMode(full));
                RandomAccess.FlushToDisk(file);
            }

            File.Move(beside, full, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
