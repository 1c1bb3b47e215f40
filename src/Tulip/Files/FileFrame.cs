// FileFrame: the wait for one operation on a file other than a read, as a frame written by hand.
// Thread: the loop's.
//   1. Awaited, it submits and parks its task; the completion puts the task in the ready queue: one hop.
//   2. A cancel asks the engine for the operation's end and goes on waiting, for the kernel uses the caller's memory until
//      then. Whatever the operation ended with gives way to the cancel.
//   3. Virtual time stands still meanwhile, as it does for a job on a thread.
using Tulip.Engines;

namespace Tulip;

internal sealed class FileFrame(LoopFiles files) : CoroutineFrame<int>, IIoTarget
{
    private static readonly FrameInfo s_info = new("File");

    private FileRequest _request;
    private LoopItem? _task;
    private IoToken _token;

    public override FrameInfo Info => s_info;

    public override string WaitsIn => "an operation on a file";

    public override bool EndsWhenCancelled => true;

    public Coroutine<int> Call(in FileRequest request)
    {
        _request = request;
        NoteCreated();
        return new Coroutine<int>(this, Version);
    }

    public override void MoveNext()
    {
        if (Status != FrameStatus.Parked)
            Submit();
        else if (((Future)files.Loop.CurrentTask!).TakeCancel() is { } cancel)
            Fail(cancel);
        else
            Complete(Result);
    }

    public override bool TryLeave()
    {
        files.Engine!.Cancel(_token);
        return false;
    }

    public override void Recycle()
    {
        Clear();
        _request = default;
        files.Recycle(this);
    }

    void IIoTarget.Complete(in IoCompletion completion)
    {
        files.Loop.Idle.OutstandingJobs--;
        _token = IoToken.None;
        Result = completion.Result;
        files.Loop.Enqueue(_task!);
        _task = null;
    }

    void IIoTarget.Flush()
    {
    }

    private void Submit()
    {
        try
        {
            _request.State = this;
            _token = files.Engine!.SubmitFile(_request);
            _task = files.Loop.CurrentTask;
            files.Loop.Idle.OutstandingJobs++;
            Status = FrameStatus.Parked;
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }
}
