namespace Tulip;

/// <summary>A .NET time provider's time.</summary>
internal sealed class TimeProviderClock(TimeProvider time) : LoopClock
{
    private readonly long _frequency = time.TimestampFrequency;

    public override long Now => (long)((Int128)time.GetTimestamp() * LoopTime.NanosecondsPerSecond / _frequency);
}
