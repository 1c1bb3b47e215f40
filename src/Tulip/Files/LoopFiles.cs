// LoopFiles: by which ways the files of one loop are read and written.
// Thread: the loop's.  Owns: frames for operations that are not in use.
//   1. A read is first tried at once: what the system has in memory needs no operation. So much in a task's step and no
//      more, or a task that reads and reads would keep the loop to itself.
//   2. What has to wait is an operation of the engine's, if it has those; else a call on a thread of the executor.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines;

namespace Tulip;

/// <summary>The ways there are; tests and measurements leave some out.</summary>
[Flags]
internal enum FileWays
{
    Threads = 0,
    Completions = 1,
    Now = 2,
    All = Completions | Now,
}

internal sealed class LoopFiles
{
    /// <summary>What <see cref="ReadNow"/> gives when the step has read enough: yield, and try again.</summary>
    public const int Spent = int.MinValue;

    // A copy of this much takes some 50 microseconds, as many small calls take 20.
    private const int BytesPerStep = 256 * 1024;
    private const int CallsPerStep = 16;

    private readonly FramePool<FileFrame> _frames = new(16);
    private readonly FramePool<FileReadFrame> _reads = new(16);
    private LoopItem? _task;
    private long _pass = -1;
    private int _bytes;
    private int _calls;

    private LoopFiles(EventLoop loop)
    {
        Loop = loop;
        Engine = loop.Io.Engine as IFileEngine;
        Ways = FileWays.All;
    }

    public EventLoop Loop { get; }

    /// <summary>The loop's engine, if it knows files.</summary>
    public IFileEngine? Engine { get; }

    /// <summary>Which ways are tried, where the engine has them.</summary>
    public FileWays Ways
    {
        get;
        set
        {
            field = value;
            Completes = (value & FileWays.Completions) != 0 && Engine is not null
                && Engine.Can(FileOperation.Read) && Engine.Can(FileOperation.Write) && Engine.Can(FileOperation.Flush);
        }
    }

    /// <summary>Whether the engine has operations on files.</summary>
    public bool Completes { get; private set; }

    /// <summary>Those of the running loop.</summary>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static LoopFiles OfRunning() => Of(Aio.GetRunningLoop());

    public static LoopFiles Of(EventLoop loop) => loop.Io.Files is LoopFiles known ? known : Make(loop);

    public bool Can(FileOperation operation) => Completes && Engine!.Can(operation);

    /// <summary>Whether the file is one for which there are other ways than threads.</summary>
    public bool IsRegular(SafeFileHandle file) => Engine is not null && Engine.IsRegular(file);

    /// <summary>Reads what is in memory: see <see cref="IFileEngine.ReadNow"/>, or <see cref="Spent"/>.</summary>
    public int ReadNow(SafeFileHandle file, long offset, Span<byte> target)
    {
        if ((Ways & FileWays.Now) == 0)
            return -IoError.NotSupported;

        if (_pass != Loop.Passes || !ReferenceEquals(_task, Loop.CurrentTask))
        {
            _pass = Loop.Passes;
            _task = Loop.CurrentTask;
            _bytes = _calls = 0;
        }

        if (_bytes >= BytesPerStep || _calls >= CallsPerStep)
            return Spent;

        _calls++;
        var count = Engine!.ReadNow(file, offset, target[..Math.Min(target.Length, BytesPerStep)]);
        _bytes += Math.Max(count, 0);
        return count;
    }

    /// <summary>An operation of the engine's: its result, bytes or an error, negated. A cancel is delivered when the kernel is done.</summary>
    public Coroutine<int> Submit(in FileRequest request) => (_frames.TryRent() ?? new FileFrame(this)).Call(request);

    /// <summary>A read of a file; see <see cref="FileReadFrame.Call"/>.</summary>
    public Coroutine<int> Read(AsyncFile file, long offset, Memory<byte> buffer)
        => (_reads.TryRent() ?? new FileReadFrame(this)).Call(file, offset, buffer);

    public void Recycle(FileFrame frame)
    {
        if (ReferenceEquals(EventLoop.RunningOrNull, Loop))
            _frames.Return(frame);
    }

    public void Recycle(FileReadFrame frame)
    {
        if (ReferenceEquals(EventLoop.RunningOrNull, Loop))
            _reads.Return(frame);
    }

    private static LoopFiles Make(EventLoop loop)
    {
        var made = new LoopFiles(loop);
        loop.Io.Files = made;
        return made;
    }
}
