namespace Crawler;

/// <summary>How the generated site was visited. Any thread.</summary>
internal sealed class SiteVisits
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = [];
    private int _now;

    /// <summary>The most requests at a time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>How often each path with its query was asked for.</summary>
    public IReadOnlyDictionary<string, int> Counts
    {
        get
        {
            lock (_gate)
                return new Dictionary<string, int>(_counts);
        }
    }

    /// <summary>A request begins; how many there were for the same before.</summary>
    public int Begin(string path)
    {
        lock (_gate)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
            var before = _counts.GetValueOrDefault(path);
            _counts[path] = before + 1;
            return before;
        }
    }

    public void End()
    {
        lock (_gate)
            _now--;
    }
}
