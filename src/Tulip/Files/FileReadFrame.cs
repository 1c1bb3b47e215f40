// FileReadFrame: a read of a file, as a frame written by hand: most reads end before their caller has stepped aside.
// Thread: the loop's.
//   1. Nothing happens before it is awaited. From then until its end it holds the file open, and a sequential one has the position.
//   2. Tried at once first; what is not in memory is an operation of the engine's, or a call on a thread (an inner coroutine).
//   3. A cancel asks the engine for the operation's end and goes on waiting, for the kernel uses the caller's memory until
//      then. Whatever the operation ended with gives way to the cancel.
//   4. Virtual time stands still while the engine has the operation, as it does for a job on a thread.
using Tulip.Engines;

namespace Tulip;

internal sealed class FileReadFrame(LoopFiles files) : CoroutineFrame<int>, IIoTarget
{
    private enum Next
    {
        Over,
        Yield,
        Wait,
    }

    private static readonly FrameInfo s_info = new("Read");

    private AsyncFile? _file;
    private Memory<byte> _buffer;
    private long _offset;
    private int _done;
    private bool _isSequential;
    private bool _isHeld;
    private Next _next;
    private LoopItem? _task;
    private IoToken _token;
    private int _result;
    private Coroutine<int> _onThread;

    public override FrameInfo Info => s_info;

    public override string WaitsIn => $"bytes of {_file}";

    public override bool EndsWhenCancelled => true;

    /// <summary>A read at an offset, or at the position if that is negative.</summary>
    public Coroutine<int> Call(AsyncFile file, long offset, Memory<byte> buffer)
    {
        _file = file;
        _offset = offset;
        _buffer = buffer;
        _isSequential = offset < 0;
        NoteCreated();
        return new Coroutine<int>(this, Version);
    }

    public override void SuspendFrame(CoroutineFrame awaiting, long token)
    {
        if (!TryClaim(token) || (_next = Begin()) == Next.Over)
        {
            awaiting.Status = FrameStatus.GoesOn;
            return;
        }

        Continuation = awaiting;
        awaiting.Awaited = this;
        awaiting.Status = FrameStatus.AwaitsFrame;
    }

    public override void MoveNext()
    {
        switch (Status)
        {
            case FrameStatus.Parked or FrameStatus.Yields when ((Future)files.Loop.CurrentTask!).TakeCancel() is { } cancel:
                End(cancel);
                return;
            case FrameStatus.Parked:
                _next = TakeCompleted(_result);
                break;
            case FrameStatus.Yields:
                _next = TryNow();
                break;
            case FrameStatus.AwaitsFrame:
                EndOnThread();
                return;
            case FrameStatus.Owned when !_isHeld:
                _next = Begin();
                break;
        }

        if (_next == Next.Wait)
            Wait();
        else if (_next == Next.Yield)
            Status = FrameStatus.Yields;
    }

    public override bool TryLeave()
    {
        files.Engine!.Cancel(_token);
        return false;
    }

    public override void Recycle()
    {
        Clear();
        _file = null;
        _buffer = default;
        _onThread = default;
        _done = 0;
        files.Recycle(this);
    }

    void IIoTarget.Complete(in IoCompletion completion)
    {
        files.Loop.Idle.OutstandingJobs--;
        _token = IoToken.None;
        _result = completion.Result;
        files.Loop.Enqueue(_task!);
        _task = null;
    }

    void IIoTarget.Flush()
    {
    }

    private Next Begin()
    {
        try
        {
            if (!ReferenceEquals(EventLoop.RunningOrNull, files.Loop))
                throw new InvalidOperationException("The read was asked for on another loop than the one that awaits it.");

            if (_isSequential)
                _offset = _file!.BeginSequential();
            _file!.Hold();
            _isHeld = true;
        }
        catch (Exception exception)
        {
            return End(exception);
        }

        return TryNow();
    }

    /// <summary>Reads what is in memory.</summary>
    private Next TryNow()
    {
        var accessor = _file!.Accessor;
        while (_done < _buffer.Length)
        {
            var count = accessor.TryReadNow(files, _offset + _done, _buffer.Span[_done..]);
            if (count == LoopFiles.Spent)
                return Next.Yield;
            if (count == -IoError.Again)
                return Next.Wait;
            if (count < 0)
                return End(FileErrors.Of(count, accessor.Path));
            if (count == 0)
                break;
            _done += count;
        }

        return End();
    }

    /// <summary>Takes what an operation of the engine's brought.</summary>
    private Next TakeCompleted(int count)
    {
        // Ended by the kernel though nobody asked: the thread that handed it over has ended.
        if (count == -IoError.Canceled)
            return Next.Wait;
        if (count < 0)
            return End(FileErrors.Of(count, _file!.Path));
        _done += count;
        return count == 0 ? End() : TryNow();
    }

    private void Wait()
    {
        var accessor = _file!.Accessor;
        var rest = _buffer[_done..];
        if (!files.Completes || !accessor.IsRegular || (Status == FrameStatus.Parked && _result == -IoError.Canceled))
        {
            _onThread = accessor.ReadOnThread(_offset + _done, rest);
            _onThread.Frame!.SuspendFrame(this, _onThread.Token);
            return;
        }

        try
        {
            _token = files.Engine!.SubmitFile(new FileRequest
            {
                Operation = FileOperation.Read,
                File = accessor.Handle,
                Offset = _offset + _done,
                Target = rest,
                State = this,
            });
            _task = files.Loop.CurrentTask;
            files.Loop.Idle.OutstandingJobs++;
            Status = FrameStatus.Parked;
        }
        catch (Exception exception)
        {
            End(exception);
        }
    }

    private void EndOnThread()
    {
        try
        {
            _done += _onThread.GetAwaiter().GetResult();
            End();
        }
        catch (Exception exception)
        {
            End(exception);
        }
    }

    private Next End()
    {
        Leave(_done);
        Complete(_done);
        return Next.Over;
    }

    private Next End(Exception exception)
    {
        Leave(0);
        Fail(exception);
        return Next.Over;
    }

    private void Leave(int moved)
    {
        if (!_isHeld)
            return;

        _isHeld = false;
        if (_isSequential)
            _file!.EndSequential(moved);
        _file!.Release();
    }
}
