using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>A call of an <c>async Coroutine</c> method: cold, it runs only when awaited or given to a task (asyncio's coroutine object).</summary>
/// <remarks>
/// <para>Awaited by another coroutine it runs in line, in the same task. Await it once: a second await throws
/// <see cref="InvalidOperationException"/>. From <c>async Task</c> code on the loop it runs as a task of its own, which
/// is cancelled with the task that was current.</para>
/// <threadsafety>Make it on any thread; await it on the loop's.</threadsafety>
/// </remarks>
[AsyncMethodBuilder(typeof(CoroutineMethodBuilder))]
public readonly struct Coroutine : IAwaitable<Unit>
{
    internal readonly CoroutineFrame<Unit>? Frame;
    internal readonly long Token;

    internal Coroutine(CoroutineFrame<Unit>? frame, long token)
    {
        Frame = frame;
        Token = token;
    }

    /// <summary>Used by the compiler for <c>await</c>.</summary>
    public CoroutineAwaiter GetAwaiter() => new(this);

    /// <summary>The same call as a coroutine with a result.</summary>
    public static implicit operator Coroutine<Unit>(Coroutine coroutine) => new(coroutine.Frame, coroutine.Token);

    /// <inheritdoc/>
    public override string ToString() => ((Coroutine<Unit>)this).ToString();

    object? IAwaitable.Identity => Frame is { CanBeRoot: true } ? Frame : null;

    Future IAwaitable.ToFuture(EventLoop loop) => loop.CreateTask((Coroutine<Unit>)this);

    Unit IAwaitable<Unit>.ResultOf(Future future) => ((Future<Unit>)future).Result();
}

/// <summary>A call of an <c>async Coroutine&lt;T&gt;</c> method: cold, it runs only when awaited or given to a task (asyncio's coroutine object).</summary>
/// <inheritdoc cref="Coroutine" path="/remarks"/>
/// <typeparam name="T">The result's type.</typeparam>
[AsyncMethodBuilder(typeof(CoroutineMethodBuilder<>))]
public readonly struct Coroutine<T> : IAwaitable<T>
{
    internal readonly CoroutineFrame<T>? Frame;
    internal readonly long Token;

    internal Coroutine(CoroutineFrame<T>? frame, long token)
    {
        Frame = frame;
        Token = token;
    }

    /// <summary>Used by the compiler for <c>await</c>.</summary>
    public CoroutineAwaiter<T> GetAwaiter() => new(this);

    /// <inheritdoc/>
    public override string ToString()
        => Frame is null ? "<coroutine without a call>"
            : Frame.Version == (uint)Token || !Frame.CanBeRoot ? $"<coroutine {Frame.Info.Describe(Frame)}>"
            : "<coroutine already awaited>";

    object? IAwaitable.Identity => Frame is { CanBeRoot: true } ? Frame : null;

    Future IAwaitable.ToFuture(EventLoop loop) => loop.CreateTask(this);

    T IAwaitable<T>.ResultOf(Future future) => ((Future<T>)future).Result();
}
