// EventLoop: one thread's queue of things to do.
//   1. A pass: wait until something can run; append what I/O completed, then what is due, then what other threads
//      posted, to the ready queue; run exactly the entries there are then. What they make ready waits for the next pass.
//   2. Only the inbox and the engine's wake are touched by other threads.
//   3. The loop knows callbacks and LoopItems. Futures and tasks are a layer above it and add their members to it.
// See docs/architecture.md, "A pass of the loop".
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Tulip.Engines;

namespace Tulip;

/// <summary>An event loop: it runs callbacks, timers and tasks on one thread, one at a time (asyncio's <c>AbstractEventLoop</c>).</summary>
/// <remarks>
/// <para>Most programs never make one: <c>Aio.Run</c> does. Make one to run it in a thread of your own.</para>
/// <threadsafety>Loop thread only, or any one thread while the loop does not run; <see cref="CallSoonThreadsafe(Action)"/>
/// may be called from any thread.</threadsafety>
/// </remarks>
public sealed partial class EventLoop : IDisposable
{
    private readonly Inbox _inbox;
    private readonly ReadyQueue _ready = new();
    private readonly LoopSynchronizationContext _synchronizationContext;

    private ExceptionDispatchInfo? _fatal;
    private bool _stopping;
    private volatile bool _closed;

    /// <summary>A loop that has not run yet.</summary>
    /// <param name="clock">Where it reads the time; <see cref="MonotonicClock"/> if null.</param>
    /// <param name="engine">What it waits in, owned by the loop from now on; the machine's best if null.</param>
    /// <exception cref="ArgumentException">A simulated engine without a <see cref="VirtualClock"/>.</exception>
    public EventLoop(LoopClock? clock = null, IIoEngine? engine = null)
    {
        Clock = clock ?? MonotonicClock.Instance;
        if (engine is ISimulatedTime && Clock is not VirtualClock)
            throw new ArgumentException("A simulated engine needs a VirtualClock: its network has no other time.", nameof(clock));
        Io = new LoopIo(engine ?? EngineSelector.Create());
        _inbox = new Inbox(Io.Engine);
        Idle = new IdleWait(Clock, Timers, _inbox, Io);
        _synchronizationContext = new LoopSynchronizationContext(this);
        Debug = DebugMode.IsDefault;
        LoopEventSource.Log.EngineChosen(EngineName);
    }

    /// <summary>In debug mode, reports a loop that nobody closed.</summary>
    ~EventLoop() => DebugMode.ReportUnclosed(this);

    /// <summary>The clock given at construction.</summary>
    public LoopClock Clock { get; }

    /// <summary>The engine's name, such as <c>portable</c>.</summary>
    public string EngineName => Io.Engine.Name;

    /// <summary>The loop's time in seconds, from an arbitrary start (<c>loop.time()</c>). Any thread.</summary>
    public double Time => LoopTime.ToSeconds(Clock.Now);

    /// <summary>Whether the loop is running (<c>is_running</c>).</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether <see cref="Close"/> was called (<c>is_closed</c>). Any thread.</summary>
    public bool IsClosed => _closed;

    /// <summary>How many passes the loop has made. A loop with nothing to do makes none.</summary>
    public long Passes { get; private set; }

    /// <summary>Posting to it from any thread reaches the loop. .NET code on the loop captures it, or one that also knows the task.</summary>
    public SynchronizationContext SynchronizationContext => _synchronizationContext;

    /// <summary>Called instead of <see cref="DefaultExceptionHandler"/> for errors that nobody awaits; null for the default
    /// (<c>set_exception_handler</c>). It may be called on another thread when the loop no longer runs.</summary>
    public Action<EventLoop, LoopErrorContext>? ExceptionHandler { get; set; }

    /// <summary>Whether mistakes that cost something to watch for are reported to the exception handler (<c>set_debug</c>):
    /// coroutines that nobody awaits, with the place of their call, a loop that is never closed, and callbacks and steps that hold the loop for
    /// <see cref="SlowCallbackDuration"/>. On from the start if the environment variable <c>TULIP_DEBUG</c> is 1.</summary>
    public bool Debug
    {
        get;
        set
        {
            if (field != value)
                DebugMode.Count(value);
            field = value;
        }
    }

    /// <summary>In debug mode, how long one callback or step may hold the loop, in seconds of its clock (<c>slow_callback_duration</c>);
    /// 0.1 at first. On a <see cref="VirtualClock"/> code takes no time.</summary>
    public double SlowCallbackDuration { get; set; } = 0.1;

    /// <summary>The loop running on the calling thread, or null.</summary>
    internal static EventLoop? RunningOrNull => CurrentLoop.Running;

    internal TimerHeap Timers { get; } = new();

