using Tulip;

namespace Evolution;

/// <summary>A thread for each page: lighter than processes, and enough for ten pages. For ten thousand it is not.</summary>
internal sealed class Threads : Way
{
    public override string Name => "threads";

    public override string Description => "a thread for each page";

    public override double? SecondsInTheTexts => 0.43;

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests)
    {
        using var pool = new ThreadPoolExecutor(requests.Count);
        return [.. pool.Map(Blocking.Fetch, requests)];
    }
}
