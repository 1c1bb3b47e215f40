// Future: a result that is not there yet, without its type.
// Thread: the loop's.
//   1. Pending -> Finished | Failed | Cancelled, once. What waits is put in the ready queue then, in the order in
//      which it came; nothing is ever called in line.
//   2. _outcome holds: while pending, the message of a cancel to come (tasks only); when failed, the FailureRecord;
//      when cancelled, the message, or the CancelledException that ended a task until somebody has been given it.
//   3. _callbacks is null, one LoopItem, or a CallbackList.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Tulip;

/// <summary>A result that is not there yet (asyncio's <c>Future</c>), whatever its type; see <see cref="Future{T}"/>.</summary>
/// <remarks><threadsafety>Loop thread only, but for <see cref="AsTask"/>, which any thread may call.</threadsafety></remarks>
public abstract class Future : LoopItem, IAwaitable
{
    private readonly EventLoop _loop;
    private object? _callbacks;
    private object? _outcome;
    private protected FutureFlags _flags;

    private protected Future(EventLoop loop) => _loop = loop;

    /// <summary>The loop it belongs to (<c>get_loop</c>).</summary>
    public EventLoop Loop => _loop;

    /// <summary>Whether it has a result or an exception or was cancelled (<c>done</c>).</summary>
    public bool Done => (_flags & FutureFlags.Done) != 0;

    /// <summary>Whether it was cancelled (<c>cancelled</c>).</summary>
    public bool Cancelled => (_flags & FutureFlags.Cancelled) != 0;

    /// <summary>Cancels a future that is pending: whoever awaits it gets <see cref="CancelledException"/> (<c>cancel</c>).</summary>
    /// <param name="message">Kept in the exception.</param>
    /// <returns>False if it was done already.</returns>
    /// <exception cref="InvalidOperationException">Called on another thread than the loop's.</exception>
    public virtual bool Cancel(string? message = null)
    {
        _loop.CheckThread();
        MarkRetrieved();
        if (Done)
            return false;

        FinishCancelled(message);
        return true;
    }

    /// <summary>The exception of a future that is done, or null if it has a result (<c>exception</c>).</summary>
    /// <remarks>The exception counts as seen from now on and is not reported as never retrieved.</remarks>
    /// <exception cref="InvalidStateException">It is not done.</exception>
    /// <exception cref="CancelledException">It was cancelled.</exception>
    public Exception? Exception()
    {
        CheckDone("Exception");
        if (Cancelled)
            throw MakeCancelledException();

        MarkRetrieved();
        return (_outcome as FailureRecord)?.Exception;
    }

    /// <summary>Calls back when it is done, by the ready queue, never in line (<c>add_done_callback</c>).</summary>
    /// <remarks>If it is done already, the callback runs in the next pass. It sees a copy of the caller's context.</remarks>
    public void AddDoneCallback(Action<Future> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _loop.CheckCanSchedule();
        AddCallback(new DoneCallback(this, callback, Context.CopyForChild(Context.Current), _loop.Flow.Capture()));
    }

    /// <summary>Takes all registrations of a callback back (<c>remove_done_callback</c>).</summary>
    /// <returns>How many there were; 0 once the callbacks have been scheduled.</returns>
    public int RemoveDoneCallback(Action<Future> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RemoveCallbacks(item => item is DoneCallback registered && registered.Callback == callback);
    }

    /// <summary>The same outcome as a .NET task, which any thread may await.</summary>
    /// <remarks>A cancelled future gives a cancelled task. Cancelling goes one way only: the .NET task cannot cancel the future.
    /// A continuation that asks for ExecuteSynchronously runs on the loop's thread.</remarks>
    public Task AsTask() => AsUntypedTask();

    /// <summary>State, callbacks and outcome in asyncio's form.</summary>
    public override string ToString() => FutureText.Describe(this);

    Future IAwaitable.ToFuture(EventLoop loop)
    {
        if (!ReferenceEquals(loop, _loop))
            throw new ArgumentException($"{this} belongs to a different loop.");
        return this;
    }

    object? IAwaitable.Identity => this;

    internal FutureFlags Flags => _flags;

    internal object? Callbacks => _callbacks;

    /// <summary>The failure's record; null in every other state.</summary>
    internal FailureRecord? Failure => _outcome as FailureRecord;

