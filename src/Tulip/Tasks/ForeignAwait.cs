// ForeignAwait: the two borders between coroutines and the rest of .NET.
//   Outwards: a coroutine awaits a .NET task. Its task waits, and goes on by one hop through the ready queue,
//   whatever thread completes the .NET task and whatever its ConfigureAwait says.
//   Inwards: an async method that is not a coroutine awaits something of Tulip's on the loop's thread. A coroutine
//   then runs as a task of its own; the method's continuation is called from the ready queue.
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Tulip;

internal static class ForeignAwait
{
    /// <summary>A coroutine waits for a .NET awaiter.</summary>
    public static void SuspendUnsafe<TAwaiter>(CoroutineFrame frame, ref TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        var extras = Begin(frame);
        extras.AwaitedSource = AwaiterStatus.SourceOf(ref awaiter);
        var captured = SynchronizationContext.Current;

        // The loop's own context would take a second hop. A task is awaited by its plain awaiter, whatever its
        // ConfigureAwait says: that one captures the context.
        SynchronizationContext.SetSynchronizationContext(extras.Awaited is null ? null : DirectSynchronizationContext.Instance);
        try
        {
            if (extras.Awaited is { } task)
                task.GetAwaiter().UnsafeOnCompleted(extras.Continuation!);
            else
                awaiter.UnsafeOnCompleted(extras.Continuation!);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(captured);
        }
    }

    /// <inheritdoc cref="SuspendUnsafe"/>
    public static void Suspend<TAwaiter>(CoroutineFrame frame, ref TAwaiter awaiter)
        where TAwaiter : INotifyCompletion
        => awaiter.OnCompleted(Begin(frame).Continuation!);

    /// <summary>The wait is over: nothing may continue the task until it waits again.</summary>
    /// <returns>The .NET task that was awaited, if it is known.</returns>
    public static Task? Settle(TaskExtras extras)
    {
        Volatile.Write(ref extras.ContinuationArmed, 0);
        var awaited = extras.Awaited;
        extras.AwaitedSource = null;
        return awaited;
    }

    /// <summary>A coroutine failed. If that is the <see cref="OperationCanceledException"/> with which a .NET task
    /// answered the cancel that was passed on to it, the exception becomes the cancel's own.</summary>
    /// <param name="frame">The coroutine, done.</param>
    /// <param name="extras">Its task's.</param>
    /// <param name="cancelled">Whether the await that the task went on from last was passed a cancel.</param>
    /// <param name="message">The cancel's.</param>
    /// <returns>True if it was, and the cancel is delivered with it.</returns>
    public static bool TranslateAnswer(CoroutineFrame frame, TaskExtras extras, bool cancelled, string? message)
    {
        if (frame.Aux is not ExceptionDispatchInfo { SourceException: OperationCanceledException answer }
            || answer is CancelledException
            || (!cancelled && !extras.IsAnswerToCancel(answer)))
        {
            return false;
        }

        extras.EndEpisode();
        frame.Aux = ExceptionDispatchInfo.Capture(new CancelledException(message, answer));
        return true;
    }

    /// <summary>An async method that is not a coroutine awaits a coroutine.</summary>
    public static void Run<T>(Coroutine<T> coroutine, Action continuation)
    {
        // An exception from here would end the process: .NET's builder throws it on the thread pool. So the method goes
        // on, and the awaiter throws.
        if (EventLoop.RunningOrNull is not { } loop)
        {
            continuation();
            return;
        }

        Future<T> child;
        try
        {
            child = loop.CreateTask(coroutine);
        }
        catch (Exception exception)
        {
            child = new Future<T>(loop);
            child.FinishFailed(exception);
        }

        ContinueAfter(child, child, continuation);
    }

    /// <summary>An async method that is not a coroutine awaits a future.</summary>
    public static void Run<T>(Future<T> future, Action continuation) => ContinueAfter(future, null, continuation);

    /// <summary>Continues the method as if the task that was current when it suspended were current again; that task
    /// itself is not stepped.</summary>
    public static void Resume(EventLoop loop, IAsyncTask? owner, Future? outcome, Action continuation)
    {
        if (owner is { Done: true })
            owner = null;
        var current = (LoopItem?)owner;
        loop.CurrentTask = current;
        loop.CurrentContext = current?.HeldContext;
        loop.ForeignOutcome = outcome;
        if (owner is not null)
            SynchronizationContext.SetSynchronizationContext(TaskSynchronizationContext.Of(loop, owner));
        try
        {
            continuation();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(loop.SynchronizationContext);
            current?.HeldContext = loop.CurrentContext;
            loop.ForeignOutcome = null;
            loop.CurrentTask = null;
            loop.CurrentContext = null;
            loop.Flow.Restore();
        }
    }

    /// <summary>The outcome of the child that ran for an awaiter whose method goes on now.</summary>
    [System.Diagnostics.StackTraceHidden]
    public static T TakeOutcome<T>()
    {
        if (EventLoop.RunningOrNull is not { } loop)
            throw OutsideLoop();
        if (loop.ForeignOutcome is not Future<T> child)
            throw AlreadyAwaited();

        loop.ForeignOutcome = null;
        return child.Result();
    }

    public static InvalidOperationException AlreadyAwaited()
        => new("Cannot reuse an already awaited coroutine: call the method again, or make a task of it and await that.");

    public static InvalidOperationException OutsideLoop()
        => new("A coroutine is awaited outside an event loop. Start it with Aio.Run, or from another thread with RunCoroutineThreadsafe. "
            + "(In Task.Run, and in an async Task method after ConfigureAwait(false), code runs on another thread.)");

    private static TaskExtras Begin(CoroutineFrame frame)
    {
        var loop = Aio.GetRunningLoop();
        var task = Unsafe.As<LoopItem?>(loop.CurrentTask) as IAsyncTask
            ?? throw new InvalidOperationException("A coroutine runs outside a task.");
        var extras = task.Extras;
        extras.Continuation ??= () => Continue(loop, task);
        Volatile.Write(ref extras.ContinuationArmed, 1);
        frame.Status = FrameStatus.AwaitsForeign;
        return extras;
    }

    private static void Continue(EventLoop loop, IAsyncTask task)
    {
        // Called on any thread, by awaiters of any quality: once is enough. A closed loop has no next step.
        if (Interlocked.Exchange(ref task.Extras.ContinuationArmed, 0) == 1)
            loop.TryPost(task);
    }

    /// <param name="child">What the method waits for.</param>
    /// <param name="outcome">What the method's awaiter cannot know by itself: the task that ran its coroutine.</param>
    /// <param name="continuation">The rest of the method.</param>
    private static void ContinueAfter(Future child, Future? outcome, Action continuation)
    {
        var loop = child.Loop;
        var owner = loop.CurrentTask as IAsyncTask;
        owner?.Extras.AddForeignChild(child);
        child.AddCallback(new RelayCallback(child, (Future?)owner, _ =>
        {
            owner?.Extras.RemoveForeignChild(child);
            Resume(loop, owner, outcome, continuation);
        }));
    }
}
