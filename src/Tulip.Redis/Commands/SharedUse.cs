using System.Collections.Frozen;

namespace Tulip.Redis;

/// <summary>Commands that change what a connection is, or hold it up: others share it, so there is another way to each.</summary>
internal static class SharedUse
{
    private static readonly FrozenDictionary<string, string> s_instead = new Dictionary<string, string>
    {
        ["SUBSCRIBE"] = "RedisClient.Subscribe",
        ["PSUBSCRIBE"] = "RedisClient.SubscribePattern",
        ["SSUBSCRIBE"] = "a connection of another client",
        ["UNSUBSCRIBE"] = "RedisSubscription.DisposeAsync",
        ["PUNSUBSCRIBE"] = "RedisSubscription.DisposeAsync",
        ["MULTI"] = "RedisClient.Transaction",
        ["EXEC"] = "RedisClient.Transaction",
        ["DISCARD"] = "RedisClient.Transaction",
        ["WATCH"] = "RedisClient.Watch",
        ["UNWATCH"] = "RedisClient.Watch",
        ["BLPOP"] = "RedisClient.ExecuteAlone",
        ["BRPOP"] = "RedisClient.ExecuteAlone",
        ["BLMOVE"] = "RedisClient.ExecuteAlone",
        ["BRPOPLPUSH"] = "RedisClient.ExecuteAlone",
        ["BLMPOP"] = "RedisClient.ExecuteAlone",
        ["BZMPOP"] = "RedisClient.ExecuteAlone",
        ["BZPOPMIN"] = "RedisClient.ExecuteAlone",
        ["BZPOPMAX"] = "RedisClient.ExecuteAlone",
        ["WAIT"] = "RedisClient.ExecuteAlone",
        ["SELECT"] = "RedisOptions.Database",
        ["AUTH"] = "RedisOptions.Password",
        ["HELLO"] = "RedisOptions",
        ["MONITOR"] = "redis-cli",
        ["QUIT"] = "RedisClient.DisposeAsync",
        ["RESET"] = "a new RedisClient",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static void Check(RedisArgument[] command)
    {
        if (command.Length == 0)
            throw new ArgumentException("A command needs at least one word.", nameof(command));

        var name = command[0].ToString();
        if (s_instead.TryGetValue(name, out var instead))
            throw new ArgumentException($"{name} would disturb others: all tasks share the client's connection. Use {instead}.", nameof(command));
    }
}
