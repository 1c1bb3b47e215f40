// Crawl: all sites of a crawl, each with a queue and workers of its own, so that a slow one holds nobody else up.
// Thread: the loop's.
//   1. Only sites that a start names, or a start's redirects lead to, are crawled.
//   2. The crawl is finished when every page that was taken is done; the workers are cancelled then.
using Tulip;

namespace Crawler;

/// <summary>Follows links from some pages, politely and within bounds; runs once.</summary>
internal sealed class Crawl(CrawlOptions options, IPageSource source, ICrawlView view)
{
    private readonly Dictionary<string, SiteCrawl> _sites = [];
    private readonly Frontier _frontier = new(options);
    private readonly AsyncSemaphore _slots = new(options.Concurrency);
    private readonly AsyncEvent _finished = new();
    private TaskGroup? _group;
    private int _waiting;

    /// <summary>What has come of it so far; after a cancel too.</summary>
    public CrawlReport Report { get; } = new();

    /// <summary>Crawls to the end.</summary>
    /// <param name="starts">In normal form.</param>
    public async Coroutine Run(IReadOnlyList<Uri> starts)
    {
        await TaskGroup.Run(async group =>
        {
            _group = group;
            foreach (var start in starts)
                Offer(new Visit(start, 0, null), isStart: true);
            await _finished.Wait();
            group.Cancel();
        });
    }

    /// <summary>Takes a link or leaves it.</summary>
    /// <param name="visit">Where it leads.</param>
    /// <param name="isStart">Whether it may lead to a site of its own.</param>
    public void Offer(Visit visit, bool isStart)
    {
        var site = Find(visit.Address, isStart);
        var verdict = site is null ? Verdict.OtherSite : _frontier.Judge(visit, site.Rules);
        Report.Count(verdict);
        if (verdict != Verdict.Taken)
            return;

        _waiting++;
        site!.Add(visit);
    }

    /// <summary>A page that was taken is not asked for after all.</summary>
    public void Skip(Verdict verdict) => Report.Count(verdict);

    /// <summary>A page has been asked for.</summary>
    public Coroutine Finish(PageResult result)
    {
        Report.Add(result);
        return view.Show(result, new CrawlState(Report.Asked, _waiting - 1, Report.Failed));
    }

    /// <summary>A page that was taken is done with.</summary>
    public void Done()
    {
        if (--_waiting == 0)
            _finished.Set();
    }

    private SiteCrawl? Find(Uri address, bool isStart)
    {
        var key = Addresses.SiteOf(address);
        if (_sites.TryGetValue(key, out var site) || !isStart)
            return site;

        site = new SiteCrawl(new Uri(key), this, source, options, _slots);
        _sites.Add(key, site);
        _group!.StartSoon(site.Run(), key);
        return site;
    }
}
