// RedisConnection: commands out, replies back, in the same order. That order is all that tells which reply is whose.
// Thread: the loop's.  Owns: the streams, the task that reads, the futures of the commands that were sent.
//   1. Each command that was written has one future in _pending, and each reply takes one out: always, whether or not anybody
//      still waits for it. A waiter that was cancelled leaves its future there, done: its reply is dropped, none is shifted.
//   2. What the server says unasked (a push) takes none out.
//   3. When the connection is lost, for whatever reason, all that wait fail, once, and nothing is sent any more. _lost is
//      set last: who waits for it finds everything settled.
//   4. Commands of one pass of the loop leave in one send: Write only copies, the transport sends when the pass ends.
namespace Tulip.Redis;

internal sealed class RedisConnection
{
    private readonly AsyncStreamReader _reader;
    private readonly AsyncStreamWriter _writer;
    private readonly RedisOptions _options;
    private readonly Action<RedisValue>? _onPush;
    private readonly RespParser _parser;
    private readonly CommandBuffer _commands;
    private readonly Queue<Future<RedisValue>> _pending = [];
    private readonly AsyncEvent _room = new();
    private readonly AsyncEvent _lost = new();
    private readonly AsyncTask<Unit> _reading;
    private readonly int _highWater;

    private RedisConnection(AsyncStreamReader reader, AsyncStreamWriter writer, RedisOptions options, Action<RedisValue>? onPush)
    {
        _reader = reader;
        _writer = writer;
        _options = options;
        _onPush = onPush;
        _parser = new RespParser(options.MaxReplySize);
        _commands = new CommandBuffer(writer.Write);
        _highWater = writer.Transport.GetWriteBufferLimits().High;
        _reading = CreateTask(ReadReplies(), $"Redis replies of {options}");
    }

    /// <summary>Whether commands can be sent.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether it has been told to subscribe: then messages are told from replies by their first word, as RESP2 needs.</summary>
    public bool HasSubscriptions { get; set; }

    /// <summary>What broke it; null while it is open, and if it was closed on purpose.</summary>
    public Exception? Cause { get; private set; }

    /// <summary>Grows with every piece that comes: a sign of life.</summary>
    public long PiecesReceived { get; private set; }

    /// <summary>Whether who sends should wait before: too many replies are due, or too many bytes have not left.</summary>
    public bool IsFull => _pending.Count >= _options.MaxPending || _writer.Transport.GetWriteBufferSize() > _highWater;

    /// <summary>Connects and says hello. A cancel, as a failure, leaves nothing open.</summary>
    /// <param name="options">Where, and who asks.</param>
    /// <param name="onPush">Told what the server says unasked.</param>
    /// <exception cref="RedisConnectionException">It failed, or took too long.</exception>
    /// <exception cref="RedisException">The server refused the user, the password or the database.</exception>
    public static async Coroutine<RedisConnection> Open(RedisOptions options, Action<RedisValue>? onPush = null)
    {
        try
        {
            return await WithTimeout(options.ConnectTimeout, async Coroutine<RedisConnection> (_) =>
            {
                var (reader, writer) = await options.OpenStreams();
                var connection = new RedisConnection(reader, writer, options, onPush);
                try
                {
                    await Handshake.Perform(connection, options);
                    return connection;
                }
                catch
                {
                    connection.Abort();
                    throw;
                }
            });
        }
        catch (TimeoutException exception)
        {
            throw new RedisConnectionException($"Connecting to {options} took more than {options.ConnectTimeout} s.", mayHaveRun: false, exception);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException)
        {
            throw new RedisConnectionException($"There is no connection to {options}: {exception.Message}", mayHaveRun: false, exception);
        }
    }

    /// <summary>Sends a command.</summary>
    /// <returns>Its reply; errors of the server's are replies too. Cancelling it drops the reply.</returns>
    /// <exception cref="RedisConnectionException">The connection is lost; the command was not sent.</exception>
    public Future<RedisValue> Send(params ReadOnlySpan<RedisArgument> command)
    {
        var reply = Add(command);
        _commands.Flush();
        return reply;
    }

    /// <summary>Sends commands with nothing between them.</summary>
    public Future<RedisValue>[] SendTogether(IEnumerable<RedisArgument[]> commands)
    {
        var replies = commands.Select(command => Add(command)).ToArray();
        _commands.Flush();
        return replies;
    }

