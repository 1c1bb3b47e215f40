using System.Collections;

namespace Tulip;

/// <summary>What <c>AsCompleted</c> gives: futures in the order in which they end (asyncio's <c>_AsCompletedIterator</c>).</summary>
/// <remarks>
/// <para><c>await foreach</c> yields the futures themselves, done; a plain <c>foreach</c> yields a coroutine for each,
/// which gives the result of the one that ends next, or throws its exception. Leaving early cancels nothing.</para>
/// <para>It can be enumerated once; a second enumeration goes on where the first stopped.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
/// <typeparam name="TFuture">The futures' type.</typeparam>
/// <typeparam name="T">Their results' type.</typeparam>
public sealed class AsCompletedSequence<TFuture, T> : IEnumerable<Coroutine<T>>
    where TFuture : Future<T>
{
    private readonly List<TFuture> _todo;
    private readonly Dictionary<TFuture, InternalCallback> _callbacks = [];
    private readonly AsyncQueue<TFuture?> _done = new();
    private readonly TimerHandle? _timer;
    private int _left;

    internal AsCompletedSequence(IEnumerable<TFuture> futures, long? limit)
    {
        var loop = Aio.GetRunningLoop();
        _todo = [.. futures.Distinct()];
        _left = _todo.Count;
        foreach (var future in _todo)
        {
            var callback = new InternalCallback(future, _ => OnDone(future));
            _callbacks.Add(future, callback);
            future.AddCallback(callback);
        }

        if (_left > 0 && limit is { } delay)
            _timer = loop.CallAtNanoseconds(loop.Clock.Now + delay, OnTimeout);
    }

    /// <summary>For <c>await foreach</c>.</summary>
    public AsyncEnumerator GetAsyncEnumerator() => new(this);

    /// <summary>For <c>foreach</c>: a coroutine for each future, to be awaited.</summary>
    public IEnumerator<Coroutine<T>> GetEnumerator()
    {
        while (_left > 0)
        {
            _left--;
            yield return NextResult();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private async Coroutine<TFuture> NextFuture()
        => await _done.Get() ?? throw new TimeoutException("Not all of the futures were done in time.");

    private async Coroutine<T> NextResult() => (await NextFuture()).Result();

    private void OnDone(TFuture future)
    {
        if (!_callbacks.Remove(future))
            return;

        _done.PutNoWait(future);
        if (_callbacks.Count == 0)
            _timer?.Cancel();
    }

    private void OnTimeout()
    {
        foreach (var future in _todo)
        {
            if (!_callbacks.Remove(future, out var callback))
                continue;
            future.RemoveCallback(callback);
            _done.PutNoWait(null);
        }
    }

    /// <summary>Gives the futures as they end.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public sealed class AsyncEnumerator
    {
        private readonly AsCompletedSequence<TFuture, T> _sequence;
        private TFuture? _current;

        internal AsyncEnumerator(AsCompletedSequence<TFuture, T> sequence) => _sequence = sequence;

        /// <summary>The future that ended last.</summary>
        public TFuture Current => _current ?? throw new InvalidOperationException("MoveNextAsync comes first.");

        /// <summary>Waits for the next future to end; false when there are no more.</summary>
        /// <exception cref="TimeoutException">The time given to <c>AsCompleted</c> is over.</exception>
        public async Coroutine<bool> MoveNextAsync()
        {
            if (_sequence._left == 0)
                return false;

            _sequence._left--;
            _current = await _sequence.NextFuture();
            return true;
        }
    }
}

public static partial class Aio
{
    /// <summary>Gives futures in the order in which they end (<c>asyncio.as_completed</c>).</summary>
    /// <param name="futures">The futures; one that comes twice counts once.</param>
    /// <param name="timeout">Seconds for all of them together, from this call; null for no limit.</param>
    /// <exception cref="ArgumentException">The timeout is NaN.</exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static AsCompletedSequence<AsyncTask<T>, T> AsCompleted<T>(IEnumerable<AsyncTask<T>> futures, double? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(futures);
        return new AsCompletedSequence<AsyncTask<T>, T>(futures, Limit(timeout));
    }

    /// <inheritdoc cref="AsCompleted{T}(IEnumerable{AsyncTask{T}}, double?)"/>
    public static AsCompletedSequence<Future<T>, T> AsCompleted<T>(IEnumerable<Future<T>> futures, double? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(futures);
        return new AsCompletedSequence<Future<T>, T>(futures, Limit(timeout));
    }

    /// <summary>Runs coroutines as tasks, started at the call, and gives these in the order in which they end (<c>asyncio.as_completed</c>).</summary>
    /// <inheritdoc cref="AsCompleted{T}(IEnumerable{AsyncTask{T}}, double?)"/>
    /// <param name="coroutines">The coroutines.</param>
    /// <param name="timeout">Seconds for all of them together, from this call; null for no limit.</param>
    public static AsCompletedSequence<AsyncTask<T>, T> AsCompleted<T>(IEnumerable<Coroutine<T>> coroutines, double? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        var limit = Limit(timeout);
        return new AsCompletedSequence<AsyncTask<T>, T>(coroutines.Select(static c => CreateTask(c)).ToArray(), limit);
    }

    /// <inheritdoc cref="AsCompleted{T}(IEnumerable{Coroutine{T}}, double?)"/>
    public static AsCompletedSequence<AsyncTask<Unit>, Unit> AsCompleted(IEnumerable<Coroutine> coroutines, double? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        return AsCompleted(coroutines.Select(static c => (Coroutine<Unit>)c), timeout);
    }
}
