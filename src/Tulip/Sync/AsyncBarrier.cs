namespace Tulip;

/// <summary>A barrier was reset or aborted (<c>asyncio.BrokenBarrierError</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class BrokenBarrierException : InvalidOperationException
{
    /// <summary>An exception that says what happened to the barrier.</summary>
    /// <param name="message">What is wrong.</param>
    public BrokenBarrierException(string message)
        : base(message)
    {
    }
}

/// <summary>Holds tasks until a number of them have come, then lets them all go (<c>asyncio.Barrier</c>).</summary>
/// <remarks>
/// It can be used again once all have gone. A task that is cancelled while it waits only leaves: the barrier is not broken.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety>
/// </remarks>
public sealed class AsyncBarrier
{
    private enum State
    {
        Filling,
        Draining,
        Resetting,
        Broken,
    }

    private readonly AsyncCondition _condition = new();
    private State _state = State.Filling;
    private int _count;

    /// <summary>An empty barrier.</summary>
    /// <param name="parties">How many tasks it holds back; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parties"/> is less than 1.</exception>
    public AsyncBarrier(int parties)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parties, 1);
        Parties = parties;
    }

    /// <summary>How many tasks it takes (<c>parties</c>).</summary>
    public int Parties { get; }

    /// <summary>How many tasks wait while it fills; 0 in every other state (<c>n_waiting</c>).</summary>
    public int NWaiting => _state == State.Filling ? _count : 0;

    /// <summary>Whether it was aborted (<c>broken</c>).</summary>
    public bool Broken => _state == State.Broken;

    /// <summary>Waits until as many tasks as there are parties have come (<c>wait</c>).</summary>
    /// <returns>A number of this task's own, from 0 to <see cref="Parties"/> - 1.</returns>
    /// <exception cref="BrokenBarrierException">It is broken, or was reset or aborted meanwhile.</exception>
    public async Coroutine<int> Wait()
    {
        using (await _condition.Acquire())
        {
            await _condition.WaitFor(() => _state is not (State.Draining or State.Resetting));
            if (_state == State.Broken)
                throw new BrokenBarrierException("The barrier was aborted.");

            try
            {
                var index = _count++;
                if (index + 1 == Parties)
                {
                    _state = State.Draining;
                    _condition.NotifyAll();
                }
                else
                {
                    await WaitUntilFull();
                }

                return index;
            }
            finally
            {
                _count--;
                LetNewcomersIn();
            }
        }
    }

    /// <summary>Sends the waiting tasks away with <see cref="BrokenBarrierException"/>; the barrier is as new (<c>reset</c>).</summary>
    public async Coroutine Reset()
    {
        using (await _condition.Acquire())
        {
            _state = _count > 0 ? State.Resetting : State.Filling;
            _condition.NotifyAll();
        }
    }

    /// <summary>Breaks the barrier: the waiting tasks and those that come get <see cref="BrokenBarrierException"/> (<c>abort</c>).</summary>
    public async Coroutine Abort()
    {
        using (await _condition.Acquire())
        {
            _state = State.Broken;
            _condition.NotifyAll();
        }
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<AsyncBarrier [{_state.ToString().ToLowerInvariant()}{(Broken ? "" : $", waiters:{NWaiting}/{Parties}")}]>";

    private async Coroutine WaitUntilFull()
    {
        await _condition.WaitFor(() => _state != State.Filling);
        if (_state is State.Broken or State.Resetting)
            throw new BrokenBarrierException("The barrier was reset or aborted.");
    }

    private void LetNewcomersIn()
    {
        if (_count > 0)
            return;

        if (_state is State.Resetting or State.Draining)
            _state = State.Filling;
        _condition.NotifyAll();
    }
}
