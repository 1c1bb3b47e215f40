using System.Runtime.ExceptionServices;

namespace Tulip;

/// <summary>A lock, and tasks that wait, without it, to be told that something under it has changed (<c>asyncio.Condition</c>).</summary>
/// <remarks>
/// A wait may end without a notification that was meant for it: look at the state again, or use <see cref="WaitFor"/>.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety>
/// </remarks>
public sealed class AsyncCondition : IReleasable
{
    private readonly AsyncLock _lock;
    private readonly WaiterQueue _waiters = new();
    private LoopBound _loop;

    /// <summary>A condition on a lock.</summary>
    /// <param name="gate">The lock, which may serve other conditions too; null for one of its own.</param>
    public AsyncCondition(AsyncLock? gate = null) => _lock = gate ?? new AsyncLock();

    /// <summary>Whether the lock is taken (<c>locked</c>).</summary>
    public bool Locked => _lock.Locked;

    /// <summary>Takes the lock (<c>acquire</c>).</summary>
    /// <inheritdoc cref="AsyncLock.Acquire"/>
    public Coroutine<Releaser> Acquire() => _lock.Acquire();

    /// <summary>Frees the lock (<c>release</c>).</summary>
    /// <exception cref="InvalidOperationException">It is not taken.</exception>
    public void Release() => _lock.Release();

    /// <summary>Frees the lock, waits to be notified, and takes the lock again (<c>wait</c>).</summary>
    /// <remarks>The lock is held again when this ends, also by a cancel, which is then thrown; a notification that the
    /// cancelled task was given goes to the next one.</remarks>
    /// <exception cref="InvalidOperationException">The lock is not taken.</exception>
    public async Coroutine Wait()
    {
        if (!Locked)
            throw new InvalidOperationException("Cannot wait on an un-acquired lock.");

        var waiter = _waiters.Add(_loop.Get(this));
        Release();
        ExceptionDispatchInfo? failure = null;
        try
        {
            await waiter;
        }
        catch (CancelledException exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        _waiters.Depart(waiter);
        while (true)
        {
            try
            {
                // Shielded once a cancel waits: a cancelled scope would interrupt us each time.
                if (failure is null)
                {
                    await Acquire();
                }
                else
                {
                    using (CancelShield.Enter())
                        await Acquire();
                }

                break;
            }
            catch (CancelledException exception)
            {
                // The caller counts on holding the lock: the cancel has to wait until we do.
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }

        if (failure is null)
            return;

        // We may have been told of a change that we shall not look at: tell another one.
        _waiters.WakeNext();
        failure.Throw();
    }

    /// <summary>Waits until a predicate is true, looking at it under the lock each time it is notified (<c>wait_for</c>).</summary>
    /// <exception cref="InvalidOperationException">The lock is not taken.</exception>
    public Coroutine WaitFor(Func<bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Run(predicate);

        async Coroutine Run(Func<bool> predicate)
        {
            while (!predicate())
                await Wait();
        }
    }

    /// <summary>Wakes tasks that wait (<c>notify</c>). They go on when the caller has freed the lock.</summary>
    /// <param name="n">How many at the most.</param>
    /// <exception cref="InvalidOperationException">The lock is not taken.</exception>
    public void Notify(int n = 1)
    {
        if (!Locked)
            throw new InvalidOperationException("Cannot notify on an un-acquired lock.");

        for (; n > 0 && _waiters.WakeNext(); n--)
        {
        }
    }

    /// <summary>Wakes all tasks that wait (<c>notify_all</c>).</summary>
    /// <exception cref="InvalidOperationException">The lock is not taken.</exception>
    public void NotifyAll() => Notify(int.MaxValue);

    /// <inheritdoc/>
    public override string ToString()
        => $"<AsyncCondition [{(Locked ? "locked" : "unlocked")}{(_waiters.HasAny ? $", waiters:{_waiters.Pending}" : "")}]>";
}
