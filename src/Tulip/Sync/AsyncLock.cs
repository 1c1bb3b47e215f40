namespace Tulip;

/// <summary>A lock for tasks: one at a time (<c>asyncio.Lock</c>).</summary>
/// <remarks>
/// First come, first served. It is not owned: any task may release it, and a task that holds it and acquires it again
/// waits for ever.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety>
/// </remarks>
public sealed class AsyncLock : IReleasable
{
    private readonly WaiterQueue _waiters = new(departureOnly: true);
    private LoopBound _loop;

    /// <summary>A free lock.</summary>
    public AsyncLock()
    {
    }

    /// <summary>Whether it is taken (<c>locked</c>).</summary>
    public bool Locked { get; private set; }

    /// <summary>Takes the lock, waiting until it is free (<c>acquire</c>).</summary>
    /// <remarks>A task that is cancelled while it waits does not take it.</remarks>
    /// <returns>What releases the lock, once; <see cref="Release"/> does the same.</returns>
    /// <exception cref="InvalidOperationException">It has to wait and belongs to another loop.</exception>
    public async Coroutine<Releaser> Acquire()
    {
        if (Locked || _waiters.HasAny)
        {
            var waiter = _waiters.Add(_loop.Get(this));
            try
            {
                await waiter;
            }
            catch (CancelledException)
            {
                // If the lock was on its way to us, or everyone before us has gone, the next one has to be woken.
                _waiters.Depart(waiter);
                if (!Locked)
                    _waiters.WakeNext();
                throw;
            }

            _waiters.Depart(waiter);
        }

        Locked = true;
        return new Releaser(this);
    }

    /// <summary>Frees the lock and wakes the task that has waited longest (<c>release</c>).</summary>
    /// <exception cref="InvalidOperationException">It is not taken.</exception>
    public void Release()
    {
        if (!Locked)
            throw new InvalidOperationException("Lock is not acquired.");

        Locked = false;
        _waiters.WakeNext();
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<AsyncLock [{(Locked ? "locked" : "unlocked")}{(_waiters.HasAny ? $", waiters:{_waiters.Pending}" : "")}]>";
}
