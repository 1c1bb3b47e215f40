namespace Tulip;

/// <summary>A loop's default executor: made when first needed, refused after its shutdown.</summary>
internal sealed class ExecutorSlot
{
    private bool _shutDown;

    /// <summary>The executor set or made so far.</summary>
    public ThreadPoolExecutor? Default { get; private set; }

    public void Set(ThreadPoolExecutor executor) => Default = executor;

    public ThreadPoolExecutor GetOrCreate()
    {
        if (_shutDown)
            throw new InvalidOperationException("Executor shutdown has been called.");

        return Default ??= new ThreadPoolExecutor();
    }

    /// <summary>No more jobs from now on; the executor to wait for, if there is one.</summary>
    public ThreadPoolExecutor? BeginShutdown()
    {
        _shutDown = true;
        return Default;
    }
}
