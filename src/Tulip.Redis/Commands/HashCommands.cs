namespace Tulip.Redis;

/// <summary>Commands for hashes: fields with texts under one key.</summary>
/// <remarks>What each throws is said at <see cref="RedisCommands.Execute{T}"/>.
/// <threadsafety>Loop thread only.</threadsafety></remarks>
public static class HashCommands
{
    extension(RedisCommands redis)
    {
        /// <summary>Reads a field (<c>HGET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="field">The field.</param>
        /// <returns>Null if there is none.</returns>
        public Coroutine<string?> HashGet(RedisArgument key, RedisArgument field) => redis.Execute(Replies.Text, "HGET", key, field);

        /// <summary>Reads several fields (<c>HMGET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="fields">The fields; at least one.</param>
        /// <returns>One for each field, in order; null where there is none.</returns>
        public Coroutine<string?[]> HashGetMany(RedisArgument key, params IEnumerable<RedisArgument> fields)
            => redis.Execute(Replies.TextsOrNulls, Replies.Words("HMGET", key, fields, nameof(fields)));

        /// <summary>Reads all fields (<c>HGETALL</c>).</summary>
        /// <param name="key">The key.</param>
        /// <returns>None if there is no such key.</returns>
        public Coroutine<Dictionary<string, string>> HashGetAll(RedisArgument key) => redis.Execute(Replies.Fields, "HGETALL", key);

        /// <summary>Writes a field (<c>HSET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="field">The field.</param>
        /// <param name="value">What to write.</param>
        /// <returns>Whether the field is new.</returns>
        public Coroutine<bool> HashSet(RedisArgument key, RedisArgument field, RedisArgument value)
            => redis.Execute(Replies.Truth, "HSET", key, field, value);

        /// <summary>Writes several fields (<c>HSET</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="fields">Fields and values; at least one.</param>
        /// <returns>How many are new.</returns>
        public Coroutine<long> HashSetMany(RedisArgument key, IEnumerable<KeyValuePair<string, string>> fields)
            => redis.Execute(Replies.Number, Replies.Pairs(["HSET", key], fields, static pair => (pair.Key, pair.Value), nameof(fields)));

        /// <summary>Deletes fields (<c>HDEL</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="fields">The fields; at least one.</param>
        /// <returns>How many there were.</returns>
        public Coroutine<long> HashDelete(RedisArgument key, params IEnumerable<RedisArgument> fields)
            => redis.Execute(Replies.Number, Replies.Words("HDEL", key, fields, nameof(fields)));

        /// <summary>Whether there is a field (<c>HEXISTS</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="field">The field.</param>
        public Coroutine<bool> HashExists(RedisArgument key, RedisArgument field) => redis.Execute(Replies.Truth, "HEXISTS", key, field);

        /// <summary>How many fields there are (<c>HLEN</c>).</summary>
        /// <param name="key">The key.</param>
        public Coroutine<long> HashLength(RedisArgument key) => redis.Execute(Replies.Number, "HLEN", key);

        /// <summary>Adds to a field's number (<c>HINCRBY</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="field">The field.</param>
        /// <param name="by">How much; may be negative.</param>
        /// <returns>The new number.</returns>
        public Coroutine<long> HashIncrement(RedisArgument key, RedisArgument field, long by = 1)
            => redis.Execute(Replies.Number, "HINCRBY", key, field, by);

        /// <summary>All fields, or those that fit a pattern, page by page (<c>HSCAN</c>).</summary>
        /// <param name="key">The key.</param>
        /// <param name="match">A pattern for names; null for all.</param>
        /// <param name="pageSize">About how many the server looks at for a page; at least 1.</param>
        public RedisScan<KeyValuePair<string, string>> HashScan(RedisArgument key, string? match = null, int pageSize = 100)
            => new(redis, KeyCommands.ScanWords(["HSCAN", key, 0], match, pageSize), 2, Replies.FieldItems);
    }
}
