namespace Tulip.Redis;

/// <summary>What typed commands make of their replies.</summary>
internal static class Replies
{
    public static string? Text(RedisValue reply) => reply.AsString();

    public static long Number(RedisValue reply) => reply.AsInteger();

    public static double Double(RedisValue reply) => reply.AsDouble();

    public static double? DoubleOrNull(RedisValue reply) => reply.IsNull ? null : reply.AsDouble();

    public static bool Truth(RedisValue reply) => reply.AsBoolean();

    /// <summary>"OK" is true, nothing is false: a condition was not met.</summary>
    public static bool Happened(RedisValue reply) => !reply.IsNull;

    public static string[] Texts(RedisValue reply) => [.. reply.AsItems().Select(static item => item.AsString()!)];

    public static string?[] TextsOrNulls(RedisValue reply) => [.. reply.AsItems().Select(static item => item.AsString())];

    public static Dictionary<string, string> Fields(RedisValue reply)
        => reply.AsPairs().ToDictionary(static pair => pair.Key.AsString()!, static pair => pair.Value.AsString()!);

    public static (string Member, double Score)[] Scored(RedisValue reply) => [.. ScoredItems(reply.AsItems())];

    /// <summary>RESP3 has an array for each member, RESP2 members and scores in turns.</summary>
    public static IEnumerable<(string Member, double Score)> ScoredItems(IReadOnlyList<RedisValue> items)
        => items is [{ Type: RedisType.Array }, ..]
            ? items.Select(static item => (item.AsItems()[0].AsString()!, item.AsItems()[1].AsDouble()))
            : items.Chunk(2).Select(static pair => (pair[0].AsString()!, pair[1].AsDouble()));

    public static IEnumerable<string> TextItems(IReadOnlyList<RedisValue> items) => items.Select(static item => item.AsString()!);

    public static IEnumerable<KeyValuePair<string, string>> FieldItems(IReadOnlyList<RedisValue> items)
        => items.Chunk(2).Select(static pair => KeyValuePair.Create(pair[0].AsString()!, pair[1].AsString()!));

    /// <summary>A command's words: some, and then as many as there are.</summary>
    public static RedisArgument[] Words(RedisArgument first, RedisArgument second, IEnumerable<RedisArgument> rest, string parameter)
    {
        ArgumentNullException.ThrowIfNull(rest, parameter);
        RedisArgument[] words = [first, second, .. rest];
        return words.Length > 2 ? words : throw new ArgumentException("At least one is needed.", parameter);
    }

    /// <summary>A command's words with pairs at the end.</summary>
    public static RedisArgument[] Pairs<T>(
        IReadOnlyList<RedisArgument> first, IEnumerable<T> pairs, Func<T, (RedisArgument, RedisArgument)> words, string parameter)
    {
        ArgumentNullException.ThrowIfNull(pairs, parameter);
        List<RedisArgument> all = [.. first];
        foreach (var pair in pairs)
        {
            var (one, other) = words(pair);
            all.Add(one);
            all.Add(other);
        }

        return all.Count > first.Count ? [.. all] : throw new ArgumentException("At least one is needed.", parameter);
    }
}
