namespace Tulip;

/// <summary>What few tasks need, kept apart so that a million others stay small.</summary>
internal sealed class TaskExtras
{
    private CancellationTokenSource? _source;
    private CancellationToken _previous;
    private List<Future>? _foreignChildren;

    /// <summary>The context the task's code runs in; null stands for an empty one.</summary>
    public Context? Context { get; set; }

    /// <summary>Requests to cancel that are not taken back.</summary>
    public int CancelRequests { get; set; }

    /// <summary>The innermost scope that the task's code is in.</summary>
    public CancelScope? Scope { get; set; }

    /// <summary>The name given, if one was.</summary>
    public string? Name { get; set; }

    /// <summary>What .NET calls when an awaited task of its own is done; made once for the task.</summary>
    public Action? Continuation { get; set; }

    /// <summary>What .NET's awaiters capture in methods that the task's coroutines call; made when first needed.</summary>
    public TaskSynchronizationContext? SynchronizationContext { get; set; }

    /// <summary>1 while the task waits for <see cref="Continuation"/>: a second call is ignored.</summary>
    public int ContinuationArmed;

    /// <summary>What of .NET's is awaited now: a task, the source of a value task, or null if it cannot be told.</summary>
    public object? AwaitedSource { get; set; }

    /// <summary>The .NET task awaited now; null if what is awaited is not a task.</summary>
    public Task? Awaited => AwaitedSource as Task;

    /// <summary>The token of the present episode: it is cancelled by the task's next <c>Cancel</c>.</summary>
    public CancellationToken Token => (_source ??= new CancellationTokenSource()).Token;

    /// <summary>A cancel was asked for: the token's callbacks run by the ready queue, not inside <c>Cancel</c>.</summary>
    public void CancelToken(EventLoop loop)
    {
        if (_source is { IsCancellationRequested: false } source && source.Token != _previous)
        {
            _previous = source.Token;
            loop.Enqueue((Action)source.Cancel);
        }
    }

    /// <summary>The cancel has been delivered: what follows, such as cleaning up, gets a token of its own.</summary>
    public void EndEpisode()
    {
        if (_source is not null && _source.Token == _previous)
            _source = null;
    }

    /// <summary>Whether an exception is the answer of something that was given the token of a cancelled episode.</summary>
    public bool IsAnswerToCancel(OperationCanceledException exception)
        => exception.CancellationToken.CanBeCanceled && exception.CancellationToken == _previous;

    public void AddForeignChild(Future child) => (_foreignChildren ??= []).Add(child);

    public void RemoveForeignChild(Future child) => _foreignChildren?.Remove(child);

    public void CancelForeignChildren(string? message)
    {
        if (_foreignChildren is null)
            return;
        foreach (var child in _foreignChildren.ToArray())
            child.Cancel(message);
    }
}