    /// <summary>The item whose code is running: a task, or null in callbacks.</summary>
    internal LoopItem? CurrentTask { get; set; }

    /// <summary>The context (of <see cref="ContextVar{T}"/>) of the running code; null stands for an empty one.</summary>
    internal Context? CurrentContext { get; set; }

    /// <summary>The execution context that code has unless it brought its own. A field, for it is a mutable struct.</summary>
    internal LoopFlow Flow = new();

    /// <summary>What the task layer keeps here.</summary>
    internal LoopExtension? Extension { get; set; }

    /// <summary>What the task layer's child of a foreign method ended with, while that method continues.</summary>
    internal LoopItem? ForeignOutcome { get; set; }

    /// <summary>What the loop waits for when nothing is ready.</summary>
    internal IdleWait Idle { get; }

    internal ExecutorSlot Executors { get; } = new();

    /// <summary>The engine, and what is to be sent at the end of the pass.</summary>
    internal LoopIo Io { get; }

    /// <summary>Runs a callback in the next pass (<c>call_soon</c>). Callbacks run in the order in which they were given.</summary>
    /// <remarks>The callback sees a copy of the caller's <see cref="ContextVar{T}"/>s and its <see cref="AsyncLocal{T}"/>s.
    /// An exception in it goes to the loop's exception handler.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed, or runs on another thread.</exception>
    public Handle CallSoon(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var runsHere = ReferenceEquals(CurrentLoop.Running, this);
        if (!runsHere)
            CheckCanSchedule();

        var context = Context.CopyForChild(runsHere ? CurrentContext : Context.Current);
        var flow = runsHere ? Flow.CaptureRunning() : Flow.Capture();
        if (context is null && flow is null)
            return new Handle(this, _ready.Enqueue(callback));

        var item = new CallbackItem(callback, context, flow);
        _ready.Enqueue(item);
        return new Handle(item);
    }

    /// <summary>Not for coroutines: make a task of it.</summary>
    [Obsolete("An async lambda given to CallSoon would never run as a coroutine. Use CreateTask or StartSoon.", error: true)]
    public Handle CallSoon<TTask>(Func<TTask> callback)
        where TTask : Task
        => throw new ArgumentException("Coroutines cannot be used with CallSoon.", nameof(callback));

    /// <summary>Runs a callback in the next pass, from any thread (<c>call_soon_threadsafe</c>).</summary>
    /// <exception cref="InvalidOperationException">The loop is closed. A callback that is posted while another thread
    /// closes the loop may be dropped.</exception>
    public Handle CallSoonThreadsafe(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return CallSoonThreadsafe(callback, ifClosed: null);
    }

    /// <summary>The same; <paramref name="ifClosed"/> is called instead, on any thread, if the loop is closed before the callback's turn.</summary>
    internal Handle CallSoonThreadsafe(Action callback, Action? ifClosed)
    {
        CheckNotClosed();
        var item = new CallbackItem(callback, Context.CopyForChild(Context.Current), ExecutionContext.Capture(), ifClosed);

        // On the loop's own thread too it keeps its place among what CallSoon was given.
        if (!TryPost(item))
            item.Abandon();
        return new Handle(item);
    }

    /// <summary>Runs a callback after a delay (<c>call_later</c>). Callbacks due at the same time run in the order of the calls.</summary>
    /// <param name="delay">Seconds; zero or less means in the next pass.</param>
    /// <param name="callback">What to run.</param>
    /// <exception cref="ArgumentException">The delay is NaN.</exception>
    /// <exception cref="InvalidOperationException">The loop is closed, or runs on another thread.</exception>
    public TimerHandle CallLater(double delay, Action callback)
        => AddTimer(LoopTime.FromSeconds(delay, nameof(delay)), callback);

    /// <inheritdoc cref="CallLater(double, Action)"/>
    public TimerHandle CallLater(TimeSpan delay, Action callback)
        => AddTimer(LoopTime.FromTimeSpan(delay, nameof(delay)), callback);

    /// <summary>Runs a callback at a time of the loop's clock (<c>call_at</c>).</summary>
    /// <param name="when">Seconds, compared with <see cref="Time"/>; a time in the past means in the next pass.</param>
    /// <param name="callback">What to run.</param>
    /// <exception cref="ArgumentException">The time is NaN.</exception>
    /// <exception cref="InvalidOperationException">The loop is closed, or runs on another thread.</exception>
    public TimerHandle CallAt(double when, Action callback)
        => CallAtNanoseconds(LoopTime.FromSeconds(when, nameof(when)), callback);

