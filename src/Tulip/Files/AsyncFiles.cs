using System.Text;

namespace Tulip;

/// <summary>Whole files and directories, without blocking the loop. All are cold coroutines.</summary>
/// <remarks>
/// What the file system refuses is thrown as .NET throws it: <see cref="FileNotFoundException"/>,
/// <see cref="UnauthorizedAccessException"/>, <see cref="IOException"/>. A cancel is delivered when the call under way has ended.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public static class AsyncFiles
{
    private const int CopyPiece = 256 * 1024;

    /// <summary>A file's bytes.</summary>
    public static Coroutine<byte[]> ReadAllBytes(string path) => Call(path, File.ReadAllBytes);

    /// <summary>A file's text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">UTF-8 if null, unless a byte-order mark says otherwise.</param>
    public static Coroutine<string> ReadAllText(string path, Encoding? encoding = null)
        => Call(path, path => File.ReadAllText(path, encoding ?? Encoding.UTF8));

    /// <summary>Makes or replaces a file. If it fails half-way, a part is there: see <see cref="WriteAtomically"/>.</summary>
    public static Coroutine WriteAllBytes(string path, ReadOnlyMemory<byte> bytes)
        => Do(path, path => File.WriteAllBytes(path, bytes.Span));

    /// <summary>Makes or replaces a file with text, as UTF-8 unless <paramref name="encoding"/> says otherwise.</summary>
    public static Coroutine WriteAllText(string path, string text, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Do(path, path => File.WriteAllText(path, text, encoding ?? AtomicFile.Utf8));
    }

    /// <summary>Adds text at a file's end, as UTF-8 unless <paramref name="encoding"/> says otherwise; makes the file if there is none.</summary>
    public static Coroutine AppendAllText(string path, string text, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Do(path, path => File.AppendAllText(path, text, encoding ?? AtomicFile.Utf8));
    }

    /// <summary>Makes or replaces a file so that others see the old one or the new one, whole, never a part, also after a crash.</summary>
    /// <remarks>The bytes go to a file beside it, to the disk, and then take its name. If anything fails, or the task is
    /// cancelled before the name is taken, the old file stays and nothing is left over.</remarks>
    public static Coroutine WriteAtomically(string path, ReadOnlyMemory<byte> bytes)
        => Do(path, path => AtomicFile.Write(path, bytes.Span));

    /// <summary>Copies a file, piece by piece.</summary>
    /// <param name="source">The file to read.</param>
    /// <param name="destination">The file to make or replace. If the copy fails or is cancelled, what was made of it is removed.</param>
    /// <param name="progress">Told, on the loop, how many bytes were copied so far.</param>
    /// <returns>How many bytes were copied.</returns>
    public static Coroutine<long> Copy(string source, string destination, Action<long>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        return Run(source, destination, progress);

        static async Coroutine<long> Run(string source, string destination, Action<long>? progress)
        {
            await using var from = await AsyncFile.Open(source);
            var to = await AsyncFile.Open(destination, FileMode.Create, FileAccess.Write);
            try
            {
                var buffer = GC.AllocateUninitializedArray<byte>(CopyPiece);
                int count;
                while ((count = await from.Read(buffer)) > 0)
                {
                    await to.Write(buffer.AsMemory(0, count));
                    progress?.Invoke(to.Position);
                }

                await to.Close();
                return to.Position;
            }
            catch
            {
                to.Dispose();
                await FileWork.Run(() => File.Delete(destination));
                throw;
            }
        }
    }

    /// <summary>Gives a file or directory another name on the same file system, replacing a file of that name.</summary>
    public static Coroutine Rename(string path, string newPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(newPath);
        return Do(path, path =>
        {
            if (Directory.Exists(path))
                Directory.Move(path, newPath);
            else
                File.Move(path, newPath, overwrite: true);
        });
    }

    /// <summary>Removes a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static Coroutine Delete(string path) => Do(path, path =>
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        File.Delete(path);
    });

    /// <summary>Whether there is a file or directory of that path, and it may be seen.</summary>
    public static Coroutine<bool> Exists(string path) => Call(path, System.IO.Path.Exists);

    /// <summary>What the file system says of a file or directory.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static Coroutine<FileStatus> Stat(string path) => Call(path, FileStatus.Of);

    /// <summary>Makes a directory and those above it; there may be one already.</summary>
    public static Coroutine MakeDirectory(string path) => Do(path, path => Directory.CreateDirectory(path));

    /// <summary>Removes a directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="recursive">Whether what is in it goes too; if not, it has to be empty.</param>
    public static Coroutine RemoveDirectory(string path, bool recursive = false) => Do(path, path => Directory.Delete(path, recursive));

    /// <summary>The paths of what is in a directory, in the order of their names.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="pattern">Names with <c>*</c> and <c>?</c>.</param>
    /// <param name="recursive">Whether to look into the directories in it too.</param>
    public static Coroutine<string[]> List(string path, string pattern = "*", bool recursive = false)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var option = recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        return Call(path, path =>
        {
            var found = Directory.GetFileSystemEntries(path, pattern, option);
            Array.Sort(found, StringComparer.Ordinal);
            return found;
        });
    }

    private static Coroutine<T> Call<T>(string path, Func<string, T> call)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileWork.Run(() => call(path));
    }

    private static Coroutine Do(string path, Action<string> call)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileWork.Run(() => call(path));
    }
}
