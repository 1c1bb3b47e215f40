namespace Tulip;

/// <summary>How a <see cref="HostedEventLoop"/> is made.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record HostedLoopOptions
{
    /// <summary>Makes the loop; null for the usual one. Its engine must be one that another thread can wait for, as epoll, io_uring and
    /// portable are, or a simulated one.</summary>
    public Func<EventLoop>? LoopFactory { get; init; }

    /// <summary>Whose time the usual loop has, and whose timers wake it if the host has none; null for the machine's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>How long the loop runs each time the host calls it before it lets the host go on, in seconds; 0.005 at first. A
    /// callback is never interrupted, so that one that takes longer takes longer.</summary>
    public double SecondsPerPost { get; init; } = 0.005;

    /// <summary>Called for errors that nobody awaits, and when the host is gone; null for what the loop has, the standard error stream at first.</summary>
    public Action<EventLoop, LoopErrorContext>? ExceptionHandler { get; init; }

    /// <summary>How long <see cref="HostedEventLoop.Dispose"/> blocks for tasks that do not end although they were cancelled, in seconds; 5 at first.</summary>
    public double GraceSeconds { get; init; } = 5;
}

/// <summary>The host of a <see cref="HostedEventLoop"/> no longer takes posts, or breaks its promises: the loop cannot go on.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class HostGoneException : Exception
{
    internal HostGoneException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
