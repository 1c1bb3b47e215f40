// HostedEventLoop: a loop on a thread that belongs to somebody else.
// Thread: Pass is the host's; Post is anybody's.
//   1. At most one post is outstanding. A pass that leaves something to do posts the next one: the host's own work comes in between.
//   2. With nothing to do nothing is posted. Somebody else's thread waits for I/O, a timer for deadlines, and posts are their own.
//   3. Passes are not nested: while a callback of the loop lets the host pump, the loop stands still until that callback returns.
//   4. Between passes no loop runs on the thread: the host's code is not the loop's.
//   5. It ends once: stopped, disposed of, crashed or because the host is gone; then what was started has failed or was cancelled.
namespace Tulip;

/// <summary>Runs an event loop on the thread of a host, such as a user interface or a game: trio's guest mode.</summary>
/// <remarks>
/// <para>The host need only be able to have a callback called on its thread (<see cref="ILoopHost"/>). The loop's tasks run on that
/// thread and may touch what belongs to it. Neither waits for the other: the loop makes a pass when the host calls, and another
/// thread waits for input and output meanwhile.</para>
/// <code>
/// using var hosted = new HostedEventLoop(new SynchronizationContextHost(SynchronizationContext.Current!));
/// button.Click += async (_, _) =&gt; label.Text = await hosted.Run(() =&gt; Download(url));
/// </code>
/// <para>The host owns the end: it awaits <see cref="Stop"/> while it still calls, or calls <see cref="Dispose"/> when it no longer
/// does. In code of the host, outside the loop's tasks, the loop may be used by its thread-safe members only, as from another thread.</para>
/// <threadsafety>Any thread, but for <see cref="Dispose"/>.</threadsafety>
/// </remarks>
public sealed class HostedEventLoop : IDisposable
{
    private readonly ILoopHost _host;
    private readonly HostedLoopOptions _options;
    private readonly HostedJobs _jobs = new();
    private readonly HostedTimer _timer;
    private readonly ReadinessWatch? _watch;
    private readonly Action _pass;
    private readonly ContextCallback _runInFlow;
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _budget;
    private Thread? _thread;
    private HostedStep _step;
    private Task? _stopping;
    private int _posted;
    private int _posting;
    private int _over;
    private bool _inPass;
    private bool _closes;

    /// <summary>A loop that runs when the host calls it. On the host's thread, or before the host runs.</summary>
    /// <param name="host">The host.</param>
    /// <param name="options">How to make the loop; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The loop's engine can be waited for on its own thread only.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time of the options is not more than zero.</exception>
    public HostedEventLoop(ILoopHost host, HostedLoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _options = options ?? new HostedLoopOptions();
        if (!(_options.SecondsPerPost > 0) || !(_options.GraceSeconds >= 0))
            throw new ArgumentOutOfRangeException(nameof(options), "The time of a post is more than 0 seconds, the time of grace not less.");
        _budget = LoopTime.FromSeconds(_options.SecondsPerPost, nameof(options));
        _pass = Pass;
        _runInFlow = static self => ((HostedEventLoop)self!).RunStep();

        Loop = (_options.LoopFactory ?? NewLoop)() ?? throw new InvalidOperationException("The loop factory gave no loop.");
        if (_options.ExceptionHandler is { } handler)
            Loop.ExceptionHandler = handler;
        _timer = new HostedTimer(host, _options.TimeProvider ?? TimeProvider.System, Post, Pass);
        try
        {
            _watch = ReadinessWatch.For(Loop, Post, exception => Crash("The host's loop could not be waited for", exception));
            Loop.BeginHosting(Post);
        }
        catch
        {
            Loop.Close();
            throw;
        }
    }

    /// <summary>The loop. From the host's own code and from other threads only its thread-safe members may be used.</summary>
    public EventLoop Loop { get; }

    /// <summary>Ends when the loop has ended, in whatever way; it does not fail.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs a coroutine as a task of the loop, on the host's thread.</summary>
    /// <param name="main">Called in a pass of the loop; it sees a copy of the caller's <see cref="ContextVar{T}"/>s and its
    /// <see cref="AsyncLocal{T}"/>s.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>A .NET task with the outcome. Awaited in the host's own code it goes on there. It fails with <see cref="HostGoneException"/>
    /// if the host goes, and is cancelled if the loop is closed.</returns>
    /// <exception cref="InvalidOperationException">The loop has ended, or is being stopped.</exception>
    public Task<T> Run<T>(Func<Coroutine<T>> main, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        if (Volatile.Read(ref _stopping) is not null)
            throw new InvalidOperationException("The loop is being stopped.");
        return _jobs.Start(Loop, new GroupJob<T>(main, cancellationToken));
    }

    /// <inheritdoc cref="Run{T}(Func{Coroutine{T}}, CancellationToken)"/>
    public Task Run(Func<Coroutine> main, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Run<Unit>(() => main(), cancellationToken);
    }

