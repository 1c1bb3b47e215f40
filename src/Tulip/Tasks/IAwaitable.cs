namespace Tulip;

/// <summary>A coroutine, a future or a task, whatever its result. Only Tulip's own types implement it.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public interface IAwaitable
{
    /// <summary>The future itself, or a new task that runs the coroutine.</summary>
    internal Future ToFuture(EventLoop loop);

    /// <summary>Equal for two values that stand for the same work; null for work that is new each time it is awaited.</summary>
    internal object? Identity { get; }
}

/// <summary>A coroutine, a future or a task with a result: what <c>Gather</c> and its like take.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public interface IAwaitable<out T> : IAwaitable
{
    /// <summary>The result of a finished future that <see cref="IAwaitable.ToFuture"/> gave; throws its exception.</summary>
    internal T ResultOf(Future future);
}
