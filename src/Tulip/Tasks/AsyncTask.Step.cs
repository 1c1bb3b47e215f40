// The steps of a task: each runs frames until one waits for something that is not a coroutine, so the stack stays flat
// however deep the chain of awaits is.
using System.Runtime.CompilerServices;

namespace Tulip;

public sealed partial class AsyncTask<T>
{
    internal override void Run(EventLoop loop)
    {
        if ((_flags & FutureFlags.HopQueued) != 0)
            Hop(loop);
        else
            Step(loop);
    }

    /// <summary>The first of a sleeper's two hops, as in asyncio: the timer ends the sleep, the wake-up follows in the next pass.</summary>
    private void Hop(EventLoop loop)
    {
        _flags &= ~FutureFlags.HopQueued;
        if ((_flags & FutureFlags.WaitCancelled) != 0)
            return;

        _flags |= FutureFlags.SleepOver;
        loop.Enqueue(this);
    }

    private void Step(EventLoop loop)
    {
        var frame = _frame!;

        // Most steps begin after a yield, or are a task's first: nothing to settle then.
        if (((_flags & FutureFlags.ToSettle) != 0 || frame.Status is not (FrameStatus.Yields or FrameStatus.Parked or FrameStatus.Owned))
            && !BeginStep(loop, frame))
        {
            return;
        }

        loop.CurrentTask = this;
        if (_more is not null)
            loop.CurrentContext = HeldContext;
        _flags |= FutureFlags.Stepping;
        if (frame.Aux is { } flow)
        {
            frame.Aux = null;
            ExecutionContext.Restore(Unsafe.As<ExecutionContext>(flow));
        }

        frame = RunFrames(loop, frame, out var flowAfter);
        _flags &= ~FutureFlags.Stepping;
        KeepContext(loop.CurrentContext);
        loop.CurrentTask = null;
        loop.CurrentContext = null;
        if (!ReferenceEquals(flowAfter, loop.Flow.Own))
            LoopFlow.Use(loop.Flow.Own);
        if (frame.Status == FrameStatus.Done)
            End(Unsafe.As<CoroutineFrame<T>>(frame));
        else
            Wait(loop, frame);
    }

    private void KeepContext(Context? context)
    {
        if (context is null && _more is null)
            return;

        // Compared first: a store to a task that lives long costs more than the test.
        if (!ReferenceEquals(HeldContext, context))
            HeldContext = context;
    }

    /// <summary>Runs frames until the task has to wait or its outermost frame is done; returns that frame.</summary>
    private CoroutineFrame RunFrames(EventLoop loop, CoroutineFrame frame, out ExecutionContext? flow)
    {
        var ownFlow = loop.Flow.Own;
        while (true)
        {
            frame.MoveNext();
            flow = loop.Flow.Current;
            if (frame.Status == FrameStatus.Done)
            {
                if (frame.Aux is not null && ExtrasOrNull is { } extras)
                    TranslateAnswer(frame, extras);

                var awaiting = frame.Continuation;
                if (awaiting is null)
                    return frame;

                // What the callee did to an AsyncLocal ends with it.
                var flowBefore = Unsafe.As<ExecutionContext?>(awaiting.Aux);
                awaiting.Aux = null;
                if (!ReferenceEquals(flow, flowBefore ?? ownFlow))
                    LoopFlow.Use(flowBefore ?? ownFlow);

                // Who asks for the stack of a running task must not be led to a frame that is used again elsewhere.
                if (ReferenceEquals(_frame, frame))
                    _frame = awaiting;
                frame = awaiting;
                continue;
            }

            if (!ReferenceEquals(flow, ownFlow))
                frame.Aux = flow;
            if (frame.Status != FrameStatus.AwaitsFrame)
            {
                if (frame.Status != FrameStatus.GoesOn)
                    return frame;
                frame.Aux = null;
                continue;
            }

            frame = Unsafe.As<CoroutineFrame>(frame.Awaited!);
        }
    }

    private void TranslateAnswer(CoroutineFrame frame, TaskExtras extras)
    {
        if (ForeignAwait.TranslateAnswer(frame, extras, (_flags & FutureFlags.ForeignCancel) != 0, CancelMessage))
            _flags &= ~(FutureFlags.MustCancel | FutureFlags.ForeignCancel);
    }

    private void Wait(EventLoop loop, CoroutineFrame frame)
    {
        if (!ReferenceEquals(_frame, frame))
            _frame = frame;
        if (frame.Status == FrameStatus.Yields)
            loop.Enqueue(this);
        else
            Arrange(loop, frame);
        if (_more is not null || (_flags & FutureFlags.MustCancel) != 0)
            PassOnWhatCameMeanwhile();
    }

    /// <summary>Arranges for the next step.</summary>
    private void Arrange(EventLoop loop, CoroutineFrame frame)
    {
        switch (frame.Status)
        {
            case FrameStatus.AwaitsFuture:
                var future = Unsafe.As<Future>(frame.Awaited!);
                _waitsFor = future;
                future.AddCallback(this);
                break;

            case FrameStatus.AwaitsTime:
                _timer = loop.Timers.Add(loop.Clock.Now + TaskRegistry.Of(loop).SleepRequest, this);
                break;

            case FrameStatus.AwaitsForeign:
                loop.Idle.ForeignWaits++;
                if ((_flags & FutureFlags.MustCancel) != 0)
                    Extras.CancelToken(loop);
                break;

            case FrameStatus.Parked:
                // Whoever wakes it has its place, and with that the task.
                break;

            default:
                loop.Enqueue(this);
                break;
        }
    }

    /// <summary>Passes on a cancel that came while the task was stepping, and lets its scopes cancel the wait.</summary>
    private void PassOnWhatCameMeanwhile()
    {
        _flags &= ~FutureFlags.ForeignCancel;
        if ((_flags & FutureFlags.MustCancel) != 0 && PassCancelOn(CancelMessage))
            _flags &= ~FutureFlags.MustCancel;
        ExtrasOrNull?.Scope?.OnSuspended(this);
    }

    /// <summary>The task's coroutine is done.</summary>
    private void End(CoroutineFrame<T> frame)
    {
        Leave(frame.Info);
        var failure = frame.TakeOutcome(out var result);
        if (failure is null)
        {
            // A cancel that came during the last step.
            if ((_flags & FutureFlags.MustCancel) != 0)
                FinishCancelled(CancelMessage);
            else
                FinishWith(result);
            return;
        }

        switch (failure.SourceException)
        {
            case CancelledException cancelled:
                FinishCancelled(cancelled);
                break;
            case KeyboardInterruptException interrupt:
                FinishFailed(failure);
                Loop.Abort(interrupt);
                break;
            default:
                FinishFailed(failure);
                break;
        }
    }

    private void Leave(FrameInfo info)
    {
        _frame = null;
        _waitsFor = info;
        TaskRegistry.Of(Loop).Remove(this);
    }
}
