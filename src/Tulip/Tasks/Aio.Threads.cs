namespace Tulip;

public static partial class Aio
{
    /// <summary>Runs a coroutine as a task of a loop that runs on another thread (<c>asyncio.run_coroutine_threadsafe</c>). Any thread.</summary>
    /// <param name="coroutine">A coroutine that has not been awaited.</param>
    /// <param name="loop">The loop that is to run it.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>A .NET task with the outcome, which any thread may await; it is cancelled when the Tulip task is, or when the loop is
    /// closed before that has ended.</returns>
    /// <exception cref="InvalidOperationException">The loop is closed.</exception>
    public static Task<T> RunCoroutineThreadsafe<T>(Coroutine<T> coroutine, EventLoop loop, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loop);
        var completion = new TaskCompletionSource<T>();
        loop.CallSoonThreadsafe(
            () => Start(coroutine, loop, completion, cancellationToken),
            ifClosed: () => FutureTasks.Cancel(completion));
        return completion.Task;
    }

    /// <inheritdoc cref="RunCoroutineThreadsafe{T}(Coroutine{T}, EventLoop, CancellationToken)"/>
    public static Task RunCoroutineThreadsafe(Coroutine coroutine, EventLoop loop, CancellationToken cancellationToken = default)
        => RunCoroutineThreadsafe((Coroutine<Unit>)coroutine, loop, cancellationToken);

    /// <summary>A future that ends as a .NET task ends (<c>asyncio.wrap_future</c>).</summary>
    /// <remarks>
    /// A plain <c>await</c> of a .NET task cannot be interrupted: it ends when that task ends. Awaiting the wrapped future
    /// can: the cancel abandons the wait, and the .NET task goes on by itself.
    /// </remarks>
    /// <param name="task">The .NET task.</param>
    /// <param name="holdTime">On a <see cref="VirtualClock"/>, whether time stands still until the task has ended. Say
    /// true for work that goes on outside the loop, false for what the loop itself has to bring to its end.</param>
    public static Future<T> WrapFuture<T>(Task<T> task, bool holdTime = false)
    {
        ArgumentNullException.ThrowIfNull(task);
        return ExecutorJob.Watch(GetRunningLoop(), task, holdTime);
    }

    /// <inheritdoc cref="WrapFuture{T}(Task{T}, bool)"/>
    public static Future<Unit> WrapFuture(Task task, bool holdTime = false)
    {
        ArgumentNullException.ThrowIfNull(task);
        return WrapFuture(WithUnit(task), holdTime);

        static async Task<Unit> WithUnit(Task task)
        {
            await task.ConfigureAwait(false);
            return default;
        }
    }

    /// <summary>Runs a blocking function in the loop's default executor (<c>asyncio.to_thread</c>).</summary>
    /// <remarks>Cold, as every coroutine. The function sees a copy of the caller's <see cref="ContextVar{T}"/>s and
    /// <see cref="AsyncLocal{T}"/>s. It cannot be stopped: a cancel abandons it.
    /// It should block: what an async lambda or a coroutine function returns is given back as it is, and not awaited.</remarks>
    public static Coroutine<T> ToThread<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Run(function);

        static async Coroutine<T> Run(Func<T> function)
        {
            var context = Context.CopyCurrent();
            return await GetRunningLoop().RunInExecutor(null, () => context.Run(function));
        }
    }

    /// <inheritdoc cref="ToThread{T}(Func{T})"/>
    public static Coroutine ToThread(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Run(action);

        static async Coroutine Run(Action action)
        {
            var context = Context.CopyCurrent();
            await GetRunningLoop().RunInExecutor(null, () => context.Run(action));
        }
    }

    private static void Start<T>(Coroutine<T> coroutine, EventLoop loop, TaskCompletionSource<T> completion, CancellationToken cancellationToken)
    {
        AsyncTask<T> task;
        try
        {
            task = loop.CreateTask(coroutine);
        }
        catch (Exception exception)
        {
            completion.SetException(exception);
            return;
        }

        var registration = cancellationToken.Register(() =>
        {
            if (!loop.IsClosed)
                loop.TryPost((Action)(() => task.Cancel()));
        });
        task.AddCallback(new ExportCallback<T>(task, completion, registration.Dispose));
    }
}
