namespace Tulip;

/// <summary>A queue has nothing to give (<c>asyncio.QueueEmpty</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class QueueEmptyException : Exception
{
    /// <summary>An exception with the usual message.</summary>
    public QueueEmptyException()
        : base("The queue is empty.")
    {
    }
}

/// <summary>A queue has no room (<c>asyncio.QueueFull</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class QueueFullException : Exception
{
    /// <summary>An exception with the usual message.</summary>
    public QueueFullException()
        : base("The queue is full.")
    {
    }
}

/// <summary>A queue was shut down (<c>asyncio.QueueShutDown</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class QueueShutDownException : Exception
{
    /// <summary>An exception with the usual message.</summary>
    public QueueShutDownException()
        : base("The queue was shut down.")
    {
    }
}
