// SpareConnections: connections for what needs one to itself, because it blocks or because the server remembers it.
// Thread: the loop's.  Owns: those that nobody uses.
//   1. A connection is either here or with one borrower.
//   2. It comes back only if its last command was answered. After a cancel or a failure it is closed: the server
//      might still be at work on it, and nobody could tell that reply from the next.
namespace Tulip.Redis;

internal sealed class SpareConnections(RedisOptions options)
{
    private readonly Stack<RedisConnection> _idle = [];
    private readonly HashSet<RedisConnection> _lent = [];
    private bool _closed;

    /// <summary>Runs the body with a connection of its own.</summary>
    public async Coroutine<T> Use<T>(Func<RedisConnection, Coroutine<T>> body)
    {
        var connection = await Rent();
        _lent.Add(connection);
        var clean = false;
        try
        {
            var result = await body(connection);
            clean = true;
            return result;
        }
        catch (RedisException)
        {
            clean = true;
            throw;
        }
        finally
        {
            _lent.Remove(connection);
            if (clean && connection.IsOpen && !_closed && _idle.Count < options.MaxIdleConnections)
                _idle.Push(connection);
            else
                connection.Abort();
        }
    }

    /// <summary>Closes all, those in use too, and waits until nothing is left of them.</summary>
    public async Coroutine Close()
    {
        _closed = true;
        foreach (var connection in _idle.Concat(_lent).ToArray())
            await connection.Close();
    }

    private async Coroutine<RedisConnection> Rent()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(RedisClient));

        // One that was lost while it lay here.
        while (_idle.TryPop(out var connection))
        {
            if (connection.IsOpen)
                return connection;
        }

        var made = await RedisConnection.Open(options);
        if (!_closed)
            return made;

        // Closed meanwhile: nobody would close this one.
        made.Abort();
        throw new ObjectDisposedException(nameof(RedisClient));
    }
}
