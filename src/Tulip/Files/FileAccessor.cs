// FileAccessor: one open file and the calls on it, each by the best way there is.
// Thread: the loop's.  Owns: the handle.
//   1. Reads that find the system without the bytes in memory stop being tried at once, for the more reads the more often
//      it happens; then one in so many tries again.
//   2. What comes in parts, as the system may read and write, is put together here.
//   3. A file that is no regular one (a device, a pipe, a terminal) may block for ever: it is for threads.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines;

namespace Tulip;

internal sealed class FileAccessor(SafeFileHandle handle, string path, bool isRegular) : IDisposable
{
    private const int MostMisses = 6;

    private bool _cannotReadNow;
    private int _misses;
    private int _skips;

    public string Path => path;

    public SafeFileHandle Handle => handle;

    /// <summary>Whether there are other ways than threads for it.</summary>
    public bool IsRegular => isRegular;

    /// <summary>Reads on a thread until the target is full or the file ends, or as much as there is of what is no regular file.</summary>
    public Coroutine<int> ReadOnThread(long offset, Memory<byte> target) => FileWork.Run(() =>
    {
        var done = 0;
        int count;
        do
        {
            count = RandomAccess.Read(handle, target.Span[done..], offset + done);
            done += count;
        }
        while (isRegular && count > 0 && done < target.Length);
        return done;
    });

    /// <summary>Reads what is in memory: as <see cref="LoopFiles.ReadNow"/>; "not now" also if it is not worth a try.</summary>
    public int TryReadNow(LoopFiles files, long offset, Span<byte> target)
    {
        if (!isRegular || _cannotReadNow || _skips > 0)
        {
            _skips = Math.Max(_skips - 1, 0);
            return -IoError.Again;
        }

        var count = files.ReadNow(handle, offset, target);
        switch (count)
        {
            case >= 0:
                _misses = 0;
                return count;
            case -IoError.Again:
                _misses = Math.Min(_misses + 1, MostMisses);
                _skips = 1 << _misses;
                return count;
            case -IoError.NotSupported:
                _cannotReadNow = true;
                return -IoError.Again;
            default:
                return count;
        }
    }

    /// <summary>Writes all of it at an offset.</summary>
    public async Coroutine Write(long offset, ReadOnlyMemory<byte> bytes)
    {
        var files = LoopFiles.OfRunning();
        while (!bytes.IsEmpty)
        {
            var count = isRegular && files.Completes
                ? await files.Submit(new FileRequest { Operation = FileOperation.Write, File = handle, Offset = offset, Source = bytes })
                : -IoError.Canceled;
            if (count == -IoError.Canceled)
            {
                await WriteOnThread(offset, bytes);
                return;
            }

            if (count <= 0)
                throw FileErrors.Of(count < 0 ? count : -IoError.NoSpace, path);
            offset += count;
            bytes = bytes[count..];
        }
    }

    public Coroutine Flush(bool dataOnly)
        => Do(dataOnly ? FileOperation.FlushData : FileOperation.Flush, 0, handle => RandomAccess.FlushToDisk(handle));

    public Coroutine SetLength(long length)
        => Do(FileOperation.SetLength, length, handle => WithinLimits(() => RandomAccess.SetLength(handle, length)));

    /// <summary>A call for which there are only threads.</summary>
    public Coroutine<T> Ask<T>(Func<SafeFileHandle, T> call) => FileWork.Run(() => call(handle));

    public Coroutine Close() => FileWork.Run(handle.Dispose);

    public void Dispose() => handle.Dispose();

    private Coroutine WriteOnThread(long offset, ReadOnlyMemory<byte> bytes)
        => FileWork.Run(() => WithinLimits(() => RandomAccess.Write(handle, bytes.Span, offset)));

    /// <summary>.NET tells that a file would be too large as if an argument were wrong; it is an error like a full disk.</summary>
    private void WithinLimits(Action call)
    {
        try
        {
            call();
        }
        catch (ArgumentOutOfRangeException)
        {
            throw FileErrors.Of(-IoError.FileTooBig, path);
        }
    }

    private async Coroutine Do(FileOperation operation, long offset, Action<SafeFileHandle> onThread)
    {
        var files = LoopFiles.OfRunning();
        if (isRegular && files.Can(operation))
        {
            var result = await files.Submit(new FileRequest { Operation = operation, File = handle, Offset = offset });
            if (result >= 0)
                return;
            if (result != -IoError.Canceled)
                throw FileErrors.Of(result, path);
        }

        await FileWork.Run(() => onThread(handle));
    }
}
