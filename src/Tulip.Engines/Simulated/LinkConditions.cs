namespace Tulip.Engines;

/// <summary>How a simulated network carries bytes from one address to another.</summary>
/// <remarks><threadsafety>Any thread: immutable.</threadsafety></remarks>
public sealed record LinkConditions
{
    /// <summary>How long everything is under way; zero by default, and not negative.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Up to this much longer, at random; zero by default, and not negative.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How much goes through in a second; 0, the default, for no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>How likely a packet is lost, from 0 (the default) to less than 1. A stream sends it again: it comes later,
    /// and everything behind it too. A datagram does not come at all.</summary>
    public double Loss { get; init; }
}
