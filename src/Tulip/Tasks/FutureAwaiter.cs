using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>Awaits a <see cref="Future{T}"/>; used by the compiler.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public readonly struct FutureAwaiter<T> : ICriticalNotifyCompletion, IFrameAwaiter
{
    private readonly Future<T> _future;

    internal FutureAwaiter(Future<T> future) => _future = future;

    /// <summary>Whether the future is done.</summary>
    public bool IsCompleted => _future.Done;

    /// <summary>The future's result: throws its exception, or what cancelled the awaiting task.</summary>
    [StackTraceHidden]
    public T GetResult()
    {
        if (_future.Loop.CurrentTask is { } task)
        {
            Unsafe.As<Future>(task).ThrowIfCancelPending();
            if (ReferenceEquals(task, _future))
                throw new InvalidOperationException($"Task cannot await on itself: {_future}");
        }

        return _future.Result();
    }

    /// <summary>Goes on with a method that is not a coroutine.</summary>
    public void OnCompleted(Action continuation) => ForeignAwait.Run(_future, continuation);

    /// <inheritdoc cref="OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => ForeignAwait.Run(_future, continuation);

    void IFrameAwaiter.Suspend(CoroutineFrame frame)
    {
        // A task that awaits itself is told so one hop later, as in asyncio.
        if (ReferenceEquals(_future.Loop.CurrentTask, _future))
        {
            frame.Status = FrameStatus.Yields;
            return;
        }

        frame.Awaited = _future;
        frame.Status = FrameStatus.AwaitsFuture;
    }
}
