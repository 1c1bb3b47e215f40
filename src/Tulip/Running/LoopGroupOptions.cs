namespace Tulip;

/// <summary>How a <see cref="LoopGroup"/> is made.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record LoopGroupOptions
{
    /// <summary>The start of the threads' names, and of the reports; null for <c>LoopGroup</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Makes each loop, called on the thread that is to run it; null for the usual one. A loop on a
    /// <see cref="VirtualClock"/> is refused.</summary>
    public Func<EventLoop>? LoopFactory { get; init; }

    /// <summary>Called for errors that nobody awaits, and when a loop crashes, on the thread of the loop concerned; null for what
    /// the loops have, the standard error stream at first.</summary>
    public Action<EventLoop, LoopErrorContext>? ExceptionHandler { get; init; }

    /// <summary>How long <see cref="LoopGroup.Dispose"/> and <see cref="LoopGroup.DisposeAsync"/> wait for what runs before they
    /// cancel it, in seconds; 5 at first.</summary>
    public double GraceSeconds { get; init; } = 5;
}
