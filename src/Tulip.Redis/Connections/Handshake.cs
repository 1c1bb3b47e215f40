namespace Tulip.Redis;

/// <summary>What a new connection says first: who asks, in which protocol, of which database.</summary>
internal static class Handshake
{
    /// <summary>Tries RESP3, and RESP2 with a server that does not know it.</summary>
    /// <exception cref="RedisException">The server refused the user, the password or the database.</exception>
    public static async Coroutine Perform(RedisConnection connection, RedisOptions options)
    {
        if (options.OnlyResp2 || !await TryHello(connection, options))
            await SignIn(connection, options);
        if (options.Database != 0)
            (await connection.Send("SELECT", options.Database)).OrThrow();
    }

    private static async Coroutine<bool> TryHello(RedisConnection connection, RedisOptions options)
    {
        List<RedisArgument> hello = ["HELLO", 3];
        if (options.Password is { } password)
            hello.AddRange(["AUTH", options.User ?? "default", password]);
        if (options.ClientName is { } name)
            hello.AddRange(["SETNAME", name]);

        var reply = await connection.Send([.. hello]);
        if (reply.Type != RedisType.Error)
            return true;

        // Redis before 6 does not know the word; a server may know it, but not the version.
        try
        {
            reply.OrThrow();
        }
        catch (RedisException refusal) when (refusal.Code is "NOPROTO" || refusal.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase))
        {
        }

        return false;
    }

    private static async Coroutine SignIn(RedisConnection connection, RedisOptions options)
    {
        if (options.Password is { } password)
            (await (options.User is { } user ? connection.Send("AUTH", user, password) : connection.Send("AUTH", password))).OrThrow();
        if (options.ClientName is { } name)
            (await connection.Send("CLIENT", "SETNAME", name)).OrThrow();
    }
}
