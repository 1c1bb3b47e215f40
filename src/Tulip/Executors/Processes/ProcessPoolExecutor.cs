// ProcessPoolExecutor: worker processes, each served by a thread of its own, and the queue before them.
// Thread: any.  Guarded by _gate: the queue, the slots, the flags, and a job's place and slot.
//   1. A slot is made only when a job comes and none is idle, up to MaxWorkers; its process only when it has a job.
//      A slot is idle from the end of a job on, before anybody hears of that end: who then submits gets this one.
//   2. A job is in the queue, or in one slot, or ended; whoever takes it out of the queue ends it, once.
//   3. After Shutdown the slots run what is queued, then end their processes. Their threads never keep the program alive,
//      and the processes do not outlive it.
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Tulip;

/// <summary>An executor with up to a fixed number of worker processes (<c>concurrent.futures.ProcessPoolExecutor</c>).</summary>
/// <remarks>
/// <para>A worker is this program once more, without its <c>Main</c>: it only calls the functions that it is sent. A function is
/// a static method, or a lambda that captures nothing; its arguments and its result travel as JSON. Workers share no
/// memory with the program. What they print appears where the program's output does; their standard input is empty.</para>
/// <para>An exception arrives with its own type, if that has a constructor with a message and an inner exception, and the
/// <see cref="WorkerException"/> inside says what happened there; else it is that <see cref="WorkerException"/>. If a
/// worker dies, its job fails with a <see cref="BrokenWorkerException"/>, the others do not notice, and the next job gets
/// a new worker.</para>
/// <para>It works in programs started by their own file (a single file too) or with <c>dotnet</c>, not in programs that
/// were trimmed or compiled ahead of time. Module initializers run in the workers.</para>
/// <threadsafety>Any thread.</threadsafety></remarks>
[RequiresUnreferencedCode(NeedsReflection)]
[RequiresDynamicCode(NeedsReflection)]
public sealed class ProcessPoolExecutor : IExecutor
{
    internal const string NeedsReflection = "Workers find functions by reflection, in a program that is started once more and compiled as it runs.";

    private static int s_lastNumber;

    private readonly object _gate = new();
    private readonly LinkedList<PoolJob> _queue = new();
    private readonly List<(WorkerSlot Slot, Thread Thread)> _slots = [];
    private readonly PoolCalls _calls;
    private readonly string _name = $"ProcessPoolExecutor-{Interlocked.Increment(ref s_lastNumber) - 1}";
    private int _idle;
    private bool _shutDown;

    /// <summary>An executor whose workers are started as jobs come.</summary>
    /// <param name="maxWorkers">The greatest number of processes, at least 1; null for the number of processors.</param>
    /// <param name="options">What the workers are like; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkers"/> or <see cref="ProcessPoolOptions.MaxJobsPerWorker"/>
    /// is less than 1.</exception>
    /// <exception cref="ArgumentException">A function among the options cannot run in a worker.</exception>
    /// <exception cref="PlatformNotSupportedException">This program cannot have workers; the text says why.</exception>
    public ProcessPoolExecutor(int? maxWorkers = null, ProcessPoolOptions? options = null)
    {
        Options = options ?? new ProcessPoolOptions();
        if (maxWorkers is < 1)
            throw new ArgumentOutOfRangeException(nameof(maxWorkers), maxWorkers, "At least one worker is needed.");
        if (Options.MaxJobsPerWorker is < 1)
            throw new ArgumentOutOfRangeException(nameof(options), Options.MaxJobsPerWorker, "A worker runs at least one job.");

        WorkerStart.CheckSupported();
        MaxWorkers = maxWorkers ?? Environment.ProcessorCount;
        _calls = new PoolCalls(Options);
        Setup = PoolCalls.Setup(Options);
    }

    /// <summary>The greatest number of workers.</summary>
    public int MaxWorkers { get; }

    /// <summary>The process ids of the workers that there are now; some may have died unnoticed.</summary>
    public IReadOnlyList<int> WorkerProcessIds
    {
        get
        {
            lock (_gate)
                return [.. _slots.Select(static pair => pair.Slot.ProcessId).OfType<int>()];
        }
    }

    internal ProcessPoolOptions Options { get; }

    /// <summary>The first frame for each worker.</summary>
    internal ReadOnlyMemory<byte> Setup { get; }

