namespace Tulip.Redis;

/// <summary>Commands for sorted sets: members with a number each, in the order of the numbers.</summary>
/// <remarks>What each throws is said at <see cref="RedisCommands.Execute{T}"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class SortedSetCommands
{
    extension(RedisCommands redis)
    {
        /// <summary>Adds a member, or changes its score (<c>ZADD</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="member">The member.</param>
        /// <param name="score">Its number.</param>
        /// <returns>Whether it is new.</returns>
        public Coroutine<bool> SortedSetAdd(RedisArgument key, RedisArgument member, double score)
            => redis.Execute(Replies.Truth, "ZADD", key, score, member);

        /// <summary>Adds members, or changes their scores (<c>ZADD</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="members">Members and scores; at least one.</param>
        /// <returns>How many are new.</returns>
        public Coroutine<long> SortedSetAddMany(RedisArgument key, IEnumerable<KeyValuePair<string, double>> members)
            => redis.Execute(Replies.Number, Replies.Pairs(["ZADD", key], members, static pair => (pair.Value, pair.Key), nameof(members)));

        /// <summary>Adds to a member's score (<c>ZINCRBY</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="member">The member.</param>
        /// <param name="by">How much; may be negative.</param>
        /// <returns>The new score.</returns>
        public Coroutine<double> SortedSetIncrement(RedisArgument key, RedisArgument member, double by = 1)
            => redis.Execute(Replies.Double, "ZINCRBY", key, by, member);

        /// <summary>Removes members (<c>ZREM</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="members">The members; at least one.</param>
        /// <returns>How many there were.</returns>
        public Coroutine<long> SortedSetRemove(RedisArgument key, params IEnumerable<RedisArgument> members)
            => redis.Execute(Replies.Number, Replies.Words("ZREM", key, members, nameof(members)));

        /// <summary>A member's score (<c>ZSCORE</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="member">The member.</param>
        /// <returns>Null if there is no such member.</returns>
        public Coroutine<double?> SortedSetScore(RedisArgument key, RedisArgument member) => redis.Execute(Replies.DoubleOrNull, "ZSCORE", key, member);

        /// <summary>A member's place, from 0 (<c>ZRANK</c>, <c>ZREVRANK</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="member">The member.</param>
        /// <param name="descending">Whether the highest score is first.</param>
        /// <returns>Null if there is no such member.</returns>
        public Coroutine<long?> SortedSetRank(RedisArgument key, RedisArgument member, bool descending = false)
            => redis.Execute(static reply => reply.IsNull ? (long?)null : reply.AsInteger(), descending ? "ZREVRANK" : "ZRANK", key, member);

        /// <summary>Members by their places (<c>ZRANGE</c>, <c>ZREVRANGE</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="start">The first, from 0; negative counts from the end.</param>
        /// <param name="stop">The last, which is included; -1 is the end.</param>
        /// <param name="descending">Whether the highest score is first.</param>
        public Coroutine<(string Member, double Score)[]> SortedSetRange(RedisArgument key, long start = 0, long stop = -1, bool descending = false)
            => redis.Execute(Replies.Scored, descending ? "ZREVRANGE" : "ZRANGE", key, start, stop, "WITHSCORES");

        /// <summary>Members by their scores, from the lowest (<c>ZRANGEBYSCORE</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="minimum">The lowest score.</param>
        /// <param name="maximum">The highest score.</param>
        public Coroutine<(string Member, double Score)[]> SortedSetRangeByScore(
            RedisArgument key, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity)
            => redis.Execute(Replies.Scored, "ZRANGEBYSCORE", key, minimum, maximum, "WITHSCORES");

        /// <summary>How many members there are (<c>ZCARD</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<long> SortedSetLength(RedisArgument key) => redis.Execute(Replies.Number, "ZCARD", key);

        /// <summary>All members, or those that fit a pattern, page by page (<c>ZSCAN</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="match">A pattern; null for all.</param>
        /// <param name="pageSize">About how many the server looks at for a page; at least 1.</param>
        public RedisScan<(string Member, double Score)> SortedSetScan(RedisArgument key, string? match = null, int pageSize = 100)
            => new(redis, KeyCommands.ScanWords(["ZSCAN", key, 0], match, pageSize), 2, Replies.ScoredItems);
    }
}
