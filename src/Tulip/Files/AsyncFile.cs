// AsyncFile: an open file, read and written without blocking the loop.
// Thread: loop thread only.  Owns: the handle.
//   1. The file's position belongs to the sequential calls, of which one is under way at a time; it moves when a call
//      has ended well. A cancelled read has not moved it: what it would have read is read by the next.
//   2. A call under way holds the handle: closing waits for it.
using Microsoft.Win32.SafeHandles;

namespace Tulip;

/// <summary>An open file that is read and written without blocking the loop: the file API that asyncio lacks.</summary>
/// <remarks>
/// <para>Calls at an offset may run at once, as many as you like; calls without one move <see cref="Position"/> and come
/// one after the other. All are cold coroutines. A cancel is delivered when the operating system is done with the
/// call, for it uses your memory until then: a cancelled write may have been written.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class AsyncFile : IDisposable, IAsyncDisposable
{
    private readonly SafeFileHandle _handle;
    private long _position;
    private int _busy;
    private bool _sequential;
    private bool _closed;
    private Future<Unit>? _idle;

    private AsyncFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The path given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>Where the next call without an offset reads or writes, in bytes from the file's start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            CheckNotSequential();
            _position = value;
        }
    }

    /// <summary>Opens or makes a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">Whether it has to be there or is made; <see cref="FileMode.Append"/> begins at the end.</param>
    /// <param name="access">What will be done with it; <see cref="FileAccess.ReadWrite"/> for anything but <see cref="FileMode.Open"/>
    /// if null, else reading.</param>
    /// <param name="share">What others may do with it meanwhile.</param>
    /// <exception cref="IOException">The file system refuses: <see cref="FileNotFoundException"/> and the like.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not permitted.</exception>
    public static Coroutine<AsyncFile> Open(
        string path, FileMode mode = FileMode.Open, FileAccess? access = null, FileShare share = FileShare.Read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var wanted = access ?? (mode == FileMode.Open ? FileAccess.Read : mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite);
        return Run(path, mode, wanted, share);

        static async Coroutine<AsyncFile> Run(string path, FileMode mode, FileAccess access, FileShare share)
        {
            AsyncFile? file = null;
            try
            {
                return await FileWork.Run(() => file = OpenHere(path, mode, access, share));
            }
            catch (CancelledException)
            {
                file?.Dispose();
                throw;
            }
        }
    }

    /// <summary>Reads at the position and moves it on.</summary>
    /// <param name="buffer">Where to; yours again when the await is over.</param>
    /// <returns>How many bytes: fewer than asked for only near the end, 0 at the end.</returns>
    /// <exception cref="InvalidOperationException">Another call without an offset is under way.</exception>
    public Coroutine<int> Read(Memory<byte> buffer)
    {
        CheckUsable();
        return Run(this, buffer);

        static async Coroutine<int> Run(AsyncFile file, Memory<byte> buffer)
        {
            file.BeginSequential();
            try
            {
                var count = await file.ReadAt(file._position, buffer);
                file._position += count;
                return count;
            }
            finally
            {
                file._sequential = false;
            }
        }
    }

    /// <summary>Reads at an offset; the position stays.</summary>
    /// <param name="offset">Bytes from the file's start.</param>
    /// <param name="buffer">Where to; yours again when the await is over.</param>
    /// <returns>How many bytes: fewer than asked for only near the end, 0 at the end.</returns>
    public Coroutine<int> ReadAt(long offset, Memory<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        CheckUsable();
        return Run(this, offset, buffer);

        static async Coroutine<int> Run(AsyncFile file, long offset, Memory<byte> buffer)
            => await file.Hold(() => RandomAccess.Read(file._handle, buffer.Span, offset));
    }

    /// <summary>Writes all of it at the position and moves that on.</summary>
    /// <param name="bytes">What to write; it must not change until the await is over.</param>
    /// <exception cref="InvalidOperationException">Another call without an offset is under way.</exception>
    public Coroutine Write(ReadOnlyMemory<byte> bytes)
    {
        CheckUsable();
        return Run(this, bytes);

        static async Coroutine Run(AsyncFile file, ReadOnlyMemory<byte> bytes)
        {
            file.BeginSequential();
            try
            {
                await file.WriteAt(file._position, bytes);
                file._position += bytes.Length;
            }
            finally
            {
                file._sequential = false;
            }
        }
    }

    /// <summary>Writes all of it at an offset; the position stays.</summary>
    /// <param name="offset">Bytes from the file's start; beyond the end the gap reads as zeros.</param>
    /// <param name="bytes">What to write; it must not change until the await is over.</param>
    /// <exception cref="IOException">The disk is full, or fails: a part may have been written.</exception>
    public Coroutine WriteAt(long offset, ReadOnlyMemory<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        CheckUsable();
        return Run(this, offset, bytes);

        static async Coroutine Run(AsyncFile file, long offset, ReadOnlyMemory<byte> bytes) => await file.Hold<Unit>(() =>
        {
            RandomAccess.Write(file._handle, bytes.Span, offset);
            return default;
        });
    }

    /// <summary>Waits until everything written is on the disk itself (fsync).</summary>
    public Coroutine FlushToDisk() => Change(file => RandomAccess.FlushToDisk(file._handle));

    /// <summary>Cuts the file, or fills it up with zeros, to a length in bytes. The position stays.</summary>
    public Coroutine Truncate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return Change(file => RandomAccess.SetLength(file._handle, length));
    }

    /// <summary>The file's length in bytes.</summary>
    public Coroutine<long> GetLength()
    {
        CheckUsable();
        return Run(this);

        static async Coroutine<long> Run(AsyncFile file) => await file.Hold(() => RandomAccess.GetLength(file._handle));
    }

    /// <summary>What the file system says of the file at <see cref="Path"/> now.</summary>
    public Coroutine<FileStatus> Stat() => AsyncFiles.Stat(Path);

    /// <summary>The lines from the position on, decoded, without their ends (\n or \r\n). Leaves the position after the last
    /// byte that was read, which may be beyond the last line that was given.</summary>
    /// <param name="encoding">UTF-8 if null; a byte-order mark at the file's start is skipped.</param>
    public IAsyncEnumerable<string> Lines(System.Text.Encoding? encoding = null)
    {
        CheckUsable();
        return new FileLines(this, encoding ?? System.Text.Encoding.UTF8).Read();
    }

    /// <summary>Closes the file when the calls under way have ended; closing twice is harmless.</summary>
    public Coroutine Close()
    {
        return Run(this);

        static async Coroutine Run(AsyncFile file)
        {
            file._closed = true;
            while (file._busy > 0)
            {
                file._idle ??= new Future<Unit>();
                await Aio.Shield(file._idle);
            }

            await FileWork.Run(file._handle.Dispose);
        }
    }

    /// <summary>Closes the file at once, or when the calls under way have ended.</summary>
    public void Dispose()
    {
        _closed = true;
        if (_busy == 0)
            _handle.Dispose();
    }

    /// <summary>The same as <see cref="Close"/>, for <c>await using</c>.</summary>
    public async ValueTask DisposeAsync() => await Close();

    /// <inheritdoc/>
    public override string ToString() => $"<AsyncFile '{Path}' {(_closed ? "closed" : $"position={_position}")}>";

    private static AsyncFile OpenHere(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var append = mode == FileMode.Append;
        var handle = File.OpenHandle(path, append ? FileMode.OpenOrCreate : mode, access, share);
        try
        {
            return new AsyncFile(handle, path) { _position = append ? RandomAccess.GetLength(handle) : 0 };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private Coroutine Change(Action<AsyncFile> change)
    {
        CheckUsable();
        return Run(this, change);

        static async Coroutine Run(AsyncFile file, Action<AsyncFile> change) => await file.Hold<Unit>(() =>
        {
            change(file);
            return default;
        });
    }

    private async Coroutine<T> Hold<T>(Func<T> call)
    {
        CheckUsable();
        _busy++;
        try
        {
            return await FileWork.Run(call);
        }
        finally
        {
            if (--_busy == 0 && _closed)
                Released();
        }
    }

    private void Released()
    {
        _handle.Dispose();
        if (_idle is { Done: false })
            _idle.SetResult(default);
    }

    private void BeginSequential()
    {
        CheckUsable();
        CheckNotSequential();
        _sequential = true;
    }

    private void CheckNotSequential()
    {
        if (_sequential)
        {
            throw new InvalidOperationException(
                $"Another read or write at the position of '{Path}' is under way. Await it first, or use ReadAt and WriteAt.");
        }
    }

    private void CheckUsable() => ObjectDisposedException.ThrowIf(_closed, this);
}
