namespace Tulip;

/// <summary>Lets up to a number of tasks go on at the same time (<c>asyncio.Semaphore</c>).</summary>
/// <remarks>
/// First come, first served: a newcomer waits behind those that wait already, even while a permit is free for a moment.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety>
/// </remarks>
public class AsyncSemaphore : IReleasable
{
    private readonly WaiterQueue _waiters = new();
    private LoopBound _loop;
    private int _value;

    /// <summary>A semaphore with free permits.</summary>
    /// <param name="value">How many; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public AsyncSemaphore(int value = 1)
    {
        if (value < 0)
            throw new ArgumentOutOfRangeException(nameof(value), value, "The initial value of a semaphore must be 0 or more.");
        _value = value;
    }

    /// <summary>Whether <see cref="Acquire"/> would have to wait (<c>locked</c>).</summary>
    public bool Locked => _value == 0 || _waiters.HasAny;

    /// <summary>How many permits are free.</summary>
    internal int Value => _value;

    /// <summary>Takes a permit, waiting until one is free (<c>acquire</c>).</summary>
    /// <remarks>A task that is cancelled while it waits, or in the moment it is given the permit, takes none.</remarks>
    /// <returns>What gives the permit back, once, however often it is disposed: <c>using (await semaphore.Acquire())</c>.
    /// It need not be used: <see cref="Release"/> does the same.</returns>
    /// <exception cref="InvalidOperationException">It has to wait and belongs to another loop.</exception>
    public async Coroutine<Releaser> Acquire()
    {
        if (!Locked)
        {
            _value--;
            return new Releaser(this);
        }

        var waiter = _waiters.Add(_loop.Get(this));
        try
        {
            await waiter;
        }
        catch (CancelledException)
        {
            // The permit was on its way to us: put it back for the next one.
            if (waiter.WasWoken)
                _value++;
            _waiters.Depart(waiter);
            WakeWhileFree();
            throw;
        }

        _waiters.Depart(waiter);

        // Permits that came back while newcomers had to queue behind us.
        WakeWhileFree();
        return new Releaser(this);
    }

    /// <summary>Gives a permit back and wakes the task that has waited longest (<c>release</c>).</summary>
    public virtual void Release()
    {
        _value++;
        WakeOne();
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<{GetType().Name} [{(Locked ? "locked" : $"unlocked, value:{_value}")}{(_waiters.HasAny ? $", waiters:{_waiters.Pending}" : "")}]>";

    private bool WakeOne()
    {
        if (!_waiters.WakeNext())
            return false;

        _value--;
        return true;
    }

    private void WakeWhileFree()
    {
        while (_value > 0 && WakeOne())
        {
        }
    }
}
