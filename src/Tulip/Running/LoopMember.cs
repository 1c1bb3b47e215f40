// LoopMember: one loop of a group, on a thread of its own, from its making to its end.
// Thread: Run and what is in its regions are the loop's; the rest is anybody's.  Guarded by _gate: the jobs, the counts, the end.
//   1. What is submitted ends: as it ends, cancelled when the loop ends in order, or failed when it crashes.
//   2. The load is what the group knows to be unfinished here: jobs that were submitted, and connections.
//   3. A thread never ends with an exception: it would end the process.
using System.Diagnostics.CodeAnalysis;

namespace Tulip;

/// <summary>One of the loops of a <see cref="LoopGroup"/>.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class LoopMember
{
    private readonly LoopGroup _group;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly HashSet<GroupJob> _jobs = [];
    private readonly TaskCompletionSource _started = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Counter _connections;
    private readonly List<Server> _servers = [];
    private Future<Unit>? _end;
    private TaskCompletionSource? _idle;
    private EventLoop? _loop;
    private int _busy;
    private int _handlers;
    private bool _over;

    // The loop's: what comes now is not begun, for nobody would see to its end.
    private bool _closes;

    internal LoopMember(LoopGroup group, int index)
    {
        _group = group;
        Index = index;
        _connections = new Counter(this);
        _thread = new Thread(Run) { Name = $"{group.Name}-{index}", IsBackground = true };
    }

    /// <summary>Its place in the group, from 0.</summary>
    public int Index { get; }

    /// <summary>The loop. From other threads than its own only its thread-safe members may be used.</summary>
    public EventLoop Loop => _loop!;

    /// <summary>How much it has to do: how many of the jobs that were submitted to it are unfinished, and how many connections of
    /// the group's servers are open on it.</summary>
    public int Load => Volatile.Read(ref _busy);

    /// <summary>Whether the loop runs: it has neither crashed nor been stopped.</summary>
    public bool IsAlive => !_ended.Task.IsCompleted && !Volatile.Read(ref _over);

    /// <summary>Why the loop has crashed; null if it has not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Ends when the loop has been closed, whether it was stopped or has crashed; it does not fail.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The loop has crashed; it is not alive any more, nor yet closed. On its thread.</summary>
    internal event Action? Crashed;

    internal Task Started => _started.Task;

    internal IConnectionCount Connections => _connections;

    /// <summary>Runs a coroutine as a task of this loop.</summary>
    /// <param name="job">Called on the loop's thread; it sees a copy of the caller's <see cref="ContextVar{T}"/>s and its
    /// <see cref="AsyncLocal{T}"/>s.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>A .NET task with the outcome, which any thread may await.</returns>
    /// <exception cref="LoopCrashedException">The loop has crashed. If it does so later, the task fails with this.</exception>
    /// <exception cref="InvalidOperationException">The group is being stopped, and the call does not come from one of its loops.</exception>
    public Task<T> Submit<T>(Func<Coroutine<T>> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        _group.CheckTakesJobs();
        return Start(new GroupJob<T>(job, cancellationToken), counts: true);
    }

    /// <inheritdoc cref="Submit{T}(Func{Coroutine{T}}, CancellationToken)"/>
    public Task Submit(Func<Coroutine> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Submit<Unit>(() => job(), cancellationToken);
    }

    /// <inheritdoc/>
    public override string ToString() => $"<LoopMember {_thread.Name} {(Failure is not null ? "crashed" : IsAlive ? "running" : "ended")} load={Load}>";

    internal void StartThread() => _thread.Start();

    internal void Join() => _thread.Join();

    /// <summary>Runs something of the group's own on the loop; it is no load.</summary>
    internal Task<T> Call<T>(Func<Coroutine<T>> function) => Start(new GroupJob<T>(function, default), counts: false);

    /// <summary>Ends when there is no load: perhaps at once, perhaps only for a moment.</summary>
    internal Task WhenIdle()
    {
        lock (_gate)
            return _over || _busy + _handlers == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Ends the loop in order: what is left is cancelled.</summary>
    internal void End() => _loop?.TryPost((Action)(() =>
    {
        if (!_end!.Done)
            _end.SetResult(default);
    }));

    /// <summary>A server that is to be ended with the loop. On the loop's thread.</summary>
    internal void Add(Server server)
    {
        _servers.RemoveAll(static other => other.IsOver);
        _servers.Add(server);
    }

    /// <summary>The servers' handlers, each of which is waited for. On the loop's thread.</summary>
    internal Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> Counted(Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> handler)
    {
        return Handle;

        async Coroutine Handle(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            Change(handlers: 1);
            try
            {
                await handler(reader, writer);
            }
            finally
            {
                Change(handlers: -1);
            }
        }
    }

    private Task<T> Start<T>(GroupJob<T> job, bool counts)
    {
        lock (_gate)
        {
            if (_over)
                throw Gone();
            _jobs.Add(job);
        }

        if (counts)
            Change(busy: 1);
        try
        {
            Loop.CallSoonThreadsafe(() =>
            {
                if (!_closes)
                    job.Start(Loop, counts ? OnJobDone : OnCallDone);
            });
        }
        catch (InvalidOperationException)
        {
            // The loop is being closed: whoever does that fails the job, as it does one that came too late to be begun.
        }

        return job.Task;
    }

    private void OnJobDone(GroupJob job)
    {
        OnCallDone(job);
        Change(busy: -1);
    }

    private void OnCallDone(GroupJob job)
    {
        lock (_gate)
            _jobs.Remove(job);
    }

    private void Change(int busy = 0, int handlers = 0)
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            _busy += busy;
            _handlers += handlers;
            if (_busy + _handlers == 0)
                (idle, _idle) = (_idle, null);
        }

        idle?.SetResult();
    }

    private Exception Gone() => Failure is { } failure
        ? new LoopCrashedException($"The loop {Index} of {_group.Name} has crashed: {failure.Message}", failure)
        : new InvalidOperationException($"The loop {Index} of {_group.Name} has been stopped.");

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it is reported, and must not end the process.")]
    private void Run()
    {
        Runner runner;
        try
        {
            _loop = Make();
            runner = new Runner(() => _loop);
            _end = _loop.CreateFuture<Unit>();
        }
        catch (Exception exception)
        {
            lock (_gate)
                _over = true;
            _loop?.Close();
            _started.SetException(exception);
            _ended.SetResult();
            return;
        }

        _started.SetResult();
        try
        {
            runner.Run(Main());
        }
        catch (Exception exception)
        {
            OnCrashed(exception, runner);
        }

        _closes = true;
        Close(runner);
        foreach (var job in TakeJobs())
            job.Fail(Failure is null ? new CancelledException() : Gone());
        _ended.SetResult();
    }

    private EventLoop Make()
    {
        var loop = _group.Options.LoopFactory is { } factory ? factory() : Aio.NewEventLoop();
        if (loop is null)
            throw new InvalidOperationException("The loop factory gave no loop.");
        if (loop.Clock is VirtualClock)
        {
            loop.Close();
            throw new ArgumentException("A loop of a group cannot be on a VirtualClock: what other threads will send is nothing that it could wait for.");
        }

        if (_group.Options.ExceptionHandler is { } handler)
            loop.ExceptionHandler = handler;
        return loop;
    }

    private async Coroutine Main()
    {
        await _end!;
        await LoopEnding.Run(_group.Name, _servers);
    }

    private void OnCrashed(Exception exception, Runner runner)
    {
        lock (_gate)
        {
            _over = true;
            Failure = exception;
        }

        Loop.CallExceptionHandler(new LoopErrorContext(
            $"The loop {Index} of {_group.Name} has crashed; the other loops go on. Unfinished here: {Load} jobs and connections")
        {
            Exception = exception,
        });
        foreach (var job in TakeJobs())
            job.Fail(Gone());
        CloseServers();
        Crashed?.Invoke();

        // What its code has still to say: the peers are told, the tasks unwind. If the loop cannot run any more, so be it.
        try
        {
            runner.Run(LoopEnding.Run(_group.Name, _servers));
        }
        catch (Exception second)
        {
            Loop.CallExceptionHandler(new LoopErrorContext($"The loop {Index} of {_group.Name} could not end its tasks after its crash") { Exception = second });
        }
    }

    // Before another loop accepts in the place of this one: a client must not be taken by who cannot serve it.
    private void CloseServers()
    {
        try
        {
            foreach (var server in _servers)
                server.Close();
        }
        catch (Exception exception)
        {
            Loop.CallExceptionHandler(new LoopErrorContext($"The loop {Index} of {_group.Name} could not close its servers after its crash") { Exception = exception });
        }
    }

    private void Close(Runner runner)
    {
        try
        {
            runner.Close();
        }
        catch (Exception exception)
        {
            Loop.CallExceptionHandler(new LoopErrorContext($"The loop {Index} of {_group.Name} could not be closed in order") { Exception = exception });
        }
    }

    private List<GroupJob> TakeJobs()
    {
        TaskCompletionSource? idle;
        List<GroupJob> jobs;
        lock (_gate)
        {
            _over = true;
            jobs = [.. _jobs];
            _jobs.Clear();
            (idle, _idle) = (_idle, null);
        }

        idle?.SetResult();
        return jobs;
    }

    private sealed class Counter(LoopMember member) : IConnectionCount
    {
        public bool IsAlive => member.IsAlive;

        public void OnOpened() => member.Change(busy: 1);

        public void OnClosed() => member.Change(busy: -1);
    }
}
