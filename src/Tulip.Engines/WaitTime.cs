namespace Tulip.Engines;

/// <summary>Times to wait, for calls of the system that count in milliseconds. Thread: any.</summary>
internal static class WaitTime
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Never shorter than asked for; <see cref="Timeout.Infinite"/>, which is -1, for what is negative.</summary>
    public static int Milliseconds(long nanoseconds)
    {
        if (nanoseconds <= 0)
            return nanoseconds == 0 ? 0 : Timeout.Infinite;

        return (int)Math.Min((nanoseconds - 1) / NanosecondsPerMillisecond + 1, int.MaxValue);
    }
}
