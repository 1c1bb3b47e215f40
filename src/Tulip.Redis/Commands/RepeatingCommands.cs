namespace Tulip.Redis;

/// <summary>Sends a command again if its connection was lost.</summary>
internal sealed class RepeatingCommands(RedisClient client, int attempts) : RedisCommands
{
    internal override async Coroutine<RedisValue> Send(RedisArgument[] command)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.Send(command);
            }
            catch (RedisConnectionException lost) when (lost.MayHaveRun && attempt < attempts)
            {
                // The next attempt waits for the new connection. One that was not to be had in time is not asked for again.
            }
        }
    }
}

/// <summary>Sends commands on one connection, whatever becomes of it.</summary>
internal sealed class BoundCommands(RedisConnection connection) : RedisCommands
{
    internal override Coroutine<RedisValue> Send(RedisArgument[] command) => connection.Await(connection.Send(command));
}
