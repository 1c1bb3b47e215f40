// CoroutineFrame: one call of a coroutine: its local variables, and what it waits for.
// Thread: made on any thread, then the thread of the loop that runs it.
//   1. Created -> Owned (given to a task) or started by an awaiting frame -> suspended and resumed -> Done -> recycled.
//   2. Only the frame's own code (through its builder) sets Status, Awaited and the outcome; only the task's step
//      reads them, right after MoveNext has returned.
//   3. A frame is recycled once, by the one that takes its outcome; Version then changes, so that a Coroutine
//      value that still names the old call is found out.
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Tulip;

/// <summary>Where a frame stands; from <see cref="GoesOn"/> on, what its task has to do for it.</summary>
internal enum FrameStatus : byte
{
    /// <summary>In the pool.</summary>
    Free,

    /// <summary>Called, not yet awaited.</summary>
    Created,

    /// <summary>Given to a task or an awaiting frame; perhaps running.</summary>
    Owned,

    /// <summary>Finished; the outcome is there to be taken.</summary>
    Done,

    /// <summary>Goes on at once: what it awaits is done already, or cannot be awaited any more, which its awaiter throws.</summary>
    GoesOn,

    /// <summary>Waits for the coroutine in <see cref="CoroutineFrame.Awaited"/>, which is to be started now.</summary>
    AwaitsFrame,

    /// <summary>Waits for the future in <see cref="CoroutineFrame.Awaited"/>.</summary>
    AwaitsFuture,

    /// <summary>Waits for a time; the delay is in the loop's hands (<see cref="TaskRegistry.SleepRequest"/>).</summary>
    AwaitsTime,

    /// <summary>Stands in a <see cref="ParkingLot"/>: whoever wakes it puts its task in the ready queue.</summary>
    Parked,

    /// <summary>Lets others run once (a bare yield).</summary>
    Yields,

    /// <summary>The same by <see cref="Task.Yield"/>, whose awaiter cannot throw a cancel.</summary>
    YieldsForeign,

    /// <summary>Waits for something of .NET's, which will call the task's continuation.</summary>
    AwaitsForeign,
}

/// <summary>An awaiter of Tulip's own: it says what it waits for instead of taking a continuation.</summary>
internal interface IFrameAwaiter
{
    /// <summary>Records in the frame what it waits for. Never throws: the compiler's code would then leave out the
    /// coroutine's finally blocks. A misuse is thrown by the awaiter's GetResult.</summary>
    void Suspend(CoroutineFrame frame);
}

internal abstract class CoroutineFrame
{
    /// <summary>The frame that awaits this one; null for a task's outermost frame.</summary>
    internal CoroutineFrame? Continuation;

    /// <summary>The frame or future this one waits for; before the first await, in debug mode, the <see cref="CallRecord"/>.</summary>
    internal object? Awaited;

    /// <summary>While suspended, the <see cref="ExecutionContext"/> to go on with, if not the loop's own; when done,
    /// the <see cref="ExceptionDispatchInfo"/> of a failure.</summary>
    internal object? Aux;

    internal uint Version;

    internal FrameStatus Status;

    /// <summary>What the frame is a call of, for messages.</summary>
    public abstract FrameInfo Info { get; }

    /// <summary>Runs the coroutine until it suspends or ends. Never throws.</summary>
    public abstract void MoveNext();

    /// <summary>Whether the coroutine can be made a task's outermost frame as it is.</summary>
    public virtual bool CanBeRoot => true;

    /// <summary>Takes possession of a coroutine that was only called so far.</summary>
    /// <exception cref="InvalidOperationException">It has been awaited already.</exception>
    public virtual void Claim(long token)
    {
        if (!TryClaim(token))
            throw ForeignAwait.AlreadyAwaited();
    }

    /// <summary>The frame <paramref name="awaiting"/> waits for this coroutine.</summary>
    public virtual void SuspendFrame(CoroutineFrame awaiting, long token)
    {
        if (!TryClaim(token))
        {
            awaiting.Status = FrameStatus.GoesOn;
            return;
        }

        Continuation = awaiting;
        awaiting.Awaited = this;
        awaiting.Status = FrameStatus.AwaitsFrame;
    }

    /// <summary>A parked frame is cancelled: it leaves its place. False if it was woken already.</summary>
    public virtual bool TryLeave() => false;

    /// <summary>Whether a parked frame that did not leave when it was cancelled is woken soon, to end then.</summary>
    public virtual bool EndsWhenCancelled => false;

    /// <summary>What a parked frame waits in, for messages.</summary>
    public virtual string? WaitsIn => null;

    protected bool TryClaim(long token)
    {
        if (Version != (uint)token || Status != FrameStatus.Created)
            return false;

        Status = FrameStatus.Owned;
        if (Awaited is not null)
            ForgetCall();
        return true;
    }

    /// <summary>A call was made; it does not run yet.</summary>
    protected void NoteCreated()
    {
        Status = FrameStatus.Created;
        if (DebugMode.IsActive)
            RecordCall();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RecordCall() => Awaited = new CallRecord(Info.Name, Info.Places, EventLoop.RunningOrNull);

    private void ForgetCall()
    {
        (Awaited as CallRecord)?.Forget();
        Awaited = null;
    }

    /// <summary>The call is over: nothing of it is kept, and what still names it is found out.</summary>
    protected void Clear()
    {
        Version++;
        Status = FrameStatus.Free;
        Continuation = null;
        Aux = null;
        Awaited = null;
    }

    /// <summary>From a frame of a running task inwards to the one whose code runs.</summary>
    /// <remarks>What a frame awaited stays written in it when it goes on; the awaited one then knows it no more.</remarks>
    public static CoroutineFrame RunningFrom(CoroutineFrame frame)
    {
        while (frame.Status == FrameStatus.AwaitsFrame && frame.Awaited is CoroutineFrame inner && ReferenceEquals(inner.Continuation, frame))
            frame = inner;
        return frame;
    }

    /// <summary>Where the coroutine stands in its source, as its state machine says; -1 if it has not started.</summary>
    public virtual int StateNumber() => -1;
}

internal abstract class CoroutineFrame<T> : CoroutineFrame
{
    internal T? Result;

    public void Complete(T result)
    {
        Result = result;
        Status = FrameStatus.Done;
    }

    public void Fail(Exception exception)
    {
        Aux = ExceptionDispatchInfo.Capture(exception);
        Status = FrameStatus.Done;
    }

    /// <summary>Takes the outcome of a finished call and recycles the frame.</summary>
    [System.Diagnostics.StackTraceHidden]
    public virtual T GetResult(long token)
    {
        if (Version != (uint)token || Status != FrameStatus.Done)
            return ForeignAwait.TakeOutcome<T>();

        var result = Result!;
        var failure = Aux;
        Recycle();
        if (failure is not null)
            Unsafe.As<ExceptionDispatchInfo>(failure).Throw();
        return result;
    }

    /// <summary>Takes the outcome for a task. A failure is returned, not thrown.</summary>
    public ExceptionDispatchInfo? TakeOutcome(out T result)
    {
        result = Result!;
        var failure = Unsafe.As<ExceptionDispatchInfo?>(Aux);
        Recycle();
        return failure;
    }

    public abstract void Recycle();
}
