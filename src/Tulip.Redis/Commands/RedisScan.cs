namespace Tulip.Redis;

/// <summary>What a scan finds, fetched by the page while it is read: <c>await foreach (var key in redis.Scan("user:*"))</c>.</summary>
/// <remarks>
/// Redis promises that what is there all the time comes at least once; what comes or goes meanwhile may be seen or not, and an
/// element may come twice.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
/// <typeparam name="T">An element.</typeparam>
public sealed class RedisScan<T>
{
    private readonly RedisCommands _redis;
    private readonly RedisArgument[] _command;
    private readonly int _cursorAt;
    private readonly Func<IReadOnlyList<RedisValue>, IEnumerable<T>> _elements;

    internal RedisScan(RedisCommands redis, RedisArgument[] command, int cursorAt, Func<IReadOnlyList<RedisValue>, IEnumerable<T>> elements)
    {
        _redis = redis;
        _command = command;
        _cursorAt = cursorAt;
        _elements = elements;
    }

    /// <summary>Begins a scan from the start.</summary>
    public ScanEnumerator GetAsyncEnumerator() => new(this);

    /// <summary>Reads all of it into a list.</summary>
    public async Coroutine<List<T>> ToList()
    {
        var all = new List<T>();
        await foreach (var element in this)
            all.Add(element);
        return all;
    }

    /// <summary>Reads the elements one after the other.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public sealed class ScanEnumerator
    {
        private readonly RedisScan<T> _scan;
        private readonly RedisArgument[] _command;
        private readonly Queue<T> _page = [];
        private bool _atLastPage;

        internal ScanEnumerator(RedisScan<T> scan)
        {
            _scan = scan;
            _command = [.. scan._command];
        }

        /// <summary>The element read last.</summary>
        public T Current { get; private set; } = default!;

        /// <summary>Goes to the next element; false at the end.</summary>
        /// <exception cref="RedisConnectionException">There is no connection, or it was lost.</exception>
        public async Coroutine<bool> MoveNextAsync()
        {
            while (_page.Count == 0)
            {
                if (_atLastPage)
                    return false;

                // A page may be empty without being the last: only the cursor tells.
                var reply = (await _scan._redis.Execute(_command)).AsItems();
                var cursor = reply[0].AsString()!;
                _command[_scan._cursorAt] = cursor;
                _atLastPage = cursor == "0";
                foreach (var element in _scan._elements(reply[1].AsItems()))
                    _page.Enqueue(element);
            }

            Current = _page.Dequeue();
            return true;
        }
    }
}
