// TaskGroup: tasks that live no longer than the block that starts them.
// Thread: the loop's.
//   1. The block ends when its body and all tasks have ended, in whatever way.
//   2. The first failure, of the body or a task, cancels the others (abort); no task can be added from then on.
//   3. The group cancels its parent only to interrupt the body, at most once, and takes that request back at the end.
namespace Tulip;

/// <summary>Runs tasks that end before the block that starts them does (<c>asyncio.TaskGroup</c>).</summary>
/// <remarks>
/// <c>await TaskGroup.Run(async group =&gt; { group.StartSoon(A()); group.StartSoon(B()); });</c> waits for both. If one
/// fails, the others and the body are cancelled, and an <see cref="AggregateException"/> with all failures is thrown.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class TaskGroup
{
    private readonly EventLoop _loop;
    private readonly IAsyncTask _parent;
    private readonly CancelScope? _scope;
    // In the order of their creation, which is the order in which they are cancelled.
    private readonly LinkedList<Future> _tasks = [];
    private readonly List<Exception> _errors = [];
    private KeyboardInterruptException? _interrupt;
    private Future<Unit>? _allDone;
    private bool _exiting;
    private bool _aborting;
    private bool _parentCancelRequested;
    private bool _endedEarly;

    private TaskGroup()
    {
        _loop = Aio.GetRunningLoop();
        _parent = Aio.CurrentTask() ?? throw new InvalidOperationException("A task group must be used inside a task.");
        _scope = _parent.Extras.Scope;
    }

    /// <summary>Runs a body in the current task, and waits for it and for all tasks that it, or they, start in the group.</summary>
    /// <param name="body">What to run.</param>
    /// <exception cref="AggregateException">The body or tasks failed: all failures, in the order in which they came.</exception>
    /// <exception cref="CancelledException">The current task was cancelled from outside, and nothing failed.</exception>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static Coroutine<T> Run<T>(Func<TaskGroup, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunBody(body);
    }

    /// <inheritdoc cref="Run{T}(Func{TaskGroup, Coroutine{T}})"/>
    public static Coroutine Run(Func<TaskGroup, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var run = Run<Unit>(group => body(group));
        return new Coroutine(run.Frame, run.Token);
    }

    /// <summary>Starts a task of the group (<c>create_task</c>).</summary>
    /// <param name="coroutine">A coroutine that has not been awaited.</param>
    /// <param name="name">A name for messages; null for <c>Task-N</c>.</param>
    /// <param name="context">The context to run in, shared; null for a copy of the caller's.</param>
    /// <exception cref="InvalidOperationException">The group is shutting down after a failure, or is finished.</exception>
    public AsyncTask<T> CreateTask<T>(Coroutine<T> coroutine, string? name = null, Context? context = null)
    {
        CheckOpen();
        return Add(_loop.CreateTask(coroutine, name, context), OnTaskDone);
    }

    /// <inheritdoc cref="CreateTask{T}(Coroutine{T}, string?, Context?)"/>
    public AsyncTask<Unit> CreateTask(Coroutine coroutine, string? name = null, Context? context = null)
        => CreateTask((Coroutine<Unit>)coroutine, name, context);

    /// <summary>Starts a task of the group that nobody awaits but the group (trio's <c>start_soon</c>): <see cref="CreateTask(Coroutine, string?, Context?)"/>
    /// without the compiler's warning that its result is not awaited.</summary>
    /// <exception cref="InvalidOperationException">The group is shutting down after a failure, or is finished.</exception>
    public void StartSoon(Coroutine coroutine, string? name = null) => _ = CreateTask(coroutine, name);

    /// <summary>Starts a task of the group and waits until it says that it is ready (trio's <c>nursery.start</c>).</summary>
    /// <remarks>If it fails before that, the exception is thrown here and the group does not fail. If the caller is
    /// cancelled, so is the task, and its end is awaited.</remarks>
    /// <param name="child">The coroutine; it is given what to call when it is ready.</param>
    /// <param name="name">A name for messages; null for <c>Task-N</c>.</param>
    /// <returns>The value that the task is ready with.</returns>
    /// <exception cref="InvalidOperationException">The group is shutting down or finished, or the task ended without being ready.</exception>
    public Coroutine<T> Start<T>(Func<StartSignal<T>, Coroutine> child, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(child);
        return Run(child, name);

        async Coroutine<T> Run(Func<StartSignal<T>, Coroutine> child, string? name)
        {
            CheckOpen();
            var ready = _loop.CreateFuture<T>();
            var task = Add(_loop.CreateTask((Coroutine<Unit>)child(new StartSignal<T>(ready)), name), (done, place) =>
            {
                if (ready.Done)
                    OnTaskDone(done, place);
                else
                    OnNeverReady(done, place, ready);
            });
            try
            {
                return await ready;
            }
            catch (CancelledException) when (!task.Done)
            {
                task.Cancel();
                using (CancelShield.Enter())
                    await Aio.Wait([task]);
                throw;
            }
        }
    }

    /// <summary>Ends the group early, without an exception: the body and the tasks are cancelled (<c>cancel</c>, Python 3.15).</summary>
    /// <remarks>Failures are thrown all the same. Does nothing once the group is finished.</remarks>
    public void Cancel()
    {
        _loop.CheckThread();
        if (_exiting && _tasks.Count == 0)
            return;

        _endedEarly |= !_aborting;
        if (!_aborting)
            Abort();
        if (!_parentCancelRequested)
        {
            _parentCancelRequested = true;
            _parent.Cancel();
        }
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<TaskGroup tasks={_tasks.Count} errors={_errors.Count}{(_aborting ? " cancelling" : _exiting ? " exiting" : " entered")}>";

    private void CheckOpen()
    {
        if (_exiting && _tasks.Count == 0)
            throw new InvalidOperationException($"{this} is finished.");
        if (_aborting)
            throw new InvalidOperationException($"{this} is shutting down.");
    }

    private AsyncTask<T> Add<T>(AsyncTask<T> task, Action<Future, LinkedListNode<Future>?> onDone)
    {
        if (task.Done)
        {
            onDone(task, null);
            return task;
        }

        task.AddCallback(new Member(task, this, _tasks.AddLast(task), onDone));
        _scope?.Adopt(task);

        // An eager task may have cancelled the group before it was in it.
        if (_aborting)
            task.Cancel();
        return task;
    }

    private static async Coroutine<T> RunBody<T>(Func<TaskGroup, Coroutine<T>> body)
    {
        var group = new TaskGroup();
        T result = default!;
        Exception? failure = null;
        try
        {
            result = await body(group);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await group.Exit(failure);
        return result;
    }

    private async Coroutine Exit(Exception? failure)
    {
        _exiting = true;
        _interrupt ??= failure as KeyboardInterruptException;
        var cancelled = failure as CancelledException;
        if (failure is not null && !_aborting)
            Abort();

        // More than once: the parent may be cancelled again while it waits.
        while (_tasks.Count > 0)
        {
            _allDone ??= _loop.CreateFuture<Unit>();
            try
            {
                // Once the tasks are cancelled, a cancelled scope has nothing more to interrupt here.
                if (_aborting)
                {
                    using (CancelShield.Enter())
                        await _allDone;
                }
                else
                {
                    await _allDone;
                }
            }
            catch (CancelledException exception)
            {
                // After Cancel too: whether it was that one's request or somebody else's, the count tells at the end.
                if (!_aborting || _endedEarly)
                    cancelled ??= exception;
                if (!_aborting)
                    Abort();
            }

            _allDone = null;
        }

        ThrowOutcome(failure, cancelled);
    }

    private void ThrowOutcome(Exception? failure, CancelledException? cancelled)
    {
        if (_interrupt is not null)
            throw _interrupt;

        if (_parentCancelRequested && _parent.Uncancel() == 0)
            cancelled = null;

        // Failures come before a cancel; without any, the cancel goes on.
        if (cancelled is not null && _errors.Count == 0 && failure is null or CancelledException)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cancelled);

        if (failure is not null and not CancelledException)
            _errors.Add(failure);
        if (_errors.Count == 0)
            return;

        // A cancel from outside that gives way to the failures is asked for again: the parent's next await throws it.
        if (_parent.Cancelling > 0)
        {
            _parent.Uncancel();
            _parent.Cancel();
        }

        throw new AggregateException("Unhandled errors in a TaskGroup", _errors);
    }

    private void Abort()
    {
        _aborting = true;
        foreach (var task in _tasks.ToArray())
        {
            if (!task.Done)
                task.Cancel();
        }
    }

    private void Leave(LinkedListNode<Future>? place)
    {
        if (place is not null)
            _tasks.Remove(place);
        if (_tasks.Count == 0 && _allDone is { Done: false } allDone)
            allDone.SetResult(default);
    }

    private void OnNeverReady<T>(Future task, LinkedListNode<Future>? place, Future<T> ready)
    {
        Leave(place);
        if (task.Cancelled)
            ready.Cancel();
        else
            ready.SetException(task.Exception() ?? new InvalidOperationException("The task ended without calling Started."));
    }

    /// <summary>The news of a task's end. It is the parent that waits for it, also while the body runs.</summary>
    private sealed class Member(Future task, TaskGroup group, LinkedListNode<Future> place, Action<Future, LinkedListNode<Future>?> onDone)
        : FutureCallback(task)
    {
        public override Future? Waiter => (Future)group._parent;

        protected override void OnDone(Future source) => onDone(source, place);
    }

    private void OnTaskDone(Future task, LinkedListNode<Future>? place)
    {
        Leave(place);
        if (task.Cancelled || task.Exception() is not { } exception)
            return;

        _errors.Add(exception);
        _interrupt ??= exception as KeyboardInterruptException;
        if (_parent.Done)
        {
            _loop.CallExceptionHandler(new LoopErrorContext($"{task} has errored out but its parent task {_parent} is already completed")
            {
                Exception = exception,
                Task = task,
            });
            return;
        }

        if (_aborting || _parentCancelRequested)
            return;

        Abort();
        _parentCancelRequested = true;
        _parent.Cancel();
    }
}