    /// <summary>Cancels the loop's tasks, waits until they have ended while the host goes on, and closes the loop. Any thread.</summary>
    /// <returns>The same as <see cref="Ended"/>. The host has to call the loop until then: do not block its thread for it.</returns>
    public Task Stop()
    {
        if (Volatile.Read(ref _over) == 0 && Interlocked.CompareExchange(ref _stopping, _ended.Task, null) is null)
        {
            try
            {
                Loop.CallSoonThreadsafe(() => Loop.CreateTask(EndTasks()));
            }
            catch (InvalidOperationException)
            {
                // It has been closed meanwhile.
            }
        }

        return _ended.Task;
    }

    /// <summary>Ends the loop now: cancels its tasks, runs them to their end on the calling thread without the host, and closes
    /// the loop. Does nothing the second time.</summary>
    /// <remarks>A task whose cleaning up needs the host cannot end: after <see cref="HostedLoopOptions.GraceSeconds"/> it is
    /// reported to the exception handler, and given up.</remarks>
    /// <exception cref="InvalidOperationException">Called by code of the loop, which cannot wait for itself, or on another thread
    /// than the host's while the host lives.</exception>
    public void Dispose()
    {
        if (_inPass)
            throw new InvalidOperationException("The loop's own code cannot wait for its end: call Stop.");
        if (_thread is not null && _thread != Thread.CurrentThread && !_ended.Task.IsCompleted)
            throw new InvalidOperationException("The loop belongs to the host's thread: dispose of it there, or call Stop.");

        Leave();
        if (!Loop.IsClosed)
            HostedEnding.Run(Loop, _options.GraceSeconds);
        _jobs.Cancel();
        _ended.TrySetResult();
    }

    /// <inheritdoc/>
    public override string ToString() => $"<HostedEventLoop {(Volatile.Read(ref _over) != 0 ? "ended" : "running")} {Loop}>";

    private EventLoop NewLoop() => new(_options.TimeProvider is { } time ? new TimeProviderClock(time) : null);

    private async Coroutine EndTasks()
    {
        await LoopEnding.Run("a host", []);
        await Loop.ShutdownDefaultExecutor();
        _closes = true;
    }

    private void Post()
    {
        if (Volatile.Read(ref _over) != 0 || Interlocked.Exchange(ref _posted, 1) != 0)
            return;

        Volatile.Write(ref _posting, Environment.CurrentManagedThreadId);
        try
        {
            _host.Post(_pass);
        }
        catch (Exception exception)
        {
            Crash("The host of the loop is gone", new HostGoneException($"The host does not take posts any more: {exception.Message}", exception));
        }
        finally
        {
            Volatile.Write(ref _posting, 0);
        }
    }

    private void Pass()
    {
        if (Volatile.Read(ref _over) != 0 || !IsInItsPlace())
            return;

        Interlocked.Exchange(ref _posted, 0);
        if (_inPass)
            return;

        _inPass = true;
        try
        {
            if (_flow is null)
                RunStep();
            else
                ExecutionContext.Run(_flow, _runInFlow, this);
        }
        catch (KeyboardInterruptException)
        {
            // The host's to answer; the loop goes on.
            Post();
            throw;
        }
        catch (Exception exception)
        {
            Crash("The loop of a host has crashed", exception);
            return;
        }
        finally
        {
            _inPass = false;
        }

        GoOn();
    }

    private void RunStep() => _step = Loop.RunHosted(_budget);

    private bool IsInItsPlace()
    {
        _thread ??= Thread.CurrentThread;
        if (_thread == Thread.CurrentThread && Volatile.Read(ref _posting) != Environment.CurrentManagedThreadId)
            return true;

        Crash("The host of the loop breaks its promises", new HostGoneException(_thread == Thread.CurrentThread
            ? "The host calls back before Post returns. It has to call later."
            : "The host calls on several threads. It has to have one."));
        return false;
    }

    private void GoOn()
    {
        if (_closes)
        {
            Leave();
            Loop.Close();
            _jobs.Cancel();
            _ended.TrySetResult();
        }
        else if (_step.IsStopped)
        {
            Crash("The loop of a host was stopped", new InvalidOperationException("Event loop stopped before its tasks were done."));
        }
        else if (_step.GoesOn)
        {
            Post();
        }
        else
        {
            if (_step.WaitsForIo)
                _watch?.Arm();
            _timer.Set(_step.When, Loop.Clock);
        }
    }

    /// <summary>The loop cannot go on: who waits for it is told, and nothing more is posted. It is closed by Dispose.</summary>
    private void Crash(string message, Exception exception)
    {
        if (Interlocked.Exchange(ref _over, 1) != 0)
            return;

        Loop.CallExceptionHandler(new LoopErrorContext(message) { Exception = exception });
        _jobs.Fail(exception);
        _ended.TrySetResult();
    }

    /// <summary>Gives the loop up as it is: it can be run in other ways.</summary>
    internal void Detach()
    {
        Leave();
        _jobs.Cancel();
        _ended.TrySetResult();
    }

    private void Leave()
    {
        Interlocked.Exchange(ref _over, 1);
        _timer.Dispose();
        _watch?.Dispose();
        if (Loop.IsRunning)
            Loop.EndHosting();
    }
}
