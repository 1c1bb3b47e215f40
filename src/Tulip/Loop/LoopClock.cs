using System.Diagnostics;

namespace Tulip;

/// <summary>Where a loop reads the time: <see cref="MonotonicClock"/> outside tests, <see cref="VirtualClock"/> in them.</summary>
/// <remarks>Time is an integer number of nanoseconds from an arbitrary start, so that deadlines add up exactly.
/// <threadsafety>Any thread may read; a clock that is moved belongs to one loop.</threadsafety></remarks>
public abstract class LoopClock
{
    private protected LoopClock()
    {
    }

    /// <summary>Now, in nanoseconds from an arbitrary start. Never goes back.</summary>
    public abstract long Now { get; }
}

/// <summary>The machine's monotonic clock.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class MonotonicClock : LoopClock
{
    private static readonly bool s_ticksAreNanoseconds = Stopwatch.Frequency == LoopTime.NanosecondsPerSecond;

    /// <summary>The one instance: a clock without state.</summary>
    public static MonotonicClock Instance { get; } = new();

    private MonotonicClock()
    {
    }

    /// <inheritdoc/>
    public override long Now
    {
        get
        {
            var ticks = Stopwatch.GetTimestamp();
            return s_ticksAreNanoseconds
                ? ticks
                : (long)((Int128)ticks * LoopTime.NanosecondsPerSecond / Stopwatch.Frequency);
        }
    }
}
