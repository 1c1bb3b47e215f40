namespace Tulip.Redis;

/// <summary>What becomes of a message when its reader is so slow that no more are kept.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public enum WhenFull
{
    /// <summary>The oldest one that waits is dropped: the reader sees the latest. <see cref="RedisSubscription.Dropped"/> counts them.</summary>
    DropOldest,

    /// <summary>The one that came is dropped. <see cref="RedisSubscription.Dropped"/> counts them.</summary>
    DropNewest,

    /// <summary>The subscription ends: its reader gets what waits, and then <see cref="RedisOverflowException"/>. For readers that must
    /// know when they have missed something.</summary>
    End,
}

/// <summary>How much a subscription keeps for its reader.</summary>
/// <remarks>Reading from the server is never held back: one slow reader would hold up all others, and the server would
/// close the connection when its own buffer is full.
/// <threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record SubscriptionOptions
{
    /// <summary>How many messages may wait; at least 1, 1,024 at first.</summary>
    public int Capacity
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Capacity), value, "It must be at least 1.");
    } = 1024;

    /// <summary>What then; <see cref="WhenFull.DropOldest"/> at first.</summary>
    public WhenFull WhenFull { get; init; }
}

/// <summary>A subscription's reader was too slow, and its options say that this ends it.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed class RedisOverflowException : Exception
{
    internal RedisOverflowException(int capacity)
        : base($"The reader of the subscription was too slow: more than {capacity} messages waited. It has ended; messages were missed.")
    {
    }
}
