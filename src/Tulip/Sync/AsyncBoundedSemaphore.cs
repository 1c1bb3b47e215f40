namespace Tulip;

/// <summary>A semaphore that refuses to be released more often than it was acquired (<c>asyncio.BoundedSemaphore</c>).</summary>
/// <remarks><threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety></remarks>
public sealed class AsyncBoundedSemaphore : AsyncSemaphore
{
    private readonly int _bound;

    /// <summary>A semaphore with free permits.</summary>
    /// <param name="value">How many, now and at the most; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public AsyncBoundedSemaphore(int value = 1)
        : base(value)
        => _bound = value;

    /// <inheritdoc/>
    /// <exception cref="SemaphoreFullException">All permits are free already (asyncio's ValueError).</exception>
    public override void Release()
    {
        if (Value >= _bound)
            throw new SemaphoreFullException("AsyncBoundedSemaphore released too many times.");
        base.Release();
    }
}
