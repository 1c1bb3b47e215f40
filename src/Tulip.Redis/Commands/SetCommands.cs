namespace Tulip.Redis;

/// <summary>Commands for sets.</summary>
/// <remarks>What each throws is said at <see cref="RedisCommands.Execute{T}"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class SetCommands
{
    extension(RedisCommands redis)
    {
        /// <summary>Adds members (<c>SADD</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="members">The members; at least one.</param>
        /// <returns>How many are new.</returns>
        public Coroutine<long> SetAdd(RedisArgument key, params IEnumerable<RedisArgument> members)
            => redis.Execute(Replies.Number, Replies.Words("SADD", key, members, nameof(members)));

        /// <summary>Removes members (<c>SREM</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="members">The members; at least one.</param>
        /// <returns>How many there were.</returns>
        public Coroutine<long> SetRemove(RedisArgument key, params IEnumerable<RedisArgument> members)
            => redis.Execute(Replies.Number, Replies.Words("SREM", key, members, nameof(members)));

        /// <summary>Whether it has a member (<c>SISMEMBER</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="member">The member.</param>
        public Coroutine<bool> SetContains(RedisArgument key, RedisArgument member) => redis.Execute(Replies.Truth, "SISMEMBER", key, member);

        /// <summary>All members, in no order (<c>SMEMBERS</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<string[]> SetMembers(RedisArgument key) => redis.Execute(Replies.Texts, "SMEMBERS", key);

        /// <summary>How many members there are (<c>SCARD</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<long> SetLength(RedisArgument key) => redis.Execute(Replies.Number, "SCARD", key);

        /// <summary>Members that all sets have (<c>SINTER</c>).</summary>
        /// <param name="keys">The sets; at least one.</param>
        public Coroutine<string[]> SetIntersection(params IEnumerable<RedisArgument> keys) => redis.Execute(Replies.Texts, ["SINTER", .. keys]);

        /// <summary>Members that any of the sets has (<c>SUNION</c>).</summary>
        /// <param name="keys">The sets; at least one.</param>
        public Coroutine<string[]> SetUnion(params IEnumerable<RedisArgument> keys) => redis.Execute(Replies.Texts, ["SUNION", .. keys]);

        /// <summary>Members of the first set that no other has (<c>SDIFF</c>).</summary>
        /// <param name="keys">The sets; at least one.</param>
        public Coroutine<string[]> SetDifference(params IEnumerable<RedisArgument> keys) => redis.Execute(Replies.Texts, ["SDIFF", .. keys]);

        /// <summary>All members, or those that fit a pattern, page by page (<c>SSCAN</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="match">A pattern; null for all.</param>
        /// <param name="pageSize">About how many the server looks at for a page; at least 1.</param>
        public RedisScan<string> SetScan(RedisArgument key, string? match = null, int pageSize = 100)
            => new(redis, KeyCommands.ScanWords(["SSCAN", key, 0], match, pageSize), 2, Replies.TextItems);
    }
}
