using System.Text;

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

    public Fate Draw(string path)
    {
        var draw = Uniform(path, salt: 0);
        return draw < ErrorShare ? Fate.Fails : draw < ErrorShare + DelayShare ? Fate.Late : Fate.Prompt;
    }

    public int DrawError(string path) => s_errors[(int)(Uniform(path, salt: 1) * s_errors.Length)];

    /// <summary>A number in [0, 1) from the seed and the path: FNV-1a, then a mixing step so that all bits count.</summary>
    private double Uniform(string path, uint salt)
    {
        var hash = 14695981039346656037UL ^ ((ulong)salt << 32 | (uint)Seed);
        foreach (var octet in Encoding.UTF8.GetBytes(path))
            hash = (hash ^ octet) * 1099511628211UL;

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return ((hash ^ (hash >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
