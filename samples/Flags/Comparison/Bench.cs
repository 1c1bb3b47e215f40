using System.Diagnostics;

namespace Flags;

/// <summary>Runs downloads against built-in servers and measures them; the files go to a folder that is removed.</summary>
internal sealed class Bench : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"flags-{Guid.NewGuid():N}");

    /// <summary>Whether Ctrl-C was pressed: then there is nothing more to measure.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>The codes again and again until there are enough.</summary>
    public static IReadOnlyList<string> Repeat(IReadOnlyList<string> codes, int count) =>
        [.. Enumerable.Range(0, count).Select(i => codes[i % codes.Count])];

    /// <summary>How long the downloads take. Each run has a server and connections of its own: none inherits from another.</summary>
    public TimeSpan Time(
        Action<DownloadJob> download,
        IReadOnlyList<string> codes,
        int concurrency,
        ServerKind kind,
        Behaviour behaviour,
        int imageScale = 1)
    {
        var site = Site.BuiltIn(kind, behaviour, imageScale).GetAwaiter().GetResult();
        try
        {
            var store = new FolderStore(_folder);
            var job = new DownloadJob(codes, site, Math.Min(concurrency, codes.Count), store, new QuietView());
            var start = Stopwatch.GetTimestamp();
            download(job);
            var elapsed = Stopwatch.GetElapsedTime(start);
            IsInterrupted |= job.Tally.Interrupted;
            return elapsed;
        }
        finally
        {
            site.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Runs everything once, so that no way pays for compiling what the next ones use.</summary>
    public void WarmUp(params IEnumerable<Action<DownloadJob>> downloads)
    {
        foreach (var download in downloads)
            Time(download, CountryCodes.Pop20, 5, ServerKind.LOCAL, Behaviour.Of(ServerKind.LOCAL));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