    /// <summary>Runs until <see cref="Stop"/> is called (<c>run_forever</c>).</summary>
    /// <exception cref="InvalidOperationException">The loop is closed or running already, or another loop runs on this thread.</exception>
    /// <exception cref="DeadlockException">The loop has a <see cref="VirtualClock"/> and can never go on.</exception>
    public void RunForever()
    {
        CheckCanRun();
        var outerContext = SynchronizationContext.Current;
        IsRunning = true;
        CurrentLoop.Running = this;
        Flow.Renew();
        SynchronizationContext.SetSynchronizationContext(_synchronizationContext);
        try
        {
            do
            {
                RunPass();
            }
            while (!_stopping);
        }
        finally
        {
            // What was written leaves; a flush alone may leave it in the engine.
            Io.Flush();
            if (Io.IsBusy)
                Io.Wait(0);
            SynchronizationContext.SetSynchronizationContext(outerContext);
            CurrentLoop.Running = null;
            CurrentContext = null;
            IsRunning = false;
            _stopping = false;
            _fatal = null;
        }
    }

    /// <summary>Ends <see cref="RunForever"/> after the pass that is being run; called before, it makes one pass (<c>stop</c>).</summary>
    public void Stop()
    {
        CheckThread();
        _stopping = true;
    }

    /// <summary>Drops what is still scheduled and releases the engine; a closed loop cannot run again (<c>close</c>).</summary>
    /// <remarks>Closing twice is harmless. Tasks that are still pending are reported to the exception handler.</remarks>
    /// <exception cref="InvalidOperationException">The loop is running.</exception>
    public void Close()
    {
        if (IsRunning)
            throw new InvalidOperationException("Cannot close a running event loop.");
        if (_closed)
            return;

        Extension?.Close();
        _closed = true;
        GC.SuppressFinalize(this);
        Debug = false;
        Timers.Clear();
        _ready.Abandon();

        // Whoever posts sees that it is closed, or its item is seen here.
        Interlocked.MemoryBarrier();
        _inbox.Abandon();
        Executors.Default?.Shutdown(wait: false);
        Io.Close();
    }

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <summary>Reports an error that nobody awaits (<c>call_exception_handler</c>).</summary>
    /// <remarks>Never throws: a handler that fails is reported too, by the default handler. Any thread.</remarks>
    public void CallExceptionHandler(LoopErrorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ErrorReport.Deliver(this, ExceptionHandler, context);
    }

    /// <summary>Writes the report to the standard error stream (<c>default_exception_handler</c>). Any thread.</summary>
    public void DefaultExceptionHandler(LoopErrorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ErrorReport.Write(context);
    }

    /// <inheritdoc/>
    public override string ToString() => $"<EventLoop running={IsRunning} closed={IsClosed} engine={EngineName}>";

    internal void Enqueue(object item) => _ready.Enqueue(item);

    /// <summary>Puts an item in the ready queue, from any thread; false if the loop is closed. If it is closed before the item's
    /// turn, <see cref="LoopItem.Abandon"/> is called.</summary>
    internal bool TryPost(object item)
    {
        if (ReferenceEquals(CurrentLoop.Running, this))
        {
            _ready.Enqueue(item);
            return true;
        }

        if (_closed)
            return false;

        _inbox.Post(item);
        if (_closed)
            _inbox.Abandon();
        return true;
    }

    internal bool CancelReady(long sequence)
    {
        CheckThread();
        return _ready.Cancel(sequence);
    }

    internal bool IsReadyCancelled(long sequence) => _ready.IsCancelled(sequence);

    /// <summary>Ends the run as soon as the running item returns, and throws the exception out of it.</summary>
    internal void Abort(Exception exception) => _fatal ??= ExceptionDispatchInfo.Capture(exception);

    internal void CheckNotClosed()
    {
        if (_closed)
            throw new InvalidOperationException("The event loop is closed.");
    }

    internal void CheckThread()
    {
        if (IsRunning && !ReferenceEquals(CurrentLoop.Running, this))
        {
            throw new InvalidOperationException(
                "The event loop runs on another thread. From here only CallSoonThreadsafe, RunCoroutineThreadsafe and AsTask are allowed.");
        }
    }

    internal void CheckCanSchedule()
    {
        CheckNotClosed();
        CheckThread();
    }

    internal void CheckCanRun()
    {
        CheckNotClosed();
        if (IsRunning)
            throw new InvalidOperationException("This event loop is already running.");
        if (CurrentLoop.Running is not null)
            throw new InvalidOperationException("Cannot run the event loop while another loop is running on this thread.");
    }

    private TimerHandle AddTimer(long delay, Action callback) => CallAtNanoseconds(Clock.Now + delay, callback);

    internal TimerHandle CallAtNanoseconds(long when, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckCanSchedule();
        var timer = new TimerHandle(this, callback, when, Context.CopyForChild(Context.Current), Flow.Capture());
        Timers.Add(when, timer);
        return timer;
    }
}
