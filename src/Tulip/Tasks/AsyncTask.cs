// AsyncTask: drives a coroutine on its loop, a step at a time.
// Thread: the loop's.
//   1. While not done a task is in exactly one place: in the ready queue, waiting for something, or stepping.
//      (A sleeper that is cancelled between its two hops is in the queue twice; the first entry then does nothing.)
//   2. _frame is the innermost suspended frame; the chain of Continuations leads to the outermost one.
//   3. A step runs frames until one waits for something that is not a coroutine, so the stack stays flat however
//      deep the chain of awaits is.
// See docs/architecture.md, "The life of an await".
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Tulip;

/// <summary>A coroutine that runs on its own, beside the others of its loop (asyncio's <c>Task</c>).</summary>
/// <remarks>
/// Made by <c>CreateTask</c>. The loop holds a task until it is done, so a task that nobody keeps is not lost.
/// <threadsafety>Loop thread only, but for <see cref="Future.AsTask"/>, which any thread may call.</threadsafety>
/// </remarks>
/// <typeparam name="T">The coroutine's result.</typeparam>
public sealed class AsyncTask<T> : Future<T>, IAsyncTask, ITimerOwner
{
    private readonly int _id;
    private int _cancelRequests;
    private CoroutineFrame? _frame;

    // The future it waits for; in a cancelled sleep, the cancel's message; when done, the FrameInfo of its coroutine, for messages.
    private object? _waitsFor;
    private Context? _context;
    private TaskExtras? _extras;
    private long _timer;
    private int _slot;

    internal AsyncTask(EventLoop loop, CoroutineFrame<T> frame, in TaskOptions options)
        : base(loop)
    {
        var registry = TaskRegistry.Of(loop);
        _frame = frame;
        _context = options.Context ?? Context.CopyForChild(loop.IsRunning ? loop.CurrentContext : Context.Current);
        _id = registry.NextId();
        if (options.Name is not null)
            Extras.Name = options.Name;
        registry.Add(this);
    }

