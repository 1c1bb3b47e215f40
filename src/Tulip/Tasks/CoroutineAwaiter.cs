using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>Awaits a <see cref="Coroutine"/>; used by the compiler.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public readonly struct CoroutineAwaiter : ICriticalNotifyCompletion, IFrameAwaiter
{
    private readonly Coroutine _coroutine;

    internal CoroutineAwaiter(Coroutine coroutine) => _coroutine = coroutine;

    /// <summary>False unless the coroutine is <c>default</c>: a coroutine starts only when its awaiter has stepped aside.</summary>
    public bool IsCompleted => _coroutine.Frame is null;

    /// <summary>The end of the coroutine: throws its exception.</summary>
    [StackTraceHidden]
    public void GetResult() => _coroutine.Frame?.GetResult(_coroutine.Token);

    /// <summary>Runs the coroutine as a task of its own, for a method that is not a coroutine.</summary>
    public void OnCompleted(Action continuation) => ForeignAwait.Run<Unit>(_coroutine, continuation);

    /// <inheritdoc cref="OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => ForeignAwait.Run<Unit>(_coroutine, continuation);

    void IFrameAwaiter.Suspend(CoroutineFrame frame) => _coroutine.Frame!.SuspendFrame(frame, _coroutine.Token);
}

/// <summary>Awaits a <see cref="Coroutine{T}"/>; used by the compiler.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public readonly struct CoroutineAwaiter<T> : ICriticalNotifyCompletion, IFrameAwaiter
{
    private readonly Coroutine<T> _coroutine;

    internal CoroutineAwaiter(Coroutine<T> coroutine) => _coroutine = coroutine;

    /// <summary>False unless the coroutine is <c>default</c>: a coroutine starts only when its awaiter has stepped aside.</summary>
    public bool IsCompleted => _coroutine.Frame is null;

    /// <summary>The coroutine's result: throws its exception.</summary>
    [StackTraceHidden]
    public T GetResult() => _coroutine.Frame is { } frame ? frame.GetResult(_coroutine.Token) : default!;

    /// <summary>Runs the coroutine as a task of its own, for a method that is not a coroutine.</summary>
    public void OnCompleted(Action continuation) => ForeignAwait.Run(_coroutine, continuation);

    /// <inheritdoc cref="OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => ForeignAwait.Run(_coroutine, continuation);

    void IFrameAwaiter.Suspend(CoroutineFrame frame) => _coroutine.Frame!.SuspendFrame(frame, _coroutine.Token);
}
