// CapacityLimiter: so many may be busy with something at once, and it is known who is.
// Thread: the loop's.
//   1. A borrower has at most one token, or waits for at most one.
//   2. While somebody waits no token is free: a token that comes back goes to the first of them at once, before its task
//      runs, so that nobody can overtake.
namespace Tulip;

/// <summary>Lends a number of tokens, one to a borrower; the number can be changed (<c>CapacityLimiter</c> in anyio and trio).</summary>
/// <remarks>
/// A semaphore that knows its borrowers: usually tasks, but <see cref="AcquireOnBehalfOf"/> takes any object, compared by
/// <see cref="object.Equals(object)"/>. First come, first served.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety>
/// </remarks>
public sealed class CapacityLimiter
{
    private readonly HashSet<object> _borrowers = [];
    private readonly HashSet<object> _waiting = [];
    private readonly WaiterQueue _waiters = new();
    private LoopBound _loop;
    private int _totalTokens;

    /// <summary>A limiter with all its tokens.</summary>
    /// <param name="totalTokens">How many; 0 or more, <see cref="int.MaxValue"/> stands for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="totalTokens"/> is negative.</exception>
    public CapacityLimiter(int totalTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalTokens);
        _totalTokens = totalTokens;
    }

    /// <summary>How many tokens there are, borrowed ones included (<c>total_tokens</c>); 0 or more. More than before are
    /// lent at once to those that wait; with fewer, nothing is lent until enough have come back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int TotalTokens
    {
        get => _totalTokens;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _totalTokens = value;
            LendToWaiting();
        }
    }

    /// <summary>How many tokens are lent (<c>borrowed_tokens</c>).</summary>
    public int BorrowedTokens => _borrowers.Count;

    /// <summary>How many tokens are free (<c>available_tokens</c>); negative while <see cref="TotalTokens"/> was made less than are lent.</summary>
    public int AvailableTokens => _totalTokens - _borrowers.Count;

    /// <summary>The limiter at this moment (<c>statistics</c>).</summary>
    public CapacityLimiterStatistics Statistics => new(BorrowedTokens, TotalTokens, [.. _borrowers], _waiters.Pending);

    /// <summary>Borrows a token for the current task, waiting for one (<c>acquire</c>).</summary>
    /// <returns>What gives the token back, once, in whatever task it is disposed; <see cref="Release"/> does the same.</returns>
    /// <exception cref="InvalidOperationException">The task has a token or waits for one, no task is running, or it has
    /// to wait and the limiter belongs to another loop.</exception>
    public async Coroutine<Releaser> Acquire() => await AcquireOnBehalfOf(CurrentTask());

    /// <summary>Borrows a token for an object of any kind, waiting for one (<c>acquire_on_behalf_of</c>).</summary>
    /// <remarks>If the task is cancelled while it waits, or in the moment it is given the token, nothing is borrowed.</remarks>
    /// <param name="borrower">Who is to have the token.</param>
    /// <returns>What gives the token back, once; <see cref="ReleaseOnBehalfOf"/> does the same.</returns>
    /// <exception cref="InvalidOperationException">The borrower has a token or waits for one, or it has to wait and the
    /// limiter belongs to another loop.</exception>
    public Coroutine<Releaser> AcquireOnBehalfOf(object borrower)
    {
        ArgumentNullException.ThrowIfNull(borrower);
        return Run(borrower);

        async Coroutine<Releaser> Run(object borrower)
        {
            if (!TryLend(borrower))
                await WaitForToken(borrower);
            return new Releaser(new Loan(this, borrower));
        }
    }

    /// <summary>Borrows a token for the current task without waiting (<c>acquire_nowait</c>).</summary>
    /// <exception cref="WouldBlockException">No token is free.</exception>
    /// <exception cref="InvalidOperationException">The task has a token or waits for one, or no task is running.</exception>
    public Releaser AcquireNoWait() => AcquireOnBehalfOfNoWait(CurrentTask());

    /// <summary>Borrows a token for an object of any kind without waiting (<c>acquire_on_behalf_of_nowait</c>).</summary>
    /// <param name="borrower">Who is to have the token.</param>
    /// <exception cref="WouldBlockException">No token is free.</exception>
    /// <exception cref="InvalidOperationException">The borrower has a token or waits for one.</exception>
    public Releaser AcquireOnBehalfOfNoWait(object borrower)
    {
        ArgumentNullException.ThrowIfNull(borrower);
        return TryLend(borrower)
            ? new Releaser(new Loan(this, borrower))
            : throw new WouldBlockException("All tokens are lent.");
    }

    /// <summary>Gives the current task's token back (<c>release</c>).</summary>
    /// <exception cref="InvalidOperationException">It has none, or no task is running.</exception>
    public void Release() => ReleaseOnBehalfOf(CurrentTask());

    /// <summary>Gives a borrower's token back (<c>release_on_behalf_of</c>); the one that has waited longest has it at once.</summary>
    /// <param name="borrower">Who has the token.</param>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public void ReleaseOnBehalfOf(object borrower)
    {
        ArgumentNullException.ThrowIfNull(borrower);
        if (!_borrowers.Remove(borrower))
            throw new InvalidOperationException($"{borrower} holds no token of {this}.");

        LendToWaiting();
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<CapacityLimiter {BorrowedTokens}/{TotalTokens}{(_waiters.HasAny ? $", waiters:{_waiters.Pending}" : "")}>";

    private static object CurrentTask()
        => Aio.CurrentTask() ?? throw new InvalidOperationException("No task is running: say who borrows, with OnBehalfOf.");

    private bool TryLend(object borrower)
    {
        if (_borrowers.Contains(borrower) || _waiting.Contains(borrower))
            throw new InvalidOperationException($"{borrower} holds a token of {this} already, or waits for one.");

        return AvailableTokens > 0 && _borrowers.Add(borrower);
    }

    private async Coroutine WaitForToken(object borrower)
    {
        var waiter = _waiters.Add(new TokenWaiter(_loop.Get(this), _waiters, borrower));
        _waiting.Add(borrower);
        try
        {
            await waiter;
        }
        catch (CancelledException)
        {
            // The token was on its way to us: the next one may have it.
            if (waiter.WasWoken)
                ReleaseOnBehalfOf(borrower);
            throw;
        }
        finally
        {
            _waiters.Depart(waiter);
            _waiting.Remove(borrower);
        }
    }

    private void LendToWaiting()
    {
        while (AvailableTokens > 0 && _waiters.First is TokenWaiter waiter)
        {
            _borrowers.Add(waiter.Borrower);
            _waiters.WakeNext();
        }
    }

    private sealed class TokenWaiter(EventLoop loop, WaiterQueue queue, object borrower) : Waiter(loop, queue)
    {
        public object Borrower { get; } = borrower;
    }

    /// <summary>One borrower's token, for a <see cref="Releaser"/>.</summary>
    private sealed class Loan(CapacityLimiter limiter, object borrower) : IReleasable
    {
        public void Release() => limiter.ReleaseOnBehalfOf(borrower);
    }
}

/// <summary>A limiter at one moment: what <see cref="CapacityLimiter.Statistics"/> gives.</summary>
/// <param name="BorrowedTokens">How many tokens are lent.</param>
/// <param name="TotalTokens">How many there are.</param>
/// <param name="Borrowers">Who has them, in no particular order.</param>
/// <param name="TasksWaiting">How many tasks wait for one.</param>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed record CapacityLimiterStatistics(int BorrowedTokens, int TotalTokens, IReadOnlyList<object> Borrowers, int TasksWaiting);
