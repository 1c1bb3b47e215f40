namespace Tulip.Redis;

/// <summary>Commands for lists.</summary>
/// <remarks>What each throws is said at <see cref="RedisCommands.Execute{T}"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class ListCommands
{
    extension(RedisCommands redis)
    {
        /// <summary>Adds at the front: the last value given is the first of the list (<c>LPUSH</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="values">What to add, in order; at least one.</param>
        /// <returns>The new length.</returns>
        public Coroutine<long> ListLeftPush(RedisArgument key, params IEnumerable<RedisArgument> values)
            => redis.Execute(Replies.Number, Replies.Words("LPUSH", key, values, nameof(values)));

        /// <summary>Adds at the end (<c>RPUSH</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="values">What to add, in order; at least one.</param>
        /// <returns>The new length.</returns>
        public Coroutine<long> ListRightPush(RedisArgument key, params IEnumerable<RedisArgument> values)
            => redis.Execute(Replies.Number, Replies.Words("RPUSH", key, values, nameof(values)));

        /// <summary>Takes the first (<c>LPOP</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Null if there is none.</returns>
        public Coroutine<string?> ListLeftPop(RedisArgument key) => redis.Execute(Replies.Text, "LPOP", key);

        /// <summary>Takes the last (<c>RPOP</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>Null if there is none.</returns>
        public Coroutine<string?> ListRightPop(RedisArgument key) => redis.Execute(Replies.Text, "RPOP", key);

        /// <summary>Takes the last of one list and puts it in front of another (<c>LMOVE … RIGHT LEFT</c>).</summary>
        /// <param name="source">Where from.</param>
        /// <param name="destination">Where to; may be the same.</param>
        /// <returns>Null if there was none.</returns>
        public Coroutine<string?> ListMove(RedisArgument source, RedisArgument destination)
            => redis.Execute(Replies.Text, "LMOVE", source, destination, "RIGHT", "LEFT");

        /// <summary>A part of a list (<c>LRANGE</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="start">The first, from 0; negative counts from the end.</param>
        /// <param name="stop">The last, which is included; -1 is the end.</param>
        public Coroutine<string[]> ListRange(RedisArgument key, long start = 0, long stop = -1)
            => redis.Execute(Replies.Texts, "LRANGE", key, start, stop);

        /// <summary>Keeps only a part (<c>LTRIM</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="start">The first to stay, from 0; negative counts from the end.</param>
        /// <param name="stop">The last to stay; -1 is the end.</param>
        public Coroutine<bool> ListTrim(RedisArgument key, long start, long stop) => redis.Execute(Replies.Happened, "LTRIM", key, start, stop);

        /// <summary>Removes values that are equal to one (<c>LREM</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="value">The value.</param>
        /// <param name="count">At the most how many, from the front; negative from the end; 0 for all.</param>
        /// <returns>How many there were.</returns>
        public Coroutine<long> ListRemove(RedisArgument key, RedisArgument value, long count = 0)
            => redis.Execute(Replies.Number, "LREM", key, count, value);

        /// <summary>How long it is (<c>LLEN</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<long> ListLength(RedisArgument key) => redis.Execute(Replies.Number, "LLEN", key);
    }
}
