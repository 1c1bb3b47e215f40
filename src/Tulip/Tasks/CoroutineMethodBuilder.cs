using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>Builds <see cref="Coroutine"/>s; used by the compiler for <c>async Coroutine</c> methods.</summary>
/// <remarks><threadsafety>Any one thread.</threadsafety></remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct CoroutineMethodBuilder
{
    // Not readonly: the builder is mutable, and a struct inside the state machine.
    private CoroutineMethodBuilder<Unit> _inner;

    /// <summary>The coroutine that the method returns.</summary>
    public readonly Coroutine Task
    {
        get
        {
            var coroutine = _inner.Task;
            return new Coroutine(coroutine.Frame, coroutine.Token);
        }
    }

    /// <summary>A builder for one call.</summary>
    public static CoroutineMethodBuilder Create() => default;

    /// <summary>Puts the call's state machine into a frame; it does not run yet.</summary>
    public void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine
        => _inner.Start(ref stateMachine);

    /// <summary>Does nothing: the frame holds the state machine.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method returned.</summary>
    public readonly void SetResult() => _inner.SetResult(default);

    /// <summary>The method threw.</summary>
    public readonly void SetException(Exception exception) => _inner.SetException(exception);

    /// <summary>The method awaits something unfinished.</summary>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine
        => _inner.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <summary>The method awaits something unfinished.</summary>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
        => _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}

/// <summary>Builds <see cref="Coroutine{T}"/>s; used by the compiler for <c>async Coroutine&lt;T&gt;</c> methods.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks><threadsafety>Any one thread.</threadsafety></remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct CoroutineMethodBuilder<T>
{
    private CoroutineFrame<T> _frame;

    /// <summary>The coroutine that the method returns.</summary>
    public readonly Coroutine<T> Task => new(_frame, _frame.Version);

    /// <summary>A builder for one call.</summary>
    public static CoroutineMethodBuilder<T> Create() => default;

    /// <summary>Puts the call's state machine into a frame; it does not run yet.</summary>
    public void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine
    {
        ArgumentNullException.ThrowIfNull(stateMachine);
        var frame = StateMachineFrame<TStateMachine, T>.Rent();

        // This builder is a field of the state machine: it must name the frame before the machine is copied there.
        _frame = frame;
        frame.Load(ref stateMachine);
    }

    /// <summary>Does nothing: the frame holds the state machine.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method returned.</summary>
    public readonly void SetResult(T result) => _frame.Complete(result);

    /// <summary>The method threw.</summary>
    public readonly void SetException(Exception exception) => _frame.Fail(exception);

    /// <summary>The method awaits something unfinished.</summary>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine
        => ForeignAwait.Suspend(_frame, ref awaiter);

    /// <summary>The method awaits something unfinished.</summary>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        // For an awaiter that is a struct the compiler knows the answers, and only one branch remains.
        if (default(TAwaiter) is not null && awaiter is IFrameAwaiter)
            ((IFrameAwaiter)awaiter).Suspend(_frame);
        else if (typeof(TAwaiter) == typeof(YieldAwaitable.YieldAwaiter))
            _frame.Status = FrameStatus.YieldsForeign;
        else
            ForeignAwait.SuspendUnsafe(_frame, ref awaiter);
    }
}
