namespace Tulip.Redis;

/// <summary>Commands for keys of any kind, and for the server.</summary>
/// <remarks>What each throws is said at <see cref="RedisCommands.Execute{T}"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class KeyCommands
{
    extension(RedisCommands redis)
    {
        /// <summary>Deletes keys (<c>DEL</c>).</summary>
        /// <param name="keys">The keys; at least one.</param>
        /// <returns>How many there were.</returns>
        public Coroutine<long> Delete(params IEnumerable<RedisArgument> keys) => redis.Execute(Replies.Number, ["DEL", .. keys]);

        /// <summary>How many of the keys there are (<c>EXISTS</c>).</summary>
        /// <param name="keys">The keys; at least one.</param>
        public Coroutine<long> Exists(params IEnumerable<RedisArgument> keys) => redis.Execute(Replies.Number, ["EXISTS", .. keys]);

        /// <summary>Lets a key go away after a time (<c>PEXPIRE</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="seconds">After how long, to the millisecond; more than 0.</param>
        /// <returns>Whether there is such a key.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The time is not more than 0.</exception>
        public Coroutine<bool> Expire(RedisArgument key, double seconds)
            => redis.Execute(Replies.Truth, "PEXPIRE", key, Milliseconds(seconds, nameof(seconds)));

        /// <summary>Lets a key stay for ever (<c>PERSIST</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Whether it would have gone away.</returns>
        public Coroutine<bool> Persist(RedisArgument key) => redis.Execute(Replies.Truth, "PERSIST", key);

        /// <summary>After how many seconds a key goes away (<c>PTTL</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Null if never, or if there is no such key.</returns>
        public Coroutine<double?> TimeToLive(RedisArgument key)
            => redis.Execute(static reply => reply.AsInteger() is >= 0 and var milliseconds ? milliseconds / 1000.0 : (double?)null, "PTTL", key);

        /// <summary>What a key holds: <c>string</c>, <c>list</c>, <c>hash</c>, … or <c>none</c> (<c>TYPE</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<string?> KeyType(RedisArgument key) => redis.Execute(Replies.Text, "TYPE", key);

        /// <summary>Renames a key, over another that has the name (<c>RENAME</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="newKey">Its new name.</param>
        public Coroutine<bool> Rename(RedisArgument key, RedisArgument newKey) => redis.Execute(Replies.Happened, "RENAME", key, newKey);

        /// <summary>All keys, or those that fit a pattern, page by page (<c>SCAN</c>).</summary>
        /// <param name="match">A pattern such as <c>user:*</c>; null for all.</param>
        /// <param name="pageSize">About how many the server looks at for a page; at least 1.</param>
        public RedisScan<string> Scan(string? match = null, int pageSize = 100)
            => new(redis, ScanWords(["SCAN", 0], match, pageSize), 1, Replies.TextItems);

        /// <summary>Sends a message to all that are subscribed to a channel (<c>PUBLISH</c>).</summary>
        /// <param name="channel">The channel.</param>
        /// <param name="message">The message.</param>
        /// <returns>How many got it.</returns>
        public Coroutine<long> Publish(RedisArgument channel, RedisArgument message) => redis.Execute(Replies.Number, "PUBLISH", channel, message);

        /// <summary>Runs a script on the server (<c>EVAL</c>).</summary>
        /// <param name="script">Lua.</param>
        /// <param name="keys"><c>KEYS</c> in the script; may be empty.</param>
        /// <param name="arguments"><c>ARGV</c> in the script.</param>
        public Coroutine<RedisValue> Evaluate(string script, RedisArgument[] keys, params RedisArgument[] arguments)
            => redis.Execute(["EVAL", script, keys.Length, .. keys, .. arguments]);

        /// <summary>Asks for a sign of life (<c>PING</c>).</summary>
        public Coroutine<bool> Ping() => redis.Execute(Replies.Happened, "PING");
    }

    /// <summary>The words of a scan.</summary>
    internal static RedisArgument[] ScanWords(RedisArgument[] first, string? match, int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        return match is null ? [.. first, "COUNT", pageSize] : [.. first, "MATCH", match, "COUNT", pageSize];
    }

    internal static long Milliseconds(double seconds, string parameter)
    {
        // Rounded up: 0 would be an error, or delete the key at once. Not "seconds <= 0": that is false for NaN.
        if (!(seconds > 0) || seconds > long.MaxValue / 10_000)
            throw new ArgumentOutOfRangeException(parameter, seconds, "The time must be more than 0 seconds.");
        return (long)Math.Ceiling(seconds * 1000);
    }
}
