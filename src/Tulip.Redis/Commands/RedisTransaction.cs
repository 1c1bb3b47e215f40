// RedisTransaction: commands that are gathered first, and then sent and run as one.
// Thread: the loop's.  Owns: the commands, and a future for the reply of each.
//   1. Add runs a command's coroutine up to its Send, which puts the words here and waits for the future: so each of the typed
//      commands works here as it is.
//   2. MULTI, the commands and EXEC are written with nothing between them; that is why a shared connection will do.
//   3. EXEC's reply has one part for each command, in order. If there is none, no command ran, and every result is cancelled.
namespace Tulip.Redis;

/// <summary>Commands that the server runs one after the other, with no other client's between them (<c>MULTI</c>, <c>EXEC</c>).</summary>
/// <remarks>
/// <code>var transaction = redis.Transaction();
/// var visits = transaction.Add(transaction.Increment("visits"));
/// transaction.Add(transaction.Expire("visits", 3600));
/// await transaction.Execute();
/// Console.WriteLine(await visits);</code>
/// There is no rollback in Redis: if a command fails while they run, only its own result is an error. A command of a transaction
/// must be added, not awaited: its reply comes only with <c>Execute</c>.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class RedisTransaction : RedisCommands
{
    private readonly Func<Coroutine<RedisConnection>> _connect;
    private readonly List<RedisArgument[]> _commands = [];
    private readonly List<Future<RedisValue>> _replies = [];
    private bool _executed;

    internal RedisTransaction(RedisClient client)
        => _connect = client.ReadyConnection;

    internal RedisTransaction(RedisConnection connection)
        => _connect = async () => await Sleep(0, connection);

    /// <summary>How many commands were added.</summary>
    public int Count => _commands.Count;

    /// <summary>Adds a command: <c>transaction.Add(transaction.Increment("visits"))</c>.</summary>
    /// <param name="command">A command of this transaction's, not awaited.</param>
    /// <returns>Its result, once <see cref="Execute()"/> has returned true.</returns>
    /// <exception cref="InvalidOperationException">It was executed already.</exception>
    public AsyncTask<T> Add<T>(Coroutine<T> command)
    {
        CheckNotExecuted();
        var before = Count;
        var result = CreateTask(command, eagerStart: true);
        if (Count == before + 1)
            return result;

        result.Cancel();
        throw new InvalidOperationException("Only a command of the transaction itself can be added: transaction.Add(transaction.Increment(key)).");
    }

    /// <summary>Adds a command whose reply says nothing.</summary>
    /// <param name="command">A command of this transaction's, not awaited.</param>
    /// <exception cref="InvalidOperationException">It was executed already.</exception>
    public AsyncTask<Unit> Add(Coroutine command) => Add((Coroutine<Unit>)command);

    /// <summary>Has the server run all commands that were added.</summary>
    /// <remarks>A cancel after they have left does not undo them.</remarks>
    /// <returns>True if they ran; false if a watched key had changed, and none did.</returns>
    /// <exception cref="InvalidOperationException">It was executed already.</exception>
    /// <exception cref="RedisException">The server refused one of the commands, so that none ran.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it was lost: with <see cref="RedisConnectionException.MayHaveRun"/>
    /// all may have run, or none.</exception>
    public Coroutine<bool> Execute()
    {
        CheckNotExecuted();
        _executed = true;
        return Run();
    }

    /// <summary>Forgets the commands: every result is cancelled.</summary>
    public void Discard()
    {
        _executed = true;
        foreach (var reply in _replies)
            reply.Cancel();
    }

    internal override async Coroutine<RedisValue> Send(RedisArgument[] command)
    {
        CheckNotExecuted();
        var reply = GetRunningLoop().CreateFuture<RedisValue>();
        _commands.Add(command);
        _replies.Add(reply);
        return await reply;
    }

    private async Coroutine<bool> Run()
    {
        try
        {
            var connection = await _connect();
            var answers = connection.SendTogether([["MULTI"], .. _commands, ["EXEC"]]);
            var outcome = await connection.Await(answers[^1]);

            // The server says at EXEC that something was wrong, and has said before what.
            if (outcome.Type == RedisType.Error)
                Array.Find(answers, static answer => answer.Result().Type == RedisType.Error)!.Result().OrThrow();
            if (outcome.IsNull)
                return false;

            foreach (var (reply, value) in _replies.Zip(outcome.AsItems()))
            {
                if (!reply.Done)
                    reply.SetResult(value);
            }

            return true;
        }
        finally
        {
            // Those that have their results are left alone.
            Discard();
        }
    }

    private void CheckNotExecuted()
    {
        if (_executed)
            throw new InvalidOperationException("The transaction was executed or discarded already: make another one.");
    }
}
