namespace Tulip;

/// <summary>How a task is to be made: the optional arguments of <c>CreateTask</c>.</summary>
/// <param name="Name">A name for messages; null for <c>Task-N</c>.</param>
/// <param name="Context">The context to run in, shared with whoever else has it; null for a copy of the creator's.</param>
/// <param name="EagerStart">Whether its first step runs before <c>CreateTask</c> returns; null for the factory's own way.</param>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public readonly record struct TaskOptions(string? Name = null, Context? Context = null, bool? EagerStart = null);

/// <summary>Makes a loop's tasks in place of the loop (<c>set_task_factory</c>).</summary>
/// <remarks><threadsafety>Called on the loop's thread.</threadsafety></remarks>
public interface ITaskFactory
{
    /// <summary>Makes the task that is to run a coroutine.</summary>
    /// <param name="loop">The loop that asks.</param>
    /// <param name="coroutine">What the task is to run.</param>
    /// <param name="options">What <c>CreateTask</c> was given.</param>
    /// <returns>A task; usually <see cref="TaskFactories.Default"/> makes it.</returns>
    AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, TaskOptions options);
}

/// <summary>The factories that Tulip has.</summary>
/// <remarks><threadsafety>Any thread; the factories are called on their loop's.</threadsafety></remarks>
public static class TaskFactories
{
    /// <summary>What a loop does without a factory of its own: a task begins in the next pass.</summary>
    public static ITaskFactory Default { get; } = new Factory(eager: false);

    /// <summary>A task's first step runs before <c>CreateTask</c> returns (<c>eager_task_factory</c>).</summary>
    /// <remarks>A coroutine that ends without suspending never enters the ready queue. The order of events changes:
    /// code that relies on a task beginning later breaks.</remarks>
    public static ITaskFactory Eager { get; } = new Factory(eager: true);

    /// <summary>Makes and starts a task as the loop itself does, without a generic call through an interface.</summary>
    internal static AsyncTask<T> Make<T>(EventLoop loop, Coroutine<T> coroutine, in TaskOptions options, bool eager)
    {
        loop.CheckCanSchedule();
        if (coroutine.Frame is null)
            throw new ArgumentException("A default Coroutine is not a call of anything.", nameof(coroutine));

        var root = coroutine.Frame.CanBeRoot ? coroutine : Sleep(coroutine);
        root.Frame!.Claim(root.Token);
        var task = new AsyncTask<T>(loop, root.Frame, options);
        task.Start(loop, (options.EagerStart ?? eager) && loop.IsRunning);
        return task;
    }

    // A leaf has no frame of its own that a task could run. The name is the one that messages show.
    private static async Coroutine<T> Sleep<T>(Coroutine<T> leaf) => await leaf;

    private sealed class Factory(bool eager) : ITaskFactory
    {
        public AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, TaskOptions options)
        {
            ArgumentNullException.ThrowIfNull(loop);
            return Make(loop, coroutine, options, eager);
        }
    }
}
