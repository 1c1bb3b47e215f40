// ParkingFrame: a coroutine written by hand: it does its work, or waits in a parking lot until it can.
// Thread: the loop's; it may be called on any.
//   1. Nothing happens before it is awaited.
//   2. Where the work can be done at once, the awaiting frame goes on without another frame being run in between.
//   3. Woken, it tries again in its task's next step, and waits again at the end of the line if another task was faster:
//      the loop around "await getter" in asyncio's primitives.
using System.Runtime.CompilerServices;

namespace Tulip;

internal abstract class ParkingFrame<T>(ParkingLot lot) : CoroutineFrame<T>
{
    private readonly ParkingPlace _place = new();

    // Cancelled before it was woken: what it waited for is still there for the next one.
    private bool _left;

    /// <summary>Does the work if it can be done now; may throw.</summary>
    protected abstract bool TryFinish(out T result);

    /// <summary>The loop to wait on; may throw.</summary>
    protected abstract EventLoop Bind();

    /// <summary>It was cancelled after it was woken: the next one may have what it was woken for.</summary>
    protected abstract void PassOn();

    public sealed override void SuspendFrame(CoroutineFrame awaiting, long token)
    {
        if (!TryClaim(token) || TryRun())
        {
            awaiting.Status = FrameStatus.GoesOn;
            return;
        }

        Continuation = awaiting;
        awaiting.Awaited = this;
        awaiting.Status = FrameStatus.AwaitsFrame;
    }

    public sealed override void MoveNext()
    {
        if (Status == FrameStatus.Parked && Unsafe.As<Future>(_place.Loop!.CurrentTask!).TakeCancel() is { } cancel)
            End(cancel);
        else if (!TryRun())
            Park();
    }

    public sealed override bool TryLeave() => _left = lot.TryLeave(_place);

    private void End(CancelledException cancel)
    {
        if (!_left)
            PassOn();
        _left = false;
        Fail(cancel);
    }

    private bool TryRun()
    {
        try
        {
            if (!TryFinish(out var result))
                return false;

            Complete(result);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        return true;
    }

    private void Park()
    {
        try
        {
            lot.Enter(_place, Bind());
            Status = FrameStatus.Parked;
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }
}
