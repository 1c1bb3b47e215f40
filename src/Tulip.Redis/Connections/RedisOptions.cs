namespace Tulip.Redis;

/// <summary>Where a server is, who asks, and what its client may take. All times are in seconds.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record RedisOptions
{
    /// <summary>The server's name or address; <c>localhost</c> at first.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The server's port, 1 to 65,535; 6379 at first.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>A Unix socket's path: used instead of host and port. Null at first.</summary>
    public string? UnixPath { get; init; }

    /// <summary>The user to be; null, the default, for the server's usual one.</summary>
    public string? User { get; init; }

    /// <summary>The password; null, the default, if none is needed.</summary>
    public string? Password { get; init; }

    /// <summary>The number of the database; 0 or more, 0 at first.</summary>
    public int Database { get; init => field = NotNegative(value, nameof(Database)); }

    /// <summary>What the server's list of clients shows; null, the default, for nothing.</summary>
    public string? ClientName { get; init; }

    /// <summary>Whether RESP2 is spoken though the server may know RESP3. A server that does not is spoken to in RESP2 anyway.</summary>
    public bool OnlyResp2 { get; init; }

    /// <summary>How connections are secured, for example <c>TlsSettings.ForClient("redis.example")</c>; null, the default, for plain ones.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>How else connections are made, such as the address to connect from; null for the defaults.</summary>
    public ConnectionOptions? Connection { get; init; }

    /// <summary>How long connecting may take, and how long a command waits for a connection; more than 0, 5 at first.</summary>
    public double ConnectTimeout { get; init => field = Positive(value, nameof(ConnectTimeout)); } = 5;

    /// <summary>How long a command may take once there is a connection, before it fails with <see cref="TimeoutException"/>: more than 0;
    /// null, the default, for ever. Its reply is dropped when it comes: no other command is disturbed.</summary>
    public double? CommandTimeout { get; init => field = value is { } seconds ? Positive(seconds, nameof(CommandTimeout)) : null; }

    /// <summary>How long a connection may be silent before it is asked for a sign of life; as long again, and it counts as lost.
    /// More than 0; null for never; 15 at first.</summary>
    public double? KeepAlive { get; init => field = value is { } seconds ? Positive(seconds, nameof(KeepAlive)) : null; } = 15;

    /// <summary>The longest pause between two attempts to reconnect. The first attempt is made at once, the second after about 50 ms,
    /// and each further pause is about twice as long, until a connection has lasted for this long. More than 0; 5 at first.</summary>
    public double MaxBackoff { get; init => field = Positive(value, nameof(MaxBackoff)); } = 5;

    /// <summary>How many commands may wait for their replies; at least 1, 16,384 at first. Further ones wait before they are sent.</summary>
    public int MaxPending { get; init => field = AtLeastOne(value, nameof(MaxPending)); } = 16 * 1024;

    /// <summary>How large a reply may be, in bytes, with about 32 for each part of an array; at least 1, 512 MiB at first.
    /// A larger one breaks the connection, for it cannot be received in part.</summary>
    public long MaxReplySize { get; init => field = AtLeastOne(value, nameof(MaxReplySize)); } = 512 * 1024 * 1024;

    /// <summary>How many connections may be kept for the next blocking command or <c>Watch</c>; 0 or more, 4 at first.</summary>
    public int MaxIdleConnections { get; init => field = NotNegative(value, nameof(MaxIdleConnections)); } = 4;

    /// <summary>Told what the server says unasked on the connection for commands, such as <c>invalidate</c> after <c>CLIENT TRACKING</c>;
    /// called on the loop's thread. Null, the default: that is dropped.</summary>
    public Action<RedisValue>? OnPush { get; init; }

    /// <summary>Reads <c>redis://[[user]:password@]host[:port][/database]</c>; <c>rediss://</c> for TLS, <c>unix://path</c> for a Unix socket.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static RedisOptions Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        const string Unix = "unix://";
        if (address.StartsWith(Unix, StringComparison.Ordinal) && address.Length > Unix.Length)
            return new RedisOptions { UnixPath = address[Unix.Length..] };
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
            throw new FormatException($"'{Concealed(address)}' is no address of a Redis server: redis://[[user]:password@]host[:port][/database], rediss://…, or unix://path.");

        var who = uri.UserInfo.Split(':', 2);
        var path = uri.AbsolutePath.Trim('/');
        return new RedisOptions
        {
            Host = uri.IdnHost,
            Port = uri.IsDefaultPort ? 6379 : uri.Port,
            User = who[0].Length > 0 ? Uri.UnescapeDataString(who[0]) : null,
            Password = who.Length == 2 ? Uri.UnescapeDataString(who[1]) : null,
            Database = path.Length == 0 ? 0
                : int.TryParse(path, out var database) && database >= 0 ? database
                : throw new FormatException($"'{path}' is no number of a database."),
            Tls = uri.Scheme == "rediss" ? TlsSettings.ForClient(uri.IdnHost) : null,
        };
    }

    /// <summary>Where it connects to; no password.</summary>
    public override string ToString() => UnixPath ?? $"{Host}:{Port}";

    internal Coroutine<(AsyncStreamReader Reader, AsyncStreamWriter Writer)> OpenStreams() => UnixPath is { } path
        ? OpenUnixConnection(path)
        : OpenConnection(Host, Port, options: Tls is null ? Connection : (Connection ?? new ConnectionOptions()) with { Tls = Tls });

    private static string Concealed(string address) => address[(address.LastIndexOf('@') + 1)..];

    private static double Positive(double value, string name)
    {
        // Not "value <= 0": that is false for NaN.
        if (!(value > 0))
            throw new ArgumentOutOfRangeException(name, value, "It must be more than 0 seconds.");
        return value;
    }

    private static int NotNegative(int value, string name)
        => value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, "It must be 0 or more.");

    private static T AtLeastOne<T>(T value, string name)
        where T : System.Numerics.INumber<T>
        => value >= T.One ? value : throw new ArgumentOutOfRangeException(name, value, "It must be at least 1.");
}
