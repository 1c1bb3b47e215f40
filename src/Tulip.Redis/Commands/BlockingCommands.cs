namespace Tulip.Redis;

/// <summary>Commands that wait on the server until there is something; each on a connection of its own.</summary>
/// <remarks>What each throws, and what a cancel does, is said at <see cref="RedisClient.ExecuteAlone"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class BlockingCommands
{
    extension(RedisClient redis)
    {
        /// <summary>Takes the first of the first list that has any, waiting for one (<c>BLPOP</c>).</summary>
        /// <param name="keys">The lists; at least one.</param>
        /// <param name="timeout">How many seconds to wait; 0, the default, for ever.</param>
        /// <returns>The list and its element; null when the time is over.</returns>
        public Coroutine<(string Key, string Value)?> BlockingLeftPop(RedisArgument[] keys, double timeout = 0) => Pop(redis, "BLPOP", keys, timeout);

        /// <summary>Takes the last of the first list that has any, waiting for one (<c>BRPOP</c>).</summary>
        /// <param name="keys">The lists; at least one.</param>
        /// <param name="timeout">How many seconds to wait; 0, the default, for ever.</param>
        /// <returns>The list and its element; null when the time is over.</returns>
        public Coroutine<(string Key, string Value)?> BlockingRightPop(RedisArgument[] keys, double timeout = 0) => Pop(redis, "BRPOP", keys, timeout);

        /// <summary>Takes the last of one list, waiting for one, and puts it in front of another (<c>BLMOVE … RIGHT LEFT</c>): nothing is lost by a cancel or a broken connection.</summary>
        /// <param name="source">Where from.</param>
        /// <param name="destination">Where to; may be the same.</param>
        /// <param name="timeout">How many seconds to wait; 0, the default, for ever.</param>
        /// <returns>Null when the time is over.</returns>
        public Coroutine<string?> BlockingMove(RedisArgument source, RedisArgument destination, double timeout = 0)
        {
            CheckTimeout(timeout);
            return Run(redis, ["BLMOVE", source, destination, "RIGHT", "LEFT", timeout]);

            static async Coroutine<string?> Run(RedisClient redis, RedisArgument[] command) => (await redis.ExecuteAlone(command)).AsString();
        }
    }

    private static Coroutine<(string Key, string Value)?> Pop(RedisClient redis, string name, RedisArgument[] keys, double timeout)
    {
        CheckTimeout(timeout);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfZero(keys.Length);
        return Run(redis, [name, .. keys, timeout]);

        static async Coroutine<(string Key, string Value)?> Run(RedisClient redis, RedisArgument[] command)
        {
            var reply = await redis.ExecuteAlone(command);
            return reply.IsNull ? null : (reply.AsItems()[0].AsString()!, reply.AsItems()[1].AsString()!);
        }
    }

    private static void CheckTimeout(double timeout)
    {
        if (!(timeout >= 0) || !double.IsFinite(timeout))
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "The time must be 0 or more seconds.");
    }
}
