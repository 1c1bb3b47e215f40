using ChaosProxy;

namespace Flags;

/// <summary>What a server does to a request before it answers.</summary>
internal enum Fate
{
    /// <summary>Answers at once.</summary>
    Prompt,

    /// <summary>Answers after the delay.</summary>
    Late,

    /// <summary>Sends a random server error at once and closes the connection.</summary>
    Fails,
}

/// <summary>
/// The shares of requests that fail and that are late. They exclude each other: with a quarter failing and half late,
/// the last quarter is answered at once. The draw depends only on the seed and the path, so a run repeats whatever the
/// order of its requests, and a flag's image and metadata are drawn apart.
/// </summary>
internal sealed record Behaviour(double ErrorShare, double DelayShare, TimeSpan Delay, int Seed)
{
    /// <summary>With it, <c>flags2 -s ERROR -al 100</c> has the texts' result: 73 downloaded, 27 errors.</summary>
    public const int DefaultSeed = 53;

    public static TimeSpan DefaultDelay { get; } = TimeSpan.FromSeconds(0.5);

    private static readonly int[] s_errors = [500, 501, 502, 503];

    public static Behaviour Of(ServerKind kind, int seed = DefaultSeed, TimeSpan? delay = null) => kind switch
    {
        ServerKind.DELAY => new(0, 1, delay ?? DefaultDelay, seed),
        ServerKind.ERROR => new(0.25, 0.5, delay ?? DefaultDelay, seed),
        _ => new(0, delay is null ? 0 : 1, delay ?? TimeSpan.Zero, seed),
    };

    /// <summary>A proxy that does the same before a server that answers at once.</summary>
    /// <param name="backendPort">The server's port.</param>
    /// <param name="port">The proxy's; 0 for any free one.</param>
    public ProxyOptions ToProxyOptions(int backendPort, int port) => new()
    {
        Protocol = ProxyProtocol.Http,
        Backend = new HostAndPort("127.0.0.1", backendPort),
        Proxy = new HostAndPort("127.0.0.1", port),
        Behaviours = BehaviourMix.Parse($"{ErrorShare * 100:0}:error,{DelayShare * 100:0}:delay"),
        BehaviourOptions = new BehaviourOptions { DelaySleep = Delay.TotalSeconds },
        Seed = Seed,
        PoolMaxSize = 1000,
    };

    public Fate Draw(string path)
    {
        var draw = Uniform(path, salt: 0);
        return draw < ErrorShare ? Fate.Fails : draw < ErrorShare + DelayShare ? Fate.Late : Fate.Prompt;
    }

    public int DrawError(string path) => s_errors[(int)(Uniform(path, salt: 1) * s_errors.Length)];

    private double Uniform(string path, uint salt) => new Draw(Seed, path).Uniform(salt);
}
