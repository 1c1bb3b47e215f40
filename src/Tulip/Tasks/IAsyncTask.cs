namespace Tulip;

/// <summary>What all tasks share, whatever their result: see <see cref="AsyncTask{T}"/>.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public interface IAsyncTask : IAwaitable
{
    /// <summary>The task's name: <c>Task-N</c> unless one was given (<c>get_name</c>, <c>set_name</c>).</summary>
    string Name { get; set; }

    /// <summary>The loop that runs it (<c>get_loop</c>).</summary>
    EventLoop Loop { get; }

    /// <summary>Whether it has ended (<c>done</c>).</summary>
    bool Done { get; }

    /// <summary>Whether it ended by cancellation (<c>cancelled</c>).</summary>
    bool Cancelled { get; }

    /// <summary>How many requests to cancel are not taken back (<c>cancelling</c>).</summary>
    int Cancelling { get; }

    /// <summary>The context that it runs in, itself and no copy (<c>get_context</c>): what is set there, the task sees.</summary>
    Context Context { get; }

    /// <inheritdoc cref="AsyncTask{T}.Cancel"/>
    bool Cancel(string? message = null);

    /// <inheritdoc cref="AsyncTask{T}.Uncancel"/>
    int Uncancel();

    /// <inheritdoc cref="Future.Exception"/>
    Exception? Exception();

    /// <inheritdoc cref="Future.AddDoneCallback"/>
    void AddDoneCallback(Action<Future> callback);

    /// <inheritdoc cref="Future.RemoveDoneCallback"/>
    int RemoveDoneCallback(Action<Future> callback);

    /// <inheritdoc cref="Future.AsTask"/>
    Task AsTask();

    /// <summary>The order of creation in its loop; the number in the default name.</summary>
    internal int Id { get; }

    /// <summary>The place in the loop's table of living tasks.</summary>
    internal int Slot { get; set; }

    /// <summary>What the task waits for, for messages; null while it can run.</summary>
    internal object? WaitsFor { get; }

    /// <summary>While it is not done: the innermost frame if it is suspended; while it runs, a frame from which
    /// <see cref="CoroutineFrame.RunningFrom"/> finds the one that runs. Null once it is done.</summary>
    internal CoroutineFrame? Frame { get; }

    /// <summary>Cancels what the task waits for, without counting it as a request to cancel the task; what follows is
    /// the scope's affair. False if the task does not wait, or will go on with a result in any case.</summary>
    internal bool CancelWait(string message);

    /// <summary>The scope that cancelled a wait is left: what it has not delivered yet is dropped.</summary>
    internal void DropScopeCancel();

    /// <summary>The outermost coroutine, for messages.</summary>
    internal string DescribeCoroutine();

    internal CancellationToken AmbientToken { get; }

    internal TaskExtras Extras { get; }
}
