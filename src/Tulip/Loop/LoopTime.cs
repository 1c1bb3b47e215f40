namespace Tulip;

/// <summary>Seconds and time spans to the loop's nanoseconds, with the checks that every public entry makes.</summary>
internal static class LoopTime
{
    public const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerTick = 100;

    /// <summary>Far enough for "never" and near enough that adding it to a clock cannot overflow: 100 years.</summary>
    private const long Longest = 100L * 365 * 24 * 3600 * NanosecondsPerSecond;

    /// <summary>A delay; a negative one becomes 0, which means "at once". However short a positive one is, time passes: who
    /// sleeps until some moment, again and again as clocks and rounding have it, gets there.</summary>
    public static long FromSeconds(double seconds, string parameter)
    {
        if (double.IsNaN(seconds))
            throw new ArgumentException("Invalid delay: NaN (not a number).", parameter);

        if (seconds <= 0)
            return 0;

        var nanoseconds = Math.Round(seconds * NanosecondsPerSecond);
        return nanoseconds < 1 ? 1 : nanoseconds >= Longest ? Longest : (long)nanoseconds;
    }

    /// <summary>A delay; a negative one becomes 0, <see cref="Timeout.InfiniteTimeSpan"/> is refused.</summary>
    public static long FromTimeSpan(TimeSpan delay, string parameter)
    {
        if (delay == Timeout.InfiniteTimeSpan)
            throw new ArgumentException("An infinite delay never ends; await a future instead.", parameter);

        return delay <= TimeSpan.Zero ? 0 : delay.Ticks >= Longest / NanosecondsPerTick ? Longest : delay.Ticks * NanosecondsPerTick;
    }

    public static double ToSeconds(long nanoseconds) => nanoseconds / (double)NanosecondsPerSecond;
}
