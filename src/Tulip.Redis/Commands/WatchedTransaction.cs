namespace Tulip.Redis;

/// <summary>Somebody else has changed a watched key, at every attempt; nothing was written.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed class RedisConflictException : Exception
{
    internal RedisConflictException(int attempts)
        : base($"A watched key was changed by others {attempts} times in a row; nothing was written.")
    {
    }
}

/// <summary>Reading, deciding and writing as one, on a connection of its own: watched keys are the connection's.</summary>
internal static class WatchedTransaction
{
    public static async Coroutine<T> Run<T>(
        RedisConnection connection, RedisArgument[] keys, Func<RedisCommands, RedisTransaction, Coroutine<T>> body, int attempts)
    {
        var reading = new BoundCommands(connection);
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            (await reading.Send(["WATCH", .. keys])).OrThrow();
            var writing = new RedisTransaction(connection);
            T result;
            try
            {
                result = await body(reading, writing);
            }
            catch
            {
                writing.Discard();
                connection.Abort();
                throw;
            }

            if (await writing.Execute())
                return result;
        }

        throw new RedisConflictException(attempts);
    }
}
