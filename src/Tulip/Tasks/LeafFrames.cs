// Leaf coroutines: what suspends without calling anything else. They hold no state, so one object serves all;
// what differs from call to call is in the Coroutine's token. They are new each time they are awaited.
namespace Tulip;

/// <summary>Sleeping; the token is the delay in nanoseconds, 0 a bare yield.</summary>
internal sealed class SleepFrame : CoroutineFrame<Unit>
{
    public static readonly SleepFrame Instance = new();

    public override FrameInfo Info => FrameInfo.Sleep;

    public override bool CanBeRoot => false;

    public override void MoveNext() => throw new InvalidOperationException("A leaf coroutine is never run.");

    public override void Recycle()
    {
    }

    public override void Claim(long token)
    {
    }

    public override void SuspendFrame(CoroutineFrame awaiting, long token)
    {
        if (token == 0)
        {
            awaiting.Status = FrameStatus.Yields;
            return;
        }

        TaskRegistry.OfRunningLoop().SleepRequest = token;
        awaiting.Status = FrameStatus.AwaitsTime;
    }

    [System.Diagnostics.StackTraceHidden]
    public override Unit GetResult(long token)
    {
        var loop = EventLoop.RunningOrNull ?? throw ForeignAwait.OutsideLoop();
        if (loop.ForeignOutcome is not null)
            return ForeignAwait.TakeOutcome<Unit>();

        if (loop.CurrentTask is Future task)
            task.ThrowIfCancelPending();
        return default;
    }
}
