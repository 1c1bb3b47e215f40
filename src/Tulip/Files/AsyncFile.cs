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
    private long _position;
    private int _busy;
    private bool _sequential;
    private bool _closed;
    private Future<Unit>? _idle;

    private AsyncFile(FileAccessor accessor) => Accessor = accessor;

    /// <summary>The path given to <see cref="Open"/>.</summary>
    public string Path => Accessor.Path;

    internal FileAccessor Accessor { get; }

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
            SafeFileHandle? handle = null;
            long end = 0;
            try
            {
                await FileWork.Run(() => handle = OpenHere(path, mode, access, share, out end));
            }
            catch (CancelledException)
            {
                handle?.Dispose();
                throw;
            }

            return new AsyncFile(new FileAccessor(handle!, path, LoopFiles.OfRunning().IsRegular(handle!))) { _position = end };
        }
    }

    /// <summary>Reads at the position and moves it on.</summary>
    /// <param name="buffer">Where to; yours again when the await is over.</param>
    /// <returns>How many bytes: fewer than asked for only near the end, 0 at the end.</returns>
    /// <exception cref="InvalidOperationException">Another call without an offset is under way.</exception>
    public Coroutine<int> Read(Memory<byte> buffer)
    {
        CheckUsable();
        return ReadFrom(-1, buffer);
    }

    /// <summary>Reads at an offset; the position stays.</summary>
    /// <param name="offset">Bytes from the file's start.</param>
    /// <param name="buffer">Where to; yours again when the await is over.</param>
    /// <returns>How many bytes: fewer than asked for only near the end, 0 at the end.</returns>
    public Coroutine<int> ReadAt(long offset, Memory<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        CheckUsable();
        return ReadFrom(offset, buffer);
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
            var moved = 0;
            var position = file.BeginSequential();
            try
            {
                await file.WriteAt(position, bytes);
                moved = bytes.Length;
            }
            finally
            {
                file.EndSequential(moved);
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
        return Held(file => file.Write(offset, bytes));
    }

    /// <summary>Waits until everything written is on the disk itself (fsync).</summary>
    /// <param name="dataOnly">Whether what is not needed to read the bytes again may be left out, such as the time of the
    /// last write (fdatasync).</param>
    public Coroutine FlushToDisk(bool dataOnly = false)
    {
        CheckUsable();
        return Held(file => file.Flush(dataOnly));
    }

    /// <summary>Cuts the file, or fills it up with zeros, to a length in bytes. The position stays.</summary>
    public Coroutine Truncate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        CheckUsable();
        return Held(file => file.SetLength(length));
    }

    /// <summary>The file's length in bytes.</summary>
    public Coroutine<long> GetLength()
    {
        CheckUsable();
        return Asked(RandomAccess.GetLength);
    }

    /// <summary>What the file system says of this file, whatever its name is by now.</summary>
    public Coroutine<FileStatus> Stat()
    {
        CheckUsable();
        return Asked(FileStatus.Of);
    }

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

            await file.Accessor.Close();
        }
    }

    /// <summary>Closes the file at once, or when the calls under way have ended.</summary>
    public void Dispose()
    {
        _closed = true;
        if (_busy == 0)
            Accessor.Dispose();
    }

    /// <summary>The same as <see cref="Close"/>, for <c>await using</c>.</summary>
    public async ValueTask DisposeAsync() => await Close();

    /// <inheritdoc/>
    public override string ToString() => $"<AsyncFile '{Path}' {(_closed ? "closed" : $"position={_position}")}>";

    private static SafeFileHandle OpenHere(string path, FileMode mode, FileAccess access, FileShare share, out long end)
    {
        var append = mode == FileMode.Append;
        var handle = File.OpenHandle(path, append ? FileMode.OpenOrCreate : mode, access, share);
        try
        {
            end = append ? RandomAccess.GetLength(handle) : 0;
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private Coroutine<int> ReadFrom(long offset, Memory<byte> buffer)
    {
        if (EventLoop.RunningOrNull is { } loop)
            return LoopFiles.Of(loop).Read(this, offset, buffer);

        // Asked for elsewhere, to be awaited on a loop.
        return Later(this, offset, buffer);

        static async Coroutine<int> Later(AsyncFile file, long offset, Memory<byte> buffer) => await file.ReadFrom(offset, buffer);
    }

    private async Coroutine Held(Func<FileAccessor, Coroutine> call)
    {
        Hold();
        try
        {
            await call(Accessor);
        }
        finally
        {
            Release();
        }
    }

    private async Coroutine<T> Asked<T>(Func<SafeFileHandle, T> question)
    {
        Hold();
        try
        {
            return await Accessor.Ask(question);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Keeps it open until <see cref="Release"/>.</summary>
    internal void Hold()
    {
        CheckUsable();
        _busy++;
    }

    internal void Release()
    {
        if (--_busy == 0 && _closed)
            Released();
    }

    private void Released()
    {
        Accessor.Dispose();
        if (_idle is { Done: false })
            _idle.SetResult(default);
    }

    /// <summary>Takes possession of the position, which is returned.</summary>
    internal long BeginSequential()
    {
        CheckUsable();
        CheckNotSequential();
        _sequential = true;
        return _position;
    }

    /// <summary>Gives the position back, moved on by so many bytes.</summary>
    internal void EndSequential(int moved)
    {
        _position += moved;
        _sequential = false;
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
