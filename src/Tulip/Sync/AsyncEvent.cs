namespace Tulip;

/// <summary>A flag that tasks wait for (<c>asyncio.Event</c>).</summary>
/// <remarks><threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety></remarks>
public sealed class AsyncEvent
{
    private readonly WaiterQueue _waiters = new();
    private LoopBound _loop;

    /// <summary>A flag that is not set.</summary>
    public AsyncEvent()
    {
    }

    /// <summary>Whether the flag is set (<c>is_set</c>).</summary>
    public bool IsSet { get; private set; }

    /// <summary>Sets the flag and wakes all that wait (<c>set</c>); they go on even if it is cleared before they run.</summary>
    public void Set()
    {
        if (IsSet)
            return;

        IsSet = true;
        _waiters.WakeAll();
    }

    /// <summary>Takes the flag back: <see cref="Wait"/> waits again (<c>clear</c>).</summary>
    public void Clear() => IsSet = false;

    /// <summary>Waits until the flag is set; returns at once if it is (<c>wait</c>).</summary>
    /// <exception cref="InvalidOperationException">It has to wait and belongs to another loop.</exception>
    public async Coroutine Wait()
    {
        if (IsSet)
            return;

        var waiter = _waiters.Add(_loop.Get(this));
        try
        {
            await waiter;
        }
        finally
        {
            _waiters.Depart(waiter);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<AsyncEvent [{(IsSet ? "set" : "unset")}{(_waiters.HasAny ? $", waiters:{_waiters.Pending}" : "")}]>";
}