    /// <summary>Waits while it is full.</summary>
    public async Coroutine WaitForRoom()
    {
        while (IsOpen && IsFull)
        {
            if (_pending.Count >= _options.MaxPending)
            {
                _room.Clear();
                await _room.Wait();
            }
            else
            {
                await DrainOrLose();
            }
        }
    }

    /// <summary>Waits for the reply of a command that was sent, as long as the options allow.</summary>
    /// <exception cref="TimeoutException">It has not come in time; it will be dropped.</exception>
    public async Coroutine<RedisValue> Await(Future<RedisValue> reply)
    {
        if (_options.CommandTimeout is not { } seconds)
            return await reply;

        try
        {
            return await WaitFor(reply, seconds);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Redis at {_options} has not replied within {seconds} s; the command may still run.");
        }
    }

    /// <summary>Waits until the connection is lost.</summary>
    public Coroutine WaitLost() => _lost.Wait();

    /// <summary>Ends it, and waits until nothing is left of it.</summary>
    public async Coroutine Close()
    {
        Abort();
        await Wait([_reading]);
    }

    /// <summary>Ends the connection at once: what waits for replies fails.</summary>
    /// <param name="cause">What is wrong with it; null if nothing is.</param>
    public void Abort(Exception? cause = null)
    {
        Settle(cause, cause is null ? "The connection was closed" : "The connection was lost");
        _writer.Transport.Abort();
        _writer.Close();
    }

    /// <summary>Waits until what was written has left. What breaks the connection meanwhile is told by the reader, to everybody: who waits
    /// here has sent nothing yet, and goes to the next one.</summary>
    private async Coroutine DrainOrLose()
    {
        try
        {
            await _writer.Drain();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await WaitLost();
        }
    }

    private Future<RedisValue> Add(ReadOnlySpan<RedisArgument> command)
    {
        if (!IsOpen)
            throw new RedisConnectionException($"The connection to {_options} was lost.", mayHaveRun: false, Cause);

        var reply = GetRunningLoop().CreateFuture<RedisValue>();
        _commands.Add(command);
        _pending.Enqueue(reply);
        return reply;
    }

    private async Coroutine ReadReplies()
    {
        try
        {
            while (await _reader.ReadLent() is { IsEmpty: false } data)
            {
                PiecesReceived++;
                Deliver(data.Span);
            }

            Settle(null, "The server closed the connection");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Settle(exception, "The connection was lost");
        }
        finally
        {
            Abort();
        }
    }

    private void Deliver(ReadOnlySpan<byte> data)
    {
        while (IsOpen && _parser.TryRead(ref data, out var reply))
        {
            if (IsPush(reply))
                Tell(reply);
            else if (!_pending.TryDequeue(out var waiting))
                throw new InvalidDataException($"The server sent a reply to nothing: {reply}.");
            else if (!waiting.Done)
                waiting.SetResult(reply);
        }

        if (!_room.IsSet && _pending.Count <= _options.MaxPending / 2)
            _room.Set();
    }

    /// <summary>What is a push: not all that has the type, and more. To subscribe is confirmed by a push, but in its turn, so that is
    /// a reply; and RESP2 has no such type: there a message is an array.</summary>
    private bool IsPush(in RedisValue reply) => reply.Type switch
    {
        RedisType.Push => !(reply.BeginsWith("subscribe"u8) || reply.BeginsWith("psubscribe"u8)
            || reply.BeginsWith("unsubscribe"u8) || reply.BeginsWith("punsubscribe"u8)),
        RedisType.Array => HasSubscriptions && (reply.BeginsWith("message"u8) || reply.BeginsWith("pmessage"u8)),
        _ => false,
    };

    private void Tell(RedisValue push)
    {
        try
        {
            _onPush?.Invoke(push);
        }
        catch (Exception exception)
        {
            GetRunningLoop().CallExceptionHandler(new LoopErrorContext("A handler of Redis' pushes failed.") { Exception = exception });
        }
    }

    private void Settle(Exception? cause, string what)
    {
        if (!IsOpen)
            return;

        IsOpen = false;
        Cause = cause;
        var message = $"{what} ({_options}){(cause is null ? "" : $": {cause.Message}")}; the command may or may not have run.";
        while (_pending.TryDequeue(out var waiting))
        {
            if (waiting.Done)
                continue;

            // An exception of its own for each: one that is thrown twice shows both places. Whoever waits gets it; one that
            // nobody waits for any more (the inner commands of a transaction) is no error of the program's.
            waiting.SetException(new RedisConnectionException(message, mayHaveRun: true, cause));
            waiting.Exception();
        }

        _room.Set();
        _lost.Set();
    }
}
