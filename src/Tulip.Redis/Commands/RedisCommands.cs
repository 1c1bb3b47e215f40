namespace Tulip.Redis;

/// <summary>What commands can be given to: a client, a transaction, a client that repeats.</summary>
/// <remarks>
/// The commands with names of their own (<c>Get</c>, <c>HashSet</c>, …) are extensions, made of <see cref="Execute{T}"/>: a command
/// that is not there is one line. Each is sent when it is awaited, or when its task runs.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class RedisCommands
{
    private protected RedisCommands()
    {
    }

    /// <summary>Sends any command: <c>await redis.Execute("OBJECT", "ENCODING", key)</c>.</summary>
    /// <remarks>Cancelling it drops the reply; a command that has left is run nevertheless.</remarks>
    /// <param name="command">The command's words; at least one.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="ArgumentException">There is no word; or it is a command that would disturb others on a shared connection:
    /// the message says what to use instead.</exception>
    /// <exception cref="RedisException">The server refused it.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it was lost.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="RedisOptions.CommandTimeout"/>.</exception>
    public Coroutine<RedisValue> Execute(params RedisArgument[] command) => Execute(static reply => reply, command);

    /// <summary>Sends any command, and makes of its reply what the caller wants.</summary>
    /// <param name="convert">Called with the reply, which is not an error.</param>
    /// <param name="command">The command's words; at least one.</param>
    /// <exception cref="ArgumentException">As <see cref="Execute(RedisArgument[])"/>.</exception>
    /// <exception cref="RedisException">The server refused it.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it was lost.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="RedisOptions.CommandTimeout"/>.</exception>
    public Coroutine<T> Execute<T>(Func<RedisValue, T> convert, params RedisArgument[] command)
    {
        ArgumentNullException.ThrowIfNull(convert);
        ArgumentNullException.ThrowIfNull(command);
        SharedUse.Check(command);
        return Run(convert, command);
    }

    /// <summary>Sends a command and waits for its reply.</summary>
    internal abstract Coroutine<RedisValue> Send(RedisArgument[] command);

    private async Coroutine<T> Run<T>(Func<RedisValue, T> convert, RedisArgument[] command) => convert((await Send(command)).OrThrow());
}
