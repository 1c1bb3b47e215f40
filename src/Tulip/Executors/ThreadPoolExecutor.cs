// ThreadPoolExecutor: threads of its own, so that jobs that block for long starve nobody else.
// Thread: any.  Guarded by _gate: the queue, the counts and the flag; jobs run outside it.
//   1. A thread is started only when a job comes and none is idle, up to MaxWorkers.
//   2. After Shutdown the threads run what is queued, then end. They never keep the process alive.
namespace Tulip;

/// <summary>An executor with up to a fixed number of threads (<c>concurrent.futures.ThreadPoolExecutor</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class ThreadPoolExecutor : IExecutor
{
    private static int s_lastNumber;

    private readonly object _gate = new();
    private readonly Queue<Job> _queue = new();
    private readonly List<Thread> _threads = [];
    private readonly string _namePrefix;
    private int _idle;
    private bool _shutDown;

    /// <summary>An executor whose threads are started as jobs come.</summary>
    /// <param name="maxWorkers">The greatest number of threads, at least 1; null for Python's rule: the number of
    /// processors plus four, at most 32.</param>
    /// <param name="namePrefix">The start of its threads' names; null for one made from a counter.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkers"/> is less than 1.</exception>
    public ThreadPoolExecutor(int? maxWorkers = null, string? namePrefix = null)
    {
        if (maxWorkers is < 1)
            throw new ArgumentOutOfRangeException(nameof(maxWorkers), maxWorkers, "At least one worker is needed.");

        MaxWorkers = maxWorkers ?? Math.Min(32, Environment.ProcessorCount + 4);
        _namePrefix = namePrefix ?? $"ThreadPoolExecutor-{Interlocked.Increment(ref s_lastNumber) - 1}";
    }

    /// <summary>The greatest number of threads.</summary>
    public int MaxWorkers { get; }

    /// <inheritdoc/>
    public Task<T> Submit<T>(Func<T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        var job = new Job<T>(function, cancellationToken);
        lock (_gate)
        {
            if (_shutDown)
                throw new InvalidOperationException("Cannot submit a job: the executor was shut down.");

            _queue.Enqueue(job);
            if (_idle >= _queue.Count || _threads.Count == MaxWorkers)
                Monitor.Pulse(_gate);
            else
                StartThread();
        }

        return job.Task;
    }

    /// <summary>Has the action run on one of the threads (<c>submit</c>).</summary>
    /// <inheritdoc cref="Submit{T}(Func{T}, CancellationToken)"/>
    public Task Submit(Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Submit(
            () =>
            {
                action();
                return true;
            },
            cancellationToken);
    }

    /// <summary>Starts the function for every item at once and gives the results in the items' order (<c>map</c>).</summary>
    /// <returns>A sequence that blocks the thread enumerating it until the next result is there, and throws the
    /// exception of the first function that failed when it comes to it.</returns>
    public IEnumerable<TResult> Map<TItem, TResult>(Func<TItem, TResult> function, IEnumerable<TItem> items)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(items);
        var jobs = items.Select(item => Submit(() => function(item))).ToArray();
        return jobs.Select(job => job.GetAwaiter().GetResult());
    }

    /// <inheritdoc/>
    public void Shutdown(bool wait = true, bool cancelPending = false)
    {
        Thread[] threads;
        var pending = new List<Job>();
        lock (_gate)
        {
            _shutDown = true;
            if (cancelPending)
            {
                pending.AddRange(_queue);
                _queue.Clear();
            }

            threads = [.. _threads];
            Monitor.PulseAll(_gate);
        }

        foreach (var job in pending)
            job.Abandon();
        if (wait)
            Join(threads, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Shuts down and waits for the jobs (Python's <c>with</c>).</summary>
    public void Dispose() => Shutdown();

    /// <summary>Waits until all threads have ended after a shutdown; false if the time was up before.</summary>
    internal bool Join(TimeSpan timeout)
    {
        Thread[] threads;
        lock (_gate)
            threads = [.. _threads];
        return Join(threads, timeout);
    }

    private static bool Join(Thread[] threads, TimeSpan timeout)
    {
        var infinite = timeout == Timeout.InfiniteTimeSpan;
        var deadline = MonotonicClock.Instance.Now + (infinite ? 0 : LoopTime.FromTimeSpan(timeout, nameof(timeout)));
        foreach (var thread in threads)
        {
            // A job may shut its own executor down.
            if (thread == Thread.CurrentThread)
                continue;
            var left = Math.Max(0, deadline - MonotonicClock.Instance.Now);
            if (!thread.Join(infinite ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(LoopTime.ToSeconds(left))))
                return false;
        }

        return true;
    }

    private void StartThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = $"{_namePrefix}_{_threads.Count}" };
        _threads.Add(thread);

        // Each job brings its own context: a thread must not keep that of the first one's caller.
        thread.UnsafeStart();
    }

    private void Work()
    {
        while (Next() is { } job)
            job.Run();
    }

    private Job? Next()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_shutDown)
                    return null;
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            return _queue.Dequeue();
        }
    }

    private abstract class Job
    {
        public abstract void Run();

        public abstract void Abandon();
    }

    private sealed class Job<T>(Func<T> function, CancellationToken cancellationToken) : Job
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ExecutionContext? _flow = ExecutionContext.Capture();

        public Task<T> Task => _completion.Task;

        public override void Run()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _completion.TrySetCanceled(cancellationToken);
                return;
            }

            if (_flow is null)
                RunFunction();
            else
                ExecutionContext.Run(_flow, static job => ((Job<T>)job!).RunFunction(), this);
        }

        public override void Abandon() => _completion.TrySetCanceled(cancellationToken);

        private void RunFunction()
        {
            try
            {
                _completion.TrySetResult(function());
            }
            catch (Exception exception)
            {
                _completion.TrySetException(exception);
            }
        }
    }
}
