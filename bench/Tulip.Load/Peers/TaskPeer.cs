namespace Tulip.Load.Peers;

/// <summary>A way to run .NET tasks.</summary>
internal abstract class TaskPeer
{
    /// <summary>Runs a round to its end, from outside.</summary>
    public abstract void Run(Func<Task> round);

    /// <summary>Starts a task that begins later, as its users would.</summary>
    public abstract Task Spawn(Func<Task> body);

    /// <summary>Has a callback run later, as its users would.</summary>
    public abstract void Post(SendOrPostCallback callback, object? state);
}

/// <summary>.NET's own way: the thread pool.</summary>
internal sealed class ThreadPoolPeer : TaskPeer
{
    public override void Run(Func<Task> round) => Task.Run(round).GetAwaiter().GetResult();

    public override Task Spawn(Func<Task> body) => Task.Run(body);

    public override void Post(SendOrPostCallback callback, object? state)
        => ThreadPool.UnsafeQueueUserWorkItem(static work => work.callback(work.state), (callback, state), preferLocal: true);
}