    /// <summary>The message of a cancel, as asyncio's <c>_cancel_message</c>.</summary>
    internal string? CancelMessage
    {
        get => _outcome as string ?? Failure?.CancelMessage;
        set => _outcome = value;
    }

    /// <summary>The result, boxed, for messages.</summary>
    internal abstract object? BoxedResult { get; }

    private protected abstract Task AsUntypedTask();

    /// <summary>Puts an item in the ready queue when the future is done, or at once if it is.</summary>
    internal void AddCallback(LoopItem item)
    {
        if (Done)
            _loop.Enqueue(item);
        else if (_callbacks is null)
            _callbacks = item;
        else if (_callbacks is CallbackList list)
            list.Add(item);
        else
            _callbacks = new CallbackList(Unsafe.As<LoopItem>(_callbacks), item);
    }

    internal int RemoveCallbacks(Predicate<LoopItem> match)
    {
        switch (_callbacks)
        {
            case CallbackList list:
                return list.Remove(match);
            case LoopItem item when match(item):
                _callbacks = null;
                return 1;
            default:
                return 0;
        }
    }

    /// <summary>Its loop closes while it is pending: who waits on another thread is told.</summary>
    internal void AbandonCallbacks()
    {
        if (_callbacks is CallbackList list)
            list.AbandonAll();
        else
            (_callbacks as LoopItem)?.Abandon();
    }

    internal void RemoveCallback(LoopItem item) => RemoveCallbacks(registered => ReferenceEquals(registered, item));

    /// <summary>The exception for whoever awaits a cancelled future. The one that ended a task, with its message and
    /// trace, is given out once; later awaiters get a new one (asyncio's rule).</summary>
    internal CancelledException MakeCancelledException()
    {
        if (_outcome is CancelledException original)
        {
            _outcome = null;
            return original;
        }

        return new CancelledException(CancelMessage);
    }

    internal void FinishFailed(Exception exception) => FinishFailed(ExceptionDispatchInfo.Capture(exception));

    internal void FinishFailed(ExceptionDispatchInfo failure)
    {
        var record = new FailureRecord(this, failure);
        _outcome = record;
        TaskRegistry.Of(_loop).NoteFailure(record);
        Finish(FutureFlags.Failed);
    }

    internal void FinishCancelled(object? messageOrException)
    {
        _outcome = messageOrException;
        Finish(FutureFlags.Cancelled);
    }

    private protected void Finish(FutureFlags outcome)
    {
        _flags |= outcome;
        var callbacks = _callbacks;
        if (callbacks is null)
            return;

        _callbacks = null;
        if (callbacks is CallbackList list)
            list.EnqueueAll(_loop);
        else
            _loop.Enqueue(callbacks);
    }

    /// <summary>Throws the exception of a future that failed or was cancelled.</summary>
    [StackTraceHidden]
    internal void ThrowIfUnsuccessful()
    {
        if ((_flags & FutureFlags.Unsuccessful) != 0)
            ThrowOutcome();
    }

    /// <summary>Throws what <c>Cancel</c> asked for, at the await by which a task goes on.</summary>
    [StackTraceHidden]
    internal void ThrowIfCancelPending()
    {
        if ((_flags & FutureFlags.ThrowPending) != 0)
            throw TakeCancel()!;
    }

    /// <summary>What <see cref="ThrowIfCancelPending"/> would throw, or null.</summary>
    internal CancelledException? TakeCancel()
    {
        if ((_flags & FutureFlags.ThrowPending) == 0)
            return null;

        _flags &= ~FutureFlags.ThrowPending;
        return TakePendingCancel();
    }

    /// <summary>The exception of a cancel that is thrown at the await by which a task goes on.</summary>
    private protected virtual CancelledException TakePendingCancel() => MakeCancelledException();

    internal void MarkRetrieved() => (_outcome as FailureRecord)?.MarkRetrieved();

    private protected void CheckPending()
    {
        _loop.CheckThread();
        if (Done)
            throw new InvalidStateException($"The result is set already: {this}");
    }

    private protected void CheckDone(string asked)
    {
        if (!Done)
            throw new InvalidStateException($"{asked} is not ready: {this}");
    }

    [StackTraceHidden]
    private void ThrowOutcome()
    {
        // Thrown with the trace it has: that of the place where the cancel struck.
        if (Cancelled)
            ExceptionDispatchInfo.Throw(MakeCancelledException());

        var failure = Failure!;
        failure.MarkRetrieved();
        failure.Throw();
    }
}