    /// <inheritdoc/>
    public string Name
    {
        get => _extras?.Name ?? $"Task-{_id}";
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Extras.Name = value;
        }
    }

    /// <inheritdoc/>
    public int Cancelling => _cancelRequests;

    /// <inheritdoc/>
    public Context Context
    {
        get
        {
            Loop.CheckThread();
            return _context ??= ReferenceEquals(Loop.CurrentTask, this) ? Context.ForWriting() : new Context();
        }
    }

    /// <inheritdoc/>
    internal override Context? HeldContext
    {
        get => _context;
        set => _context = value;
    }

    int IAsyncTask.Id => _id;

    int IAsyncTask.Slot
    {
        get => _slot;
        set => _slot = value;
    }

    object? IAsyncTask.WaitsFor => Done || _frame is not { } frame ? null : FutureText.DescribeWait(frame.Status, _waitsFor);

    CancellationToken IAsyncTask.AmbientToken => Extras.Token;

    TaskExtras IAsyncTask.Extras => Extras;

    private TaskExtras Extras => _extras ??= new TaskExtras();

    /// <summary>Asks the task to end: <see cref="CancelledException"/> is thrown at the await where it stands (<c>cancel</c>).</summary>
    /// <remarks>
    /// What it waits for is cancelled first. The task may clean up, and may refuse by catching the exception, so it is
    /// not <see cref="Future.Cancelled"/> yet when this returns. A task that has not begun never runs its body.
    /// </remarks>
    /// <param name="message">Kept in the exception.</param>
    /// <returns>False if it was done already.</returns>
    public override bool Cancel(string? message = null)
    {
        Loop.CheckThread();
        MarkRetrieved();
        if (Done)
            return false;

        _cancelRequests++;
        if (_extras is { } extras)
        {
            extras.CancelToken(Loop);
            extras.CancelForeignChildren(message);
        }

        if ((_flags & FutureFlags.Stepping) == 0 && PassCancelOn(message))
            return true;

        _flags |= FutureFlags.MustCancel;
        CancelMessage = message;
        return true;
    }

    /// <summary>Takes one request to cancel back (<c>uncancel</c>). At zero, a cancel that was not delivered yet is dropped.</summary>
    /// <returns>How many requests remain.</returns>
    public int Uncancel()
    {
        Loop.CheckThread();
        if (_cancelRequests > 0 && --_cancelRequests == 0)
        {
            _flags &= ~FutureFlags.MustCancel;
            _extras?.EndEpisode();
        }

        return _cancelRequests;
    }

    /// <summary>Not for tasks: a task's result is its coroutine's.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void SetResult(T result) => throw new InvalidOperationException("A task does not support SetResult: its result is its coroutine's.");

    /// <summary>Not for tasks: a task's exception is its coroutine's.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void SetException(Exception exception) => throw new InvalidOperationException("A task does not support SetException: its exception is its coroutine's.");

    bool IAsyncTask.CancelWait(string message)
    {
        if (Done || (_flags & (FutureFlags.Stepping | FutureFlags.MustCancel)) != 0)
            return false;
        if (PassCancelOn(message))
            return true;
        if (_frame!.Status is not (FrameStatus.Yields or FrameStatus.YieldsForeign or FrameStatus.AwaitsForeign))
            return false;

        _flags |= FutureFlags.ScopeCancel;
        CancelMessage = message;
        _extras?.CancelToken(Loop);
        return true;
    }

    void IAsyncTask.DropScopeCancel() => _flags &= ~FutureFlags.ScopeCancel;

    string IAsyncTask.DescribeCoroutine() => FutureText.DescribeCoroutine(this, _frame, _waitsFor as FrameInfo);

    bool ITimerOwner.IsArmed(long sequence) => _timer == sequence;

    LoopItem ITimerOwner.OnDue()
    {
        _timer = 0;
        _flags |= FutureFlags.HopQueued;
        return this;
    }

    /// <summary>Arranges for the first step: in the next pass, or now, inside the creator's code.</summary>
    internal void Start(EventLoop loop, bool eagerly)
    {
        if (!eagerly)
        {
            _frame!.Aux = loop.Flow.Capture();
            loop.Enqueue(this);
            return;
        }

        var creator = loop.CurrentTask;
        var context = loop.CurrentContext;
        creator?.HeldContext ??= context;
        var flow = ExecutionContext.Capture();
        loop.CurrentContext = null;
        Step(loop);
        loop.CurrentTask = creator;
        loop.CurrentContext = context ?? creator?.HeldContext;
        LoopFlow.Use(flow);
    }

    internal override void Run(EventLoop loop)
    {
        if ((_flags & FutureFlags.HopQueued) != 0)
        {
            // A sleeper takes two hops, as in asyncio: the timer ends the sleep, the wake-up follows in the next pass.
            _flags &= ~FutureFlags.HopQueued;
            if ((_flags & FutureFlags.SleepCancelled) == 0)
            {
                _flags |= FutureFlags.SleepOver;
                loop.Enqueue(this);
            }

            return;
        }

        Step(loop);
    }

    /// <summary>Passes a cancel on to what the task waits for; false if that is over, or cannot be cancelled from outside.</summary>
    private bool PassCancelOn(string? message)
    {
        switch (_frame!.Status)
        {
            case FrameStatus.AwaitsFuture:
                return Unsafe.As<Future>(_waitsFor!).Cancel(message);

            case FrameStatus.AwaitsTime:
                if ((_flags & (FutureFlags.SleepOver | FutureFlags.SleepCancelled)) != 0)
                    return false;
                _flags |= FutureFlags.SleepCancelled;
                _waitsFor = message;
                DisarmTimer();
                Loop.Enqueue(this);
                return true;

            default:
                return false;
        }
    }

    /// <summary>A cancelled sleep throws with its own message, as the future would that asyncio sleeps on: the task's is
    /// for a cancel that could not be passed on.</summary>
    private protected override CancelledException TakePendingCancel()
    {
        if ((_flags & FutureFlags.SleepCancelled) == 0)
            return MakeCancelledException();

        var message = _waitsFor as string;
        _waitsFor = null;
        _flags &= ~FutureFlags.SleepCancelled;
        return new CancelledException(message);
    }

    private void DisarmTimer()
    {
        if (_timer == 0)
            return;
        _timer = 0;
        Loop.Timers.NoteDisarmed();
    }

    private void Step(EventLoop loop)
    {
        var frame = _frame!;

        // Most steps begin after a yield, or are a task's first: nothing to settle then.
        if (((_flags & FutureFlags.AnyCancel) != 0 || frame.Status is not (FrameStatus.Yields or FrameStatus.Owned)) && !BeginStep(loop, frame))
            return;

        loop.CurrentTask = this;
        if (_context is not null)
            loop.CurrentContext = _context;
        _flags |= FutureFlags.Stepping;
        if (frame.Aux is { } flow)
        {
            frame.Aux = null;
            ExecutionContext.Restore(Unsafe.As<ExecutionContext>(flow));
        }

        frame = RunFrames(loop, frame, out var flowAfter);
        _flags &= ~FutureFlags.Stepping;

        // Compared first: a store to a task that lives long costs more than the test.
        if (!ReferenceEquals(_context, loop.CurrentContext))
            _context = loop.CurrentContext;
        loop.CurrentTask = null;
        loop.CurrentContext = null;
        if (!ReferenceEquals(flowAfter, loop.Flow.Own))
            LoopFlow.Use(loop.Flow.Own);
        if (frame.Status == FrameStatus.Done)
            End(Unsafe.As<CoroutineFrame<T>>(frame));
        else if (frame.Status == FrameStatus.Yields && _extras is null && ReferenceEquals(_frame, frame))
            loop.Enqueue(this);
        else
            Wait(loop, frame);
    }

    /// <summary>Settles what the task waited for and decides whether the step begins by throwing. False if the task ends here.</summary>
    private bool BeginStep(EventLoop loop, CoroutineFrame frame)
    {
        var mustCancel = (_flags & FutureFlags.AnyCancel) != 0;
        switch (frame.Status)
        {
            case FrameStatus.AwaitsFuture:
                var future = Unsafe.As<Future>(_waitsFor!);
                _waitsFor = null;

                // Whatever the future brings, a cancel that was passed on to it has had its effect.
                _extras?.EndEpisode();

                // A future that was cancelled, or failed with a cancel as a gathering does, brings its own exception, and
                // with it the cancel is delivered. Any other outcome gives way to the cancel, and counts as seen.
                if (mustCancel && !future.Cancelled && future.Failure?.Exception is not CancelledException)
                {
                    future.MarkRetrieved();
                    _flags |= FutureFlags.ThrowPending;
                }

                break;

            case FrameStatus.AwaitsTime:
                if (mustCancel || (_flags & FutureFlags.SleepCancelled) != 0)
                    _flags |= FutureFlags.ThrowPending;
                _flags &= ~FutureFlags.SleepOver;
                break;

            case FrameStatus.AwaitsForeign:
                loop.Idle.ForeignWaits--;
                var awaited = ForeignAwait.Settle(Extras);
                if (!mustCancel)
                    return true;

                // The .NET awaiter throws for itself. If it brings a result instead, the cancel stays pending: the
                // next await throws, or the end of the coroutine is the task's cancellation.
                // (A scope asks again by itself.)
                if (awaited is not { IsCanceled: false })
                    _flags |= FutureFlags.ForeignCancel;
                if (awaited is not { IsCanceled: true })
                {
                    _flags &= ~FutureFlags.ScopeCancel;
                    return true;
                }

                break;

            case FrameStatus.YieldsForeign:
                // .NET's own awaiter does not throw: the cancel stays pending.
                _flags &= ~FutureFlags.ScopeCancel;
                return true;

            case FrameStatus.Owned:
                // Not begun: a coroutine that is cancelled before its first step never runs.
                if ((_flags & FutureFlags.MustCancel) == 0)
                    return true;
                Unsafe.As<CoroutineFrame<T>>(frame).Recycle();
                _flags &= ~FutureFlags.MustCancel;
                Leave(frame.Info);
                FinishCancelled(MakeCancelledException());
                return false;

            default:
                if (mustCancel)
                    _flags |= FutureFlags.ThrowPending;
                break;
        }

        if (mustCancel)
            _flags &= ~FutureFlags.AnyCancel;
        if ((mustCancel || (_flags & FutureFlags.ThrowPending) != 0) && _extras is not null)
            _extras.EndEpisode();
        return true;
    }

    /// <summary>Runs frames until the task has to wait or its outermost frame is done; returns that frame.</summary>
    private CoroutineFrame RunFrames(EventLoop loop, CoroutineFrame frame, out ExecutionContext? flow)
    {
        var ownFlow = loop.Flow.Own;
        while (true)
        {
            frame.MoveNext();
            flow = ExecutionContext.Capture();
            if (frame.Status == FrameStatus.Done)
            {
                if (frame.Aux is not null && _extras is not null
                    && ForeignAwait.TranslateAnswer(frame, _extras, (_flags & FutureFlags.ForeignCancel) != 0, CancelMessage))
                {
                    _flags &= ~(FutureFlags.MustCancel | FutureFlags.ForeignCancel);
                }

                var awaiting = frame.Continuation;
                if (awaiting is null)
                    return frame;

                // What the callee did to an AsyncLocal ends with it.
                var flowBefore = Unsafe.As<ExecutionContext?>(awaiting.Aux);
                awaiting.Aux = null;
                if (!ReferenceEquals(flow, flowBefore ?? ownFlow))
                    LoopFlow.Use(flowBefore ?? ownFlow);
                frame = awaiting;
                continue;
            }

            if (!ReferenceEquals(flow, ownFlow))
                frame.Aux = flow;
            if (frame.Status != FrameStatus.AwaitsFrame)
            {
                if (frame.Status != FrameStatus.Refused)
                    return frame;
                frame.Aux = null;
                continue;
            }

            frame = Unsafe.As<CoroutineFrame>(frame.Awaited!);
        }
    }

    /// <summary>Arranges for the next step, or passes on a cancel that came while the task was stepping.</summary>
    private void Wait(EventLoop loop, CoroutineFrame frame)
    {
        if (!ReferenceEquals(_frame, frame))
            _frame = frame;
        _flags &= ~FutureFlags.ForeignCancel;
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

            default:
                loop.Enqueue(this);
                break;
        }

        if ((_flags & FutureFlags.MustCancel) != 0 && PassCancelOn(CancelMessage))
            _flags &= ~FutureFlags.MustCancel;
        _extras?.Scope?.OnSuspended(this);
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
