namespace Tulip.Redis;

/// <summary>When <c>Set</c> writes.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public enum SetWhen
{
    /// <summary>Always.</summary>
    Always,

    /// <summary>Only if the key does not exist (<c>NX</c>).</summary>
    Missing,

    /// <summary>Only if it does (<c>XX</c>).</summary>
    Present,
}

/// <summary>Commands for texts and numbers.</summary>
/// <remarks>What each throws is said at <see cref="RedisCommands.Execute{T}"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class StringCommands
{
    extension(RedisCommands redis)
    {
        /// <summary>Reads a text (<c>GET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Null if there is none.</returns>
        public Coroutine<string?> Get(RedisArgument key) => redis.Execute(Replies.Text, "GET", key);

        /// <summary>Reads bytes (<c>GET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Null if there are none.</returns>
        public Coroutine<ReadOnlyMemory<byte>?> GetBytes(RedisArgument key)
            => redis.Execute(static reply => reply.IsNull ? (ReadOnlyMemory<byte>?)null : reply.AsBytes(), "GET", key);

        /// <summary>Writes a text, bytes or a number (<c>SET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="value">What to write.</param>
        /// <param name="expire">After how many seconds it goes away, to the millisecond; more than 0. Null for never.</param>
        /// <param name="when">Under which condition.</param>
        /// <returns>Whether the condition was met.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The time is not more than 0.</exception>
        public Coroutine<bool> Set(RedisArgument key, RedisArgument value, double? expire = null, SetWhen when = SetWhen.Always)
        {
            List<RedisArgument> words = ["SET", key, value];
            if (expire is { } seconds)
                words.AddRange(["PX", KeyCommands.Milliseconds(seconds, nameof(expire))]);
            if (when != SetWhen.Always)
                words.Add(when == SetWhen.Missing ? "NX" : "XX");
            return redis.Execute(Replies.Happened, [.. words]);
        }

        /// <summary>Reads several at once (<c>MGET</c>).</summary>
        /// <param name="keys">The keys; at least one.</param>
        /// <returns>One for each key, in order; null where there is none.</returns>
        public Coroutine<string?[]> GetMany(params IEnumerable<RedisArgument> keys)
            => redis.Execute(Replies.TextsOrNulls, ["MGET", .. keys]);

        /// <summary>Writes several at once (<c>MSET</c>): all or none.</summary>
        /// <param name="pairs">Keys and values; at least one.</param>
        public Coroutine<bool> SetMany(IEnumerable<KeyValuePair<string, string>> pairs)
            => redis.Execute(Replies.Happened, Replies.Pairs(["MSET"], pairs, static pair => (pair.Key, pair.Value), nameof(pairs)));

        /// <summary>Reads and deletes (<c>GETDEL</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Null if there was none.</returns>
        public Coroutine<string?> GetDelete(RedisArgument key) => redis.Execute(Replies.Text, "GETDEL", key);

        /// <summary>Adds to a number; one that does not exist is 0 (<c>INCRBY</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="by">How much; may be negative.</param>
        /// <returns>The new number.</returns>
        public Coroutine<long> Increment(RedisArgument key, long by = 1) => redis.Execute(Replies.Number, "INCRBY", key, by);

        /// <summary>Adds to a number that may have a fraction (<c>INCRBYFLOAT</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="by">How much; may be negative.</param>
        /// <returns>The new number.</returns>
        public Coroutine<double> IncrementDouble(RedisArgument key, double by) => redis.Execute(Replies.Double, "INCRBYFLOAT", key, by);

        /// <summary>Adds to the end of a text (<c>APPEND</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="value">What to add.</param>
        /// <returns>The new length in bytes.</returns>
        public Coroutine<long> Append(RedisArgument key, RedisArgument value) => redis.Execute(Replies.Number, "APPEND", key, value);

        /// <summary>The length of a text in bytes; 0 if there is none (<c>STRLEN</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<long> StringLength(RedisArgument key) => redis.Execute(Replies.Number, "STRLEN", key);
    }
}