    /// <summary>Whether the workers were killed on purpose.</summary>
    internal bool Killed { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The function cannot run in another process; the text says why.</exception>
    public Task<T> Submit<T>(Func<T> function, CancellationToken cancellationToken = default)
        => Submit(ExecutorCall.Of(function), cancellationToken);

    /// <inheritdoc/>
    public Task<T> Submit<T>(ExecutorCall<T> call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var job = _calls.Job(call, cancellationToken);
        Enqueue(job);
        return job.Task;
    }

    /// <summary>Has the function called for every item and gives the results in the items' order (<c>map</c>).</summary>
    /// <param name="function">A static method, or a lambda that captures nothing.</param>
    /// <param name="items">The items; all are sent at the call.</param>
    /// <param name="chunkSize">How many items make one job (<c>chunksize</c>), at least 1: many small calls are cheaper in chunks.</param>
    /// <returns>A sequence that blocks the thread enumerating it until the next result is there, and throws the
    /// exception of the first chunk that failed when it comes to it.</returns>
    /// <exception cref="ArgumentException">The function or an item cannot be sent to another process.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkSize"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
    public IEnumerable<TResult> Map<TItem, TResult>(Func<TItem, TResult> function, IEnumerable<TItem> items, int chunkSize = 1)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSize, 1);
        var jobs = items.Chunk(chunkSize).Select(chunk => _calls.Each(function, chunk)).ToArray();
        foreach (var job in jobs)
            Enqueue(job);
        return jobs.SelectMany(static job => job.Task.GetAwaiter().GetResult());
    }

    /// <inheritdoc/>
    public void Shutdown(bool wait = true, bool cancelPending = false)
    {
        lock (_gate)
        {
            _shutDown = true;
            Monitor.PulseAll(_gate);
        }

        if (cancelPending)
            CancelPending();
        if (wait)
            Join();
    }

    /// <summary>Ends the workers at once (<c>kill_workers</c>): the jobs that run fail with a <see cref="BrokenWorkerException"/>,
    /// those that have not started are cancelled, and no more are accepted. Waits until the processes are gone.</summary>
    public void KillWorkers()
    {
        lock (_gate)
        {
            Killed = true;
            _shutDown = true;
            foreach (var (slot, _) in _slots)
                slot.Kill();
            Monitor.PulseAll(_gate);
        }

        CancelPending();
        Join();
    }

    /// <summary>Shuts down and waits for the jobs and for the workers' end (Python's <c>with</c>).</summary>
    public void Dispose() => Shutdown();

    /// <summary>The next job for a slot, when there is one; null if it is to end.</summary>
    internal PoolJob? Next(WorkerSlot slot)
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_shutDown)
                    return null;
                Monitor.Wait(_gate);
            }

            _idle--;
            var job = _queue.First!.Value;
            _queue.RemoveFirst();
            job.Place = null;
            job.Slot = slot;
            return job;
        }
    }

    /// <summary>The job is no longer in its slot.</summary>
    /// <returns>Whether its worker was killed because it was cancelled.</returns>
    internal bool End(PoolJob job)
    {
        lock (_gate)
        {
            job.Slot = null;
            _idle++;
            return job.TakenBack;
        }
    }

    /// <summary>Whether the worker of a job that is in a slot was to be killed for it.</summary>
    internal bool IsTakenBack(PoolJob job)
    {
        lock (_gate)
            return job.TakenBack;
    }

    private void Enqueue(PoolJob job)
    {
        job.Registration = job.CancellationToken.UnsafeRegister(static (state, _) => ((Action)state!)(), (Action)(() => TakeBack(job)));
        var takenBack = false;
        var refused = false;
        lock (_gate)
        {
            refused = _shutDown;
            takenBack = job.TakenBack;
            if (!refused && !takenBack)
            {
                job.Place = _queue.AddLast(job);
                if (_idle >= _queue.Count || _slots.Count == MaxWorkers)
                    Monitor.Pulse(_gate);
                else
                    StartSlot();
            }
        }

        if (takenBack || refused)
            job.Cancel();
        if (refused)
            throw new InvalidOperationException("Cannot submit a job: the executor was shut down.");
    }

    private void TakeBack(PoolJob job)
    {
        bool wasQueued;
        lock (_gate)
        {
            wasQueued = job.Place is not null;
            if (job.Place is { } place)
                _queue.Remove(place);
            job.Place = null;

            // Neither queued nor running: not yet, or no more; End and Enqueue look at this.
            if (job.Slot is null)
            {
                job.TakenBack = true;
            }
            else if (Options.KillOnCancel)
            {
                job.TakenBack = true;
                job.Slot.Kill();
            }
        }

        if (wasQueued)
            job.Cancel();
    }

    private void StartSlot()
    {
        var slot = new WorkerSlot(this);
        var thread = new Thread(slot.Work) { IsBackground = true, Name = $"{_name}_{_slots.Count}" };
        _slots.Add((slot, thread));
        _idle++;
        thread.UnsafeStart();
    }

    private void CancelPending()
    {
        PoolJob[] pending;
        lock (_gate)
        {
            pending = [.. _queue];
            _queue.Clear();
            foreach (var job in pending)
                job.Place = null;
        }

        foreach (var job in pending)
            job.Cancel();
    }

    private void Join()
    {
        Thread[] threads;
        lock (_gate)
            threads = [.. _slots.Select(static pair => pair.Thread)];
        foreach (var thread in threads)
            thread.Join();
    }
}
