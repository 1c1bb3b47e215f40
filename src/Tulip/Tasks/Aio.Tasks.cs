namespace Tulip;

public static partial class Aio
{
    /// <summary>Suspends the current task for a time (<c>asyncio.sleep</c>).</summary>
    /// <param name="delay">Seconds; zero or less lets the others run once.</param>
    /// <exception cref="ArgumentException">The delay is NaN.</exception>
    public static Coroutine Sleep(double delay) => new(SleepFrame.Instance, LoopTime.FromSeconds(delay, nameof(delay)));

    /// <inheritdoc cref="Sleep(double)"/>
    public static Coroutine Sleep(TimeSpan delay) => new(SleepFrame.Instance, LoopTime.FromTimeSpan(delay, nameof(delay)));

    /// <summary>Suspends the current task for a time and gives a value (<c>asyncio.sleep(delay, result)</c>).</summary>
    /// <param name="delay">Seconds; zero or less lets the others run once.</param>
    /// <param name="result">The value.</param>
    /// <exception cref="ArgumentException">The delay is NaN.</exception>
    public static Coroutine<T> Sleep<T>(double delay, T result)
    {
        return Run(Sleep(delay), result);

        static async Coroutine<T> Run(Coroutine sleep, T result)
        {
            await sleep;
            return result;
        }
    }

    /// <summary>Runs a coroutine as a task of the running loop; it begins in the next pass (<c>asyncio.create_task</c>).</summary>
    /// <param name="coroutine">A coroutine that has not been awaited.</param>
    /// <param name="name">A name for messages; null for <c>Task-N</c>.</param>
    /// <param name="context">The context to run in, shared: <c>new Context()</c> for an empty one; null for a copy of the caller's.</param>
    /// <param name="eagerStart">Whether the first step runs before this returns; null for the task factory's own way.</param>
    /// <exception cref="InvalidOperationException">No loop runs on this thread, or the coroutine has been awaited already.</exception>
    public static AsyncTask<T> CreateTask<T>(Coroutine<T> coroutine, string? name = null, Context? context = null, bool? eagerStart = null)
        => GetRunningLoop().CreateTask(coroutine, name, context, eagerStart);

    /// <inheritdoc cref="CreateTask{T}(Coroutine{T}, string?, Context?, bool?)"/>
    public static AsyncTask<Unit> CreateTask(Coroutine coroutine, string? name = null, Context? context = null, bool? eagerStart = null)
        => GetRunningLoop().CreateTask(coroutine, name, context, eagerStart);

    /// <summary>Runs a coroutine as a task that nobody awaits; an exception in it goes to the loop's exception handler.</summary>
    /// <exception cref="InvalidOperationException">No loop runs on this thread, or the coroutine has been awaited already.</exception>
    public static void StartSoon(Coroutine coroutine, string? name = null) => _ = CreateTask(coroutine, name);

    /// <inheritdoc cref="StartSoon(Coroutine, string?)"/>
    public static void StartSoon<T>(Coroutine<T> coroutine, string? name = null) => _ = CreateTask(coroutine, name);

    /// <summary>The future itself, or a new task that runs the coroutine (<c>asyncio.ensure_future</c>).</summary>
    public static Future<T> EnsureFuture<T>(Coroutine<T> coroutine) => CreateTask(coroutine);

    /// <inheritdoc cref="EnsureFuture{T}(Coroutine{T})"/>
    public static Future<Unit> EnsureFuture(Coroutine coroutine) => CreateTask(coroutine);

    /// <inheritdoc cref="EnsureFuture{T}(Coroutine{T})"/>
    public static Future<T> EnsureFuture<T>(Future<T> future)
    {
        ArgumentNullException.ThrowIfNull(future);
        return future;
    }

    /// <summary>The task whose code is running, or null in a callback (<c>asyncio.current_task</c>).</summary>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static IAsyncTask? CurrentTask() => GetRunningLoop().CurrentTask as IAsyncTask;

    /// <summary>The tasks of a loop that are not done, in the order of their creation (<c>asyncio.all_tasks</c>).</summary>
    /// <param name="loop">The loop; null for the running one.</param>
    public static IReadOnlyList<IAsyncTask> AllTasks(EventLoop? loop = null) => TaskRegistry.Of(loop ?? GetRunningLoop()).Snapshot();

    /// <summary>A token that is cancelled when the current task is: give it to .NET methods that the task awaits.</summary>
    /// <remarks>
    /// It belongs to one cancel: when that has been delivered, the next read gives a new token, so that cleaning up is
    /// not cancelled too. A .NET method answers with an <see cref="OperationCanceledException"/> of its own; when it
    /// leaves the coroutine that awaited it, it becomes a <see cref="CancelledException"/>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No task is running on this thread.</exception>
    public static CancellationToken CancelToken
        => (CurrentTask() ?? throw new InvalidOperationException("No task is running: there is nothing to be cancelled with.")).AmbientToken;
}
