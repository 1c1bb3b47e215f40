// AsyncTask: drives a coroutine on its loop, a step at a time.
// Thread: the loop's.
//   1. While not done a task is in exactly one place: in the ready queue, waiting for something, or stepping.
//      (A sleeper that is cancelled between its two hops is in the queue twice; the first entry then does nothing.)
//   2. _frame is the innermost suspended frame; the chain of Continuations leads to the outermost one. While the task
//      steps it is the outermost frame that the step has come to, so that it is never one that is over.
// Here: what others see of a task and ask of it. AsyncTask.Step.cs: its steps. AsyncTask.Settle.cs: their beginning.
// See docs/architecture.md, "The life of an await".
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>A coroutine that runs on its own, beside the others of its loop (asyncio's <c>Task</c>).</summary>
/// <remarks>
/// Made by <c>CreateTask</c>. The loop holds a task until it is done, so a task that nobody keeps is not lost.
/// <threadsafety>Loop thread only, but for <see cref="Future.AsTask"/>, which any thread may call.</threadsafety>
/// </remarks>
/// <typeparam name="T">The coroutine's result.</typeparam>
public sealed partial class AsyncTask<T> : Future<T>, IAsyncTask, ITimerOwner
{
    private readonly int _id;
    private CoroutineFrame? _frame;

    // The future it waits for; in a cancelled sleep, the cancel's message; when done, the FrameInfo of its coroutine, for messages.
    private object? _waitsFor;

    // What few tasks need: null, a Context alone, or a TaskExtras.
    private object? _more;
    private long _timer;
    private int _slot;

    internal AsyncTask(EventLoop loop, CoroutineFrame<T> frame, in TaskOptions options)
        : base(loop)
    {
        var registry = TaskRegistry.Of(loop);
        _frame = frame;
        _more = options.Context ?? Context.CopyForChild(loop.IsRunning ? loop.CurrentContext : Context.Current);
        _id = registry.NextId();
        if (options.Name is not null)
            Extras.Name = options.Name;
        registry.Add(this);
    }

    /// <inheritdoc/>
    public string Name
    {
        get => ExtrasOrNull?.Name ?? $"Task-{_id}";
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Extras.Name = value;
        }
    }

    /// <inheritdoc/>
    public int Cancelling => ExtrasOrNull?.CancelRequests ?? 0;

    /// <inheritdoc/>
    public Context Context
    {
        get
        {
            Loop.CheckThread();
            return HeldContext ??= ReferenceEquals(Loop.CurrentTask, this) ? Context.ForWriting() : new Context();
        }
    }

    /// <inheritdoc/>
    internal override Context? HeldContext
    {
        get => _more as Context ?? ExtrasOrNull?.Context;
        set
        {
            if (_more is TaskExtras extras)
                extras.Context = value;
            else
                _more = value;
        }
    }

    int IAsyncTask.Id => _id;

    int IAsyncTask.Slot
    {
        get => _slot;
        set => _slot = value;
    }

    object? IAsyncTask.WaitsFor => Done || _frame is not { } frame ? null : FutureText.DescribeWait(frame, _waitsFor);

    CoroutineFrame? IAsyncTask.Frame => _frame;

    CancellationToken IAsyncTask.AmbientToken => Extras.Token;

    TaskExtras IAsyncTask.Extras => Extras;

    private TaskExtras? ExtrasOrNull => _more as TaskExtras;

    private TaskExtras Extras
    {
        get
        {
            if (_more is TaskExtras extras)
                return extras;

            extras = new TaskExtras { Context = Unsafe.As<Context?>(_more) };
            _more = extras;
            return extras;
        }
    }

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

        var extras = Extras;
        extras.CancelRequests++;
        extras.CancelToken(Loop);
        extras.CancelForeignChildren(message);

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
        if (ExtrasOrNull is not { } extras)
            return 0;

        if (extras.CancelRequests > 0 && --extras.CancelRequests == 0)
        {
            _flags &= ~FutureFlags.MustCancel;
            extras.EndEpisode();
        }

        return extras.CancelRequests;
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
        var isParked = _frame!.Status == FrameStatus.Parked;
        if (isParked ? !_frame.EndsWhenCancelled : _frame.Status is not (FrameStatus.Yields or FrameStatus.YieldsForeign or FrameStatus.AwaitsForeign))
            return false;

        _flags |= FutureFlags.ScopeCancel;
        CancelMessage = message;
        ExtrasOrNull?.CancelToken(Loop);
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
            _frame!.Aux = loop.IsRunning ? loop.Flow.CaptureRunning() : loop.Flow.Capture();
            loop.Enqueue(this);
            return;
        }

        var creator = loop.CurrentTask;
        var context = loop.CurrentContext;
        creator?.HeldContext ??= context;
        var flow = ExecutionContext.Capture();
        loop.CurrentContext = null;
        var synchronization = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(loop.SynchronizationContext);
        Step(loop);
        SynchronizationContext.SetSynchronizationContext(synchronization);
        loop.CurrentTask = creator;
        loop.CurrentContext = context ?? creator?.HeldContext;
        LoopFlow.Use(flow);
    }

    private bool PassCancelOn(Future future, string? message)
    {
        if ((_flags & FutureFlags.PassingCancel) != 0)
            throw new InvalidOperationException($"Tasks that wait for each other in a circle cannot be cancelled: {this}.");

        _flags |= FutureFlags.PassingCancel;
        try
        {
            return future.Cancel(message);
        }
        finally
        {
            _flags &= ~FutureFlags.PassingCancel;
        }
    }

    /// <summary>Passes a cancel on to what the task waits for; false if that is over, or cannot be cancelled from outside.</summary>
    private bool PassCancelOn(string? message)
    {
        switch (_frame!.Status)
        {
            case FrameStatus.AwaitsFuture:
                return PassCancelOn(Unsafe.As<Future>(_waitsFor!), message);

            case FrameStatus.AwaitsTime:
                if ((_flags & (FutureFlags.SleepOver | FutureFlags.WaitCancelled)) != 0)
                    return false;
                DisarmTimer();
                break;

            case FrameStatus.Parked:
                if (!_frame.TryLeave())
                    return false;
                break;

            default:
                return false;
        }

        _flags |= FutureFlags.WaitCancelled;
        _waitsFor = message;
        Loop.Enqueue(this);
        return true;
    }

    private void DisarmTimer()
    {
        if (_timer == 0)
            return;
        _timer = 0;
        Loop.Timers.NoteDisarmed();
    }
}
