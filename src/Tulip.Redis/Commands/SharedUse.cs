// SharedUse: commands that do not fit a connection which others use too, and what to use instead.
//   1. What changes a connection (its database, its user, what it listens to, whether it answers at all) fits neither the shared one nor one
//      that is lent: the next borrower would find it changed.
//   2. What blocks fits one that is lent, and holds up everybody on the shared one.
using System.Collections.Frozen;

namespace Tulip.Redis;

internal static class SharedUse
{
    private static readonly FrozenDictionary<string, string> s_changing = new Dictionary<string, string>
    {
        ["SUBSCRIBE"] = "RedisClient.Subscribe",
        ["PSUBSCRIBE"] = "RedisClient.SubscribePattern",
        ["SSUBSCRIBE"] = "a connection of another client",
        ["UNSUBSCRIBE"] = "RedisSubscription.DisposeAsync",
        ["PUNSUBSCRIBE"] = "RedisSubscription.DisposeAsync",
        ["SUNSUBSCRIBE"] = "a connection of another client",
        ["MULTI"] = "RedisClient.Transaction",
        ["EXEC"] = "RedisClient.Transaction",
        ["DISCARD"] = "RedisClient.Transaction",
        ["WATCH"] = "RedisClient.Watch",
        ["UNWATCH"] = "RedisClient.Watch",
        ["SELECT"] = "RedisOptions.Database",
        ["AUTH"] = "RedisOptions.Password",
        ["HELLO"] = "RedisOptions",
        ["CLIENT REPLY"] = "nothing: each reply is somebody's",
        ["MONITOR"] = "redis-cli",
        ["SYNC"] = "redis-cli",
        ["PSYNC"] = "redis-cli",
        ["QUIT"] = "RedisClient.DisposeAsync",
        ["RESET"] = "a new RedisClient",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> s_blocking = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZMPOP", "BZPOPMIN", "BZPOPMAX", "WAIT", "WAITAOF");

    /// <summary>Checks a command for the connection that all tasks share.</summary>
    public static void Check(RedisArgument[] command)
    {
        var (name, instead) = Look(command);
        if (instead is null && Blocks(name, command))
            instead = "RedisClient.ExecuteAlone";
        if (instead is not null)
            throw new ArgumentException($"{name} would disturb others: all tasks share the client's connection. Use {instead}.", nameof(command));
    }

    /// <summary>Checks a command for a connection that goes on to others when it is done.</summary>
    public static void CheckAlone(RedisArgument[] command)
    {
        if (Look(command) is (var name, { } instead))
            throw new ArgumentException($"{name} would change the connection, which another call gets next. Use {instead}.", nameof(command));
    }

    private static (string Name, string? Instead) Look(RedisArgument[] command)
    {
        if (command.Length == 0)
            throw new ArgumentException("A command needs at least one word.", nameof(command));

        var name = command[0].ToString();
        if (command.Length > 1 && name.Equals("CLIENT", StringComparison.OrdinalIgnoreCase))
            name = $"{name} {command[1]}";
        return (name, s_changing.GetValueOrDefault(name));
    }

    /// <summary>Whether it waits on the server: always, or, as <c>XREAD</c>, if it is told to before it names its streams.</summary>
    private static bool Blocks(string name, RedisArgument[] command)
        => s_blocking.Contains(name)
            || (IsWord(name, "XREAD") || IsWord(name, "XREADGROUP"))
            && command.Skip(1).TakeWhile(static word => !IsWord(word.ToString(), "STREAMS")).Any(static word => IsWord(word.ToString(), "BLOCK"));

    private static bool IsWord(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
