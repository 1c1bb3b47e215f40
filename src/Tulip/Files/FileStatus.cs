using Microsoft.Win32.SafeHandles;

namespace Tulip;

/// <summary>What the file system says of a file or directory.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
/// <param name="Length">Bytes; 0 for a directory.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="LastWriteTime">When it was last written, in UTC.</param>
/// <param name="CreationTime">When it was made, in UTC, where the file system knows.</param>
/// <param name="Attributes">.NET's attributes.</param>
public readonly record struct FileStatus(
    long Length, bool IsDirectory, DateTime LastWriteTime, DateTime CreationTime, FileAttributes Attributes)
{
    internal static FileStatus Of(SafeFileHandle file)
        => new(
            RandomAccess.GetLength(file),
            IsDirectory: false,
            File.GetLastWriteTimeUtc(file),
            File.GetCreationTimeUtc(file),
            File.GetAttributes(file));

    internal static FileStatus Of(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists)
            throw new FileNotFoundException($"There is no file or directory '{path}'.", path);

        var isDirectory = info is DirectoryInfo;
        var length = info is FileInfo file ? file.Length : 0;
        return new FileStatus(length, isDirectory, info.LastWriteTimeUtc, info.CreationTimeUtc, info.Attributes);
    }
}
