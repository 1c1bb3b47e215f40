// Runner: a loop from its making to its orderly end.
//   The end: cancel what is left and wait for it; shut the default executor down; close the loop.
using System.Runtime.InteropServices;

namespace Tulip;

/// <summary>Runs coroutines, one after the other, on a loop of its own, and ends that loop in order (<c>asyncio.Runner</c>).</summary>
/// <remarks>
/// <c>using var runner = new Runner();</c> then <see cref="Run{T}(Coroutine{T}, Context?)"/> as often as wanted. Variables
/// (<see cref="ContextVar{T}"/>) begin as those of the code that made the runner; what one run sets, the next sees.
/// <threadsafety>One thread: the one that makes it runs it.</threadsafety>
/// </remarks>
public sealed class Runner : IDisposable
{
    /// <summary>How long the end waits for blocking functions in the default executor, in seconds: asyncio's five minutes.</summary>
    private const double ExecutorShutdownSeconds = 300;

    private readonly Func<EventLoop>? _loopFactory;
    private readonly bool? _debug;
    private EventLoop? _loop;
    private Context? _context;
    private bool _closed;

    /// <summary>A runner; its loop is made when it is first needed.</summary>
    /// <param name="loopFactory">Makes the loop; null for <c>NewEventLoop</c>. The loop then also is the thread's current one.</param>
    /// <param name="debug">Whether the loop is in debug mode (<see cref="EventLoop.Debug"/>); null for the loop's own choice.</param>
    public Runner(Func<EventLoop>? loopFactory = null, bool? debug = null)
    {
        _loopFactory = loopFactory;
        _debug = debug;
    }

    /// <summary>The loop, made if it was not yet (<c>get_loop</c>).</summary>
    /// <exception cref="InvalidOperationException">The runner is closed.</exception>
    public EventLoop GetLoop()
    {
        if (_closed)
            throw new InvalidOperationException("The runner is closed.");
        if (_loop is not null)
            return _loop;

        if (_loopFactory is null)
        {
            _loop = Aio.NewEventLoop();
            Aio.SetEventLoop(_loop);
        }
        else
        {
            _loop = _loopFactory() ?? throw new InvalidOperationException("The loop factory gave no loop.");
        }

        if (_debug is { } debug)
            _loop.Debug = debug;
        _context = Context.CopyCurrent();
        return _loop;
    }

    /// <summary>Runs a coroutine as a task until it is done (<c>run</c>).</summary>
    /// <remarks>On the program's main thread the first Ctrl-C cancels the task; if it unwinds,
    /// <see cref="KeyboardInterruptException"/> is thrown, if it catches the cancel and returns, its result is given. A
    /// second Ctrl-C ends the process at once.</remarks>
    /// <param name="coroutine">A coroutine that has not been awaited.</param>
    /// <param name="context">The context to run in, shared; null for the runner's own, which all its runs share.</param>
    /// <exception cref="InvalidOperationException">A loop is running on this thread, or the runner is closed.</exception>
    /// <exception cref="KeyboardInterruptException">Ctrl-C was pressed.</exception>
    public T Run<T>(Coroutine<T> coroutine, Context? context = null)
    {
        if (CurrentLoop.Running is not null)
            throw new InvalidOperationException("Runner.Run cannot be called from a running event loop: await the coroutine there.");

        var loop = GetLoop();
        var task = loop.CreateTask(coroutine, context: context ?? _context);
        using var interrupt = Interrupt.Watch(loop, task);
        try
        {
            return loop.RunUntilComplete(task);
        }
        catch (CancelledException) when (interrupt is { Pressed: true } && task.Uncancel() == 0)
        {
            throw new KeyboardInterruptException();
        }
    }

    /// <inheritdoc cref="Run{T}(Coroutine{T}, Context?)"/>
    public void Run(Coroutine coroutine, Context? context = null) => Run((Coroutine<Unit>)coroutine, context);

    /// <summary>Cancels the tasks that are left and waits for them, waits for the default executor, closes the loop
    /// (<c>close</c>). Does nothing the second time.</summary>
    public void Close()
    {
        if (_closed)
            return;

        _closed = true;
        if (_loop is not { } loop)
            return;

        try
        {
            CancelAllTasks(loop);
            loop.RunUntilComplete(loop.ShutdownDefaultExecutor(ExecutorShutdownSeconds));
        }
        catch (DeadlockException deadlock)
        {
            loop.CallExceptionHandler(new LoopErrorContext("Tasks did not end when they were cancelled at the end of the run") { Exception = deadlock });
        }
        finally
        {
            if (_loopFactory is null)
                Aio.SetEventLoop(null);
            loop.Close();
        }
    }

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    private static void CancelAllTasks(EventLoop loop)
    {
        var tasks = Aio.AllTasks(loop);
        if (tasks.Count == 0)
            return;

        foreach (var task in tasks)
            task.Cancel();

        loop.RunUntilComplete(GatheringFuture<Unit>.Start(loop, [.. tasks], settles: true, _ => default));
        foreach (var task in tasks)
        {
            if (!task.Cancelled && task.Exception() is { } exception)
            {
                loop.CallExceptionHandler(new LoopErrorContext("Unhandled exception during Aio.Run shutdown")
                {
                    Exception = exception,
                    Task = task,
                });
            }
        }
    }

    /// <summary>Ctrl-C, while a task runs on the main thread.</summary>
    private sealed class Interrupt : IDisposable
    {
        private const int MainThreadId = 1;

        private readonly EventLoop _loop;
        private readonly IAsyncTask _task;
        private readonly PosixSignalRegistration _registration;
        private int _presses;

        private Interrupt(EventLoop loop, IAsyncTask task)
        {
            _loop = loop;
            _task = task;
            _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        }

        public bool Pressed => Volatile.Read(ref _presses) > 0;

        public static Interrupt? Watch(EventLoop loop, IAsyncTask task)
        {
            if (Environment.CurrentManagedThreadId != MainThreadId)
                return null;

            try
            {
                return new Interrupt(loop, task);
            }
            catch (PlatformNotSupportedException)
            {
                return null;
            }
        }

        public void Dispose() => _registration.Dispose();

        private void OnSignal(PosixSignalContext context)
        {
            if (SignalHandlers.Answers(_loop, context))
                return;

            // The second time the signal keeps its usual effect: the program may be stuck in a callback.
            if (Interlocked.Increment(ref _presses) == 1)
                context.Cancel = _loop.TryPost((Action)(() => _task.Cancel()));
        }
    }
}
