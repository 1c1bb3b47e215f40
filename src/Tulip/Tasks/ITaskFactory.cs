namespace Tulip;

/// <summary>Makes a loop's tasks in place of the loop (<c>set_task_factory</c>).</summary>
/// <remarks><threadsafety>Called on the loop's thread.</threadsafety></remarks>
public interface ITaskFactory
{
    /// <summary>Makes the task that is to run a coroutine.</summary>
    /// <param name="loop">The loop that asks.</param>
    /// <param name="coroutine">What the task is to run.</param>
    /// <param name="name">The name asked for, or null.</param>
    /// <returns>A task; usually <see cref="DefaultTaskFactory.Create"/> makes it.</returns>
    AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, string? name);
}

/// <summary>What a loop does without a factory of its own: a task that begins in the next pass.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public sealed class DefaultTaskFactory : ITaskFactory
{
    /// <summary>The one instance: it has no state.</summary>
    public static DefaultTaskFactory Instance { get; } = new();

    private DefaultTaskFactory()
    {
    }

    /// <inheritdoc/>
    public AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, string? name)
    {
        ArgumentNullException.ThrowIfNull(loop);
        loop.CheckCanSchedule();
        if (coroutine.Frame is null)
            throw new ArgumentException("A default Coroutine is not a call of anything.", nameof(coroutine));

        var root = coroutine.Frame.CanBeRoot ? coroutine : Sleep(coroutine);
        root.Frame!.Claim(root.Token);
        return new AsyncTask<T>(loop, root.Frame, name, Context.CopyForChild(Context.Current));
    }

    // A leaf has no frame of its own that a task could run. The name is the one that messages show.
    private static async Coroutine<T> Sleep<T>(Coroutine<T> leaf) => await leaf;
}
