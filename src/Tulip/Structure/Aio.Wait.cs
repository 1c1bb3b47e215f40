namespace Tulip;

/// <summary>What <c>Wait</c> waits for (<c>FIRST_COMPLETED</c>, <c>FIRST_EXCEPTION</c>, <c>ALL_COMPLETED</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public enum ReturnWhen
{
    /// <summary>All are done.</summary>
    AllCompleted,

    /// <summary>One is done or was cancelled.</summary>
    FirstCompleted,

    /// <summary>One has failed; if none fails, all are done. A cancelled one does not count as failed.</summary>
    FirstException,
}

public static partial class Aio
{
    /// <summary>Waits for several futures (<c>asyncio.wait</c>). It neither cancels them nor throws their exceptions.</summary>
    /// <param name="futures">At least one; a future that comes twice counts once. Make tasks of coroutines first.</param>
    /// <param name="timeout">The longest wait in seconds; null for no limit. When it is over, what is not done is pending.</param>
    /// <param name="returnWhen">What to wait for.</param>
    /// <returns>Those that are done and those that are not, each in the order of <paramref name="futures"/>.</returns>
    /// <exception cref="ArgumentException">There is no future, or the timeout is NaN.</exception>
    /// <exception cref="CancelledException">The waiting task was cancelled; the futures go on.</exception>
    public static Coroutine<(IReadOnlyList<TFuture> Done, IReadOnlyList<TFuture> Pending)> Wait<TFuture>(
        IEnumerable<TFuture> futures, double? timeout = null, ReturnWhen returnWhen = ReturnWhen.AllCompleted)
        where TFuture : Future
    {
        ArgumentNullException.ThrowIfNull(futures);
        var distinct = futures.Distinct().ToArray();
        if (distinct.Length == 0)
            throw new ArgumentException("The set of futures is empty.", nameof(futures));
        if (distinct.Any(static future => future is null))
            throw new ArgumentException("There is no future in one of the places.", nameof(futures));
        if (!Enum.IsDefined(returnWhen))
            throw new ArgumentOutOfRangeException(nameof(returnWhen), returnWhen, "Not one of the three.");

        long? limit = timeout is { } seconds ? LoopTime.FromSeconds(seconds, nameof(timeout)) : null;
        return Run(distinct, limit, returnWhen);

        static async Coroutine<(IReadOnlyList<TFuture>, IReadOnlyList<TFuture>)> Run(TFuture[] futures, long? limit, ReturnWhen returnWhen)
        {
            await new WaitOperation(futures, returnWhen).Wait(limit);
            return (futures.Where(static f => f.Done).ToArray(), futures.Where(static f => !f.Done).ToArray());
        }
    }

    private sealed class WaitOperation(Future[] futures, ReturnWhen returnWhen) : IRelay
    {
        private readonly Future<Unit> _waiter = new();
        private int _left = futures.Length;
        private TimerHandle? _timer;

        Future? IRelay.Waiter => _waiter;

        public async Coroutine Wait(long? limit)
        {
            if (limit is { } nanoseconds)
                _timer = _waiter.Loop.CallAtNanoseconds(_waiter.Loop.Clock.Now + nanoseconds, Release);

            var callbacks = Array.ConvertAll(futures, future => new InternalCallback(future, OnDone));
            for (var i = 0; i < futures.Length; i++)
                futures[i].AddCallback(callbacks[i]);
            try
            {
                await _waiter;
            }
            finally
            {
                _timer?.Cancel();
                for (var i = 0; i < futures.Length; i++)
                    futures[i].RemoveCallback(callbacks[i]);
            }
        }

        private void OnDone(Future future)
        {
            _left--;
            if (_left > 0 && returnWhen != ReturnWhen.FirstCompleted
                && (returnWhen != ReturnWhen.FirstException || future.Failure is null))
            {
                return;
            }

            _timer?.Cancel();
            Release();
        }

        private void Release()
        {
            if (!_waiter.Done)
                _waiter.SetResult(default);
        }
    }
}
