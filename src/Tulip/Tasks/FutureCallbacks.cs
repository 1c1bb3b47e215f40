using System.Runtime.ExceptionServices;

namespace Tulip;

/// <summary>What a future puts in the ready queue when it is done: the news of one future for one receiver.</summary>
internal abstract class FutureCallback(Future source) : LoopItem
{
    public Future Source { get; } = source;

    /// <summary>On whose behalf it wants to know: a task, or a future that is done because of this one; null if nobody
    /// waits. Only call graphs ask.</summary>
    public virtual Future? Waiter => null;

    internal sealed override void Run(EventLoop loop) => OnDone(Source);

    protected abstract void OnDone(Future source);
}

/// <summary>The receiver of callbacks that asks on behalf of something else.</summary>
internal interface IRelay
{
    /// <inheritdoc cref="FutureCallback.Waiter"/>
    Future? Waiter { get; }
}

/// <summary>The callback of one of Tulip's own functions, which needs no context.</summary>
internal sealed class InternalCallback(Future source, Action<Future> callback) : FutureCallback(source)
{
    public override Future? Waiter => (callback.Target as IRelay)?.Waiter;

    protected override void OnDone(Future source) => callback(source);
}

/// <summary>The same, where it is known at once who waits.</summary>
internal sealed class RelayCallback(Future source, Future? waiter, Action<Future> callback) : FutureCallback(source)
{
    public override Future? Waiter => waiter;

    protected override void OnDone(Future source) => callback(source);
}

/// <summary>Ends a .NET task, which any thread may await, as the future ended. If the loop is closed first it is cancelled.</summary>
/// <param name="source">The future.</param>
/// <param name="completion">The task.</param>
/// <param name="before">Called just before.</param>
internal sealed class ExportCallback<T>(Future<T> source, TaskCompletionSource<T> completion, Action? before = null) : FutureCallback(source)
{
    internal override void Abandon()
    {
        if (Source.Done)
        {
            OnDone(Source);
            return;
        }

        before?.Invoke();
        FutureTasks.Cancel(completion);
    }

    protected override void OnDone(Future source)
    {
        before?.Invoke();
        FutureTasks.Copy((Future<T>)source, completion);
    }
}

/// <summary>A user's callback.</summary>
internal sealed class DoneCallback(Future source, Action<Future> callback, Context? context, ExecutionContext? flow)
    : FutureCallback(source)
{
    public Action<Future> Callback { get; } = callback;

    protected override void OnDone(Future source)
    {
        if (context is null && flow is null)
        {
            Callback(source);
            source.Loop.CurrentContext = null;
            source.Loop.Flow.Restore();
        }
        else
        {
            CallbackItem.Invoke(source.Loop, () => Callback(source), context, flow);
        }
    }
}

/// <summary>Two callbacks or more, in the order in which they were added.</summary>
internal sealed class CallbackList
{
    private readonly List<LoopItem> _items;

    public CallbackList(LoopItem first, LoopItem second) => _items = [first, second];

    public int Count => _items.Count;

    public IReadOnlyList<LoopItem> Items => _items;

    public void Add(LoopItem item) => _items.Add(item);

    public int Remove(Predicate<LoopItem> match) => _items.RemoveAll(match);

    public void EnqueueAll(EventLoop loop)
    {
        foreach (var item in _items)
            loop.Enqueue(item);
    }

    public void AbandonAll()
    {
        foreach (var item in _items)
            item.Abandon();
    }
}

/// <summary>The exception of a failed future. If nobody ever asks for it, it is reported when it is collected, or when
/// the loop closes, whichever is first.</summary>
internal sealed class FailureRecord
{
    private readonly Future _owner;
    private readonly ExceptionDispatchInfo _failure;
    private int _seen;

    public FailureRecord(Future owner, ExceptionDispatchInfo failure)
    {
        _owner = owner;
        _failure = failure;
        CancelMessage = owner.CancelMessage;
    }

    ~FailureRecord() => ReportIfUnseen();

    public Exception Exception => _failure.SourceException;

    public ExceptionDispatchInfo Info => _failure;

    public bool Seen => Volatile.Read(ref _seen) != 0;

    /// <summary>The message of a cancel that came before the failure: cancelling a gathering of the future shows it.</summary>
    public string? CancelMessage { get; }

    public void MarkRetrieved()
    {
        if (_seen == 0 && Interlocked.Exchange(ref _seen, 1) == 0)
            GC.SuppressFinalize(this);
    }

    [System.Diagnostics.StackTraceHidden]
    public void Throw() => _failure.Throw();

    public void ReportIfUnseen()
    {
        if (Interlocked.Exchange(ref _seen, 1) != 0)
            return;

        var context = new LoopErrorContext($"{(_owner is IAsyncTask ? "Task" : "Future")} exception was never retrieved")
        {
            Exception = Exception,
            Future = _owner,
        };

        // On the finalizer thread while the loop runs, the loop's own thread is the one to tell its handler, if it still comes to that.
        var loop = _owner.Loop;
        if (ReferenceEquals(EventLoop.RunningOrNull, loop) || !loop.IsRunning || !loop.TryPost(new CallbackItem(Tell, null, null, Tell)))
            Tell();

        void Tell() => loop.CallExceptionHandler(context);
    }
}
