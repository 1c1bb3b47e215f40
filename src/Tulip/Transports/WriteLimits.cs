namespace Tulip;

/// <summary>How much may wait to leave before the protocol is told to pause, and down to what before it is told to resume. Thread: the loop's.</summary>
internal struct WriteLimits()
{
    private const int DefaultHigh = 64 * 1024;

    public int High { get; private set; } = DefaultHigh;

    public int Low { get; private set; } = DefaultHigh / 4;

    /// <summary>Sets both, each from the other if it is not given.</summary>
    public void Set(int? high, int? low)
    {
        var newHigh = high ?? (int)Math.Min(4L * (low ?? (DefaultHigh / 4)), int.MaxValue);
        var newLow = low ?? newHigh / 4;
        if (newLow < 0 || newHigh < newLow)
            throw new ArgumentException($"The high mark ({newHigh}) must be at least the low mark ({newLow}), and that at least 0.", nameof(high));

        (Low, High) = (newLow, newHigh);
    }
}
