// RedisClient: what a program holds. One connection for all its commands, others for what cannot share.
// Thread: the loop's.  Owns: the link for commands, the link for subscriptions, the spare connections.
//   1. Commands of all tasks share one connection: those of one pass of the loop leave together, and their replies are
//      matched by order. That is the pipelining; nobody has to ask for it.
//   2. A command is sent once. If the connection is lost before its reply, it fails, and MayHaveRun says what is known.
namespace Tulip.Redis;

/// <summary>A client of one Redis server. All tasks of a loop may use it at once.</summary>
/// <remarks>
/// <code>await using var redis = await RedisClient.Connect("localhost");
/// await redis.Set("greeting", "hello");
/// var greeting = await redis.Get("greeting");</code>
/// A lost connection is made again by itself, with growing pauses. Commands that wait for a reply at that moment fail with
/// <see cref="RedisConnectionException"/>; those that come meanwhile wait for the new connection, up to
/// <see cref="RedisOptions.ConnectTimeout"/>. Nothing is sent twice, unless through <see cref="Repeating"/>.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class RedisClient : RedisCommands, IAsyncDisposable
{
    private readonly RedisLink _link;
    private readonly SpareConnections _spare;
    private readonly SubscriptionHub _hub;
    private readonly EventLoop _loop = GetRunningLoop();

    private RedisClient(RedisOptions options)
    {
        Options = options;
        _link = new RedisLink(options, options.OnPush);
        _spare = new SpareConnections(options);
        _hub = new SubscriptionHub(options);
    }

    /// <summary>What it was made with.</summary>
    public RedisOptions Options { get; }

    /// <summary>Whether there is a connection at this moment.</summary>
    public bool IsConnected => _link.Current is not null;

    /// <summary>How often the connection for commands was made; more than 1 after it was lost.</summary>
    public int Connections => _link.Connections;

    /// <summary>Connects to a server.</summary>
    /// <param name="options">Where it is, and who asks.</param>
    /// <exception cref="RedisConnectionException">There is no connection to be had. Only the first attempt fails so: a connection that
    /// is lost later is made again.</exception>
    /// <exception cref="RedisException">The server refused the user, the password or the database.</exception>
    public static Coroutine<RedisClient> Connect(RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Run(options);

        static async Coroutine<RedisClient> Run(RedisOptions options)
        {
            var client = new RedisClient(options);
            await client._link.Start();
            return client;
        }
    }

    /// <summary>Connects to a server by host and port.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <exception cref="RedisConnectionException">There is no connection to be had.</exception>
    public static Coroutine<RedisClient> Connect(string host = "localhost", int port = 6379) => Connect(new RedisOptions { Host = host, Port = port });

    /// <summary>The same client, but commands whose connection was lost are sent again. Only for commands that may run twice: reading,
    /// setting to a value, adding to a set; not for <c>Increment</c> or <c>ListRightPush</c>.</summary>
    /// <param name="attempts">How often a command may be sent; at least 1.</param>
    public RedisCommands Repeating(int attempts = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        return new RepeatingCommands(this, attempts);
    }

    /// <summary>Commands that the server runs one after the other with nothing between them; see <see cref="RedisTransaction"/>.</summary>
    public RedisTransaction Transaction() => new(this);

    /// <summary>Reads keys and writes what follows from them, only if nobody has changed them meanwhile; otherwise once more
    /// (<c>WATCH</c>).</summary>
    /// <param name="keys">The keys to watch; at least one.</param>
    /// <param name="body">Reads with the first argument and adds to the second what is to be done; it may run several times. What it
    /// returns is the result.</param>
    /// <param name="attempts">How often to try; at least 1.</param>
    /// <returns>What the body returned the last time.</returns>
    /// <exception cref="RedisConflictException">Somebody was faster each time; nothing was written.</exception>
    public Coroutine<T> Watch<T>(RedisArgument[] keys, Func<RedisCommands, RedisTransaction, Coroutine<T>> body, int attempts = 10)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfZero(keys.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        return _spare.Use(connection => WatchedTransaction.Run(connection, keys, body, attempts));
    }

    /// <summary>Sends a command on a connection of its own: one that blocks, or takes long. Nobody else waits for it.</summary>
    /// <remarks>A cancel closes that connection. If the server answered in that moment, the answer is lost: an element that <c>BLPOP</c>
    /// has taken is nowhere then; <c>BLMOVE</c> keeps a copy. <see cref="RedisOptions.CommandTimeout"/> does not apply.</remarks>
    /// <param name="command">The command's words; at least one.</param>
    /// <exception cref="ArgumentException">It is a command that would change the connection, such as <c>SELECT</c>: another call gets it next.
    /// The message says what to use instead.</exception>
    /// <exception cref="RedisException">The server refused it.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it was lost.</exception>
    public Coroutine<RedisValue> ExecuteAlone(params RedisArgument[] command)
    {
        ArgumentNullException.ThrowIfNull(command);
        SharedUse.CheckAlone(command);
        return _spare.Use(async Coroutine<RedisValue> (connection) => (await connection.Send(command)).OrThrow());
    }

    /// <summary>Subscribes to channels (<c>SUBSCRIBE</c>); returns when the server has confirmed it.</summary>
    /// <param name="channels">The channels; at least one.</param>
    /// <exception cref="RedisException">The server refused a channel.</exception>
    /// <exception cref="RedisConnectionException">There is no connection to be had.</exception>
    public Coroutine<RedisSubscription> Subscribe(params string[] channels) => Subscribe(new SubscriptionOptions(), channels);

    /// <summary>Subscribes to channels, and says what becomes of messages that nobody takes in time.</summary>
    /// <param name="options">How much is kept, and what then.</param>
    /// <param name="channels">The channels; at least one.</param>
    /// <exception cref="RedisException">The server refused a channel.</exception>
    /// <exception cref="RedisConnectionException">There is no connection to be had.</exception>
    public Coroutine<RedisSubscription> Subscribe(SubscriptionOptions options, params string[] channels)
        => _hub.Subscribe(options, channels, isPattern: false);

    /// <summary>Subscribes to all channels that fit patterns such as <c>news.*</c> (<c>PSUBSCRIBE</c>).</summary>
    /// <param name="options">How much is kept, and what then; null for the defaults.</param>
    /// <param name="patterns">The patterns; at least one.</param>
    /// <exception cref="RedisException">The server refused a pattern.</exception>
    /// <exception cref="RedisConnectionException">There is no connection to be had.</exception>
    public Coroutine<RedisSubscription> SubscribePattern(SubscriptionOptions? options, params string[] patterns)
        => _hub.Subscribe(options ?? new SubscriptionOptions(), patterns, isPattern: true);

    /// <summary>Closes all connections. Commands that wait for a reply fail; subscriptions end. One that is just being made is closed
    /// when it is there, and who waits for it gets <see cref="ObjectDisposedException"/>.</summary>
    /// <remarks>A cancel ends the wait for what goes on, not the closing.</remarks>
    public async Coroutine DisposeAsync()
    {
        try
        {
            await _link.Close();
        }
        finally
        {
            try
            {
                await _hub.Close();
            }
            finally
            {
                await _spare.Close();
            }
        }
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(_loop.CreateTask(DisposeAsync()).AsTask());

    /// <inheritdoc/>
    public override string ToString() => $"<RedisClient {Options} connected={IsConnected}>";

    internal override async Coroutine<RedisValue> Send(RedisArgument[] command)
    {
        // Usually there is nothing to wait for but the reply, and no frame is needed for asking.
        var connection = _link.Current is { IsFull: false } ready ? ready : await ReadyConnection();
        var reply = connection.Send(command);
        return Options.CommandTimeout is null ? await reply : await connection.Await(reply);
    }

    /// <summary>A connection on which something may be sent at once.</summary>
    internal async Coroutine<RedisConnection> ReadyConnection()
    {
        while (true)
        {
            var connection = _link.Current ?? await _link.Get();
            if (!connection.IsFull)
                return connection;
            await connection.WaitForRoom();
        }
    }
}
