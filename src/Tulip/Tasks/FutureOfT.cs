using System.Diagnostics;

namespace Tulip;

/// <summary>A result that somebody will set (asyncio's <c>Future</c>).</summary>
/// <remarks>
/// Awaiting a future that is done goes on without suspending; otherwise the awaiting task goes on one hop through the
/// ready queue after the future is done. Cancelling the task that awaits cancels the future.
/// <threadsafety>Loop thread only, but for <see cref="AsTask"/>, which any thread may call.</threadsafety>
/// </remarks>
/// <typeparam name="T">The result's type.</typeparam>
public class Future<T> : Future, IAwaitable<T>
{
    private protected T? _result;

    /// <summary>A pending future of the running loop.</summary>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public Future()
        : this(Aio.GetRunningLoop())
    {
    }

    /// <summary>A pending future of a loop.</summary>
    /// <param name="loop">The loop it belongs to.</param>
    public Future(EventLoop loop)
        : base(loop)
        => ArgumentNullException.ThrowIfNull(loop);

    /// <summary>The result of a future that is done; throws its exception if it failed (<c>result</c>).</summary>
    /// <exception cref="InvalidStateException">It is not done.</exception>
    /// <exception cref="CancelledException">It was cancelled.</exception>
    [StackTraceHidden]
    public T Result()
    {
        CheckDone("Result");
        ThrowIfUnsuccessful();
        return _result!;
    }

    /// <summary>Ends it with a result (<c>set_result</c>).</summary>
    /// <exception cref="InvalidStateException">It is done already.</exception>
    /// <exception cref="InvalidOperationException">It is a task, or the call comes from another thread than the loop's.</exception>
    public virtual void SetResult(T result)
    {
        CheckPending();
        FinishWith(result);
    }

    /// <summary>Ends it with an exception (<c>set_exception</c>).</summary>
    /// <exception cref="InvalidStateException">It is done already.</exception>
    /// <exception cref="InvalidOperationException">It is a task, or the call comes from another thread than the loop's.</exception>
    public virtual void SetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        CheckPending();
        FinishFailed(exception);
    }

    /// <summary>Used by the compiler for <c>await</c>.</summary>
    /// <exception cref="InvalidOperationException">Called on another thread than the loop's; await <see cref="AsTask"/> there.</exception>
    public FutureAwaiter<T> GetAwaiter()
    {
        if (!ReferenceEquals(EventLoop.RunningOrNull, Loop))
            throw NotOnLoop();

        return new FutureAwaiter<T>(this);
    }

    /// <inheritdoc cref="Future.AsTask"/>
    public new Task<T> AsTask() => FutureTasks.Export(this);

    T IAwaitable<T>.ResultOf(Future future) => ((Future<T>)future).Result();

    internal override object? BoxedResult => _result;

    /// <summary>The result, valid once finished.</summary>
    internal T ResultUnchecked => _result!;

    internal void FinishWith(T result)
    {
        _result = result;
        Finish(FutureFlags.Finished);
    }

    /// <summary>A plain future is never in the ready queue itself.</summary>
    internal override void Run(EventLoop loop) => throw new UnreachableException();

    private protected override Task AsUntypedTask() => AsTask();

    private InvalidOperationException NotOnLoop() => new(
        EventLoop.RunningOrNull is null
            ? $"{this} is awaited outside its event loop. From another thread, await AsTask()."
            : $"{this} is attached to a different loop.");
}
