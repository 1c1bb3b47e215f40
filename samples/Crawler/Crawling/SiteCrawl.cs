// SiteCrawl: one site's queue and the workers that empty it.
// Thread: the loop's.
//   1. As many workers as the site gets requests at a time: that is the limit, no semaphore is needed.
//   2. Nothing is asked for before the site's rules are known.
//   3. A worker takes note of a page's links before it says that the page is done, so that an idle crawl is a finished one.
using System.Security.Cryptography;
using System.Text;
using Tulip;
using static Tulip.Aio;

namespace Crawler;

/// <summary>The crawl of one site, as a part of a <see cref="Crawl"/>.</summary>
internal sealed class SiteCrawl
{
    // Longer pages are read in a thread: the loop has others to serve.
    private const int MostBytesInLine = 32 * 1024;

    private readonly Uri _root;
    private readonly Crawl _crawl;
    private readonly CrawlOptions _options;
    private readonly AsyncQueue<Visit> _queue = new();
    private readonly Pacer _pacer;
    private readonly PageFetcher _fetcher;
    private readonly HashSet<string> _contents = [];
    private string? _trouble;

    public SiteCrawl(Uri root, Crawl crawl, IPageSource source, CrawlOptions options, AsyncSemaphore slots)
    {
        _root = root;
        _crawl = crawl;
        _options = options;
        _pacer = new Pacer { Interval = options.Delay };
        _fetcher = new PageFetcher(source, options, slots, _pacer);
    }

    /// <summary>What the site allows; everything until it has been asked, and then its starts are judged again.</summary>
    public RobotsRules Rules { get; private set; } = RobotsRules.Open;

    /// <summary>Takes a page that was judged worth it.</summary>
    public void Add(Visit visit) => _queue.PutNoWait(visit);

    /// <summary>Works until it is cancelled.</summary>
    public async Coroutine Run()
    {
        Rules = await FetchRules();
        _pacer.Interval = Math.Max(_options.Delay, Rules.CrawlDelay.TotalSeconds);
        await TaskGroup.Run(async workers =>
        {
            for (var number = 1; number <= _options.PerSite; number++)
                workers.StartSoon(Work(), $"{_root.Host} {number}");
            await GetRunningLoop().CreateFuture<Unit>(); // the crawl cancels
        });
    }

    private async Coroutine<RobotsRules> FetchRules()
    {
        var fetched = await FetchRobots();
        return fetched.Response switch
        {
            { Status: >= 200 and < 300 } response => RobotsRules.Parse(Encoding.UTF8.GetString(response.Body), _options.UserAgent.Split('/')[0]),
            { Status: < 500, IsPassing: false } => RobotsRules.Open,
            var none => LeftAlone(none?.Status is { } status ? $"HTTP {status}" : fetched.Trouble!),
        };
    }

    // Where it is kept elsewhere it counts for this site all the same (RFC 9309, 2.3.1.2).
    private async Coroutine<Fetched> FetchRobots()
    {
        var address = new Uri(_root, "/robots.txt");
        for (var redirects = 0; ; redirects++)
        {
            var fetched = await _fetcher.Fetch(address);
            if (fetched.Response is not { IsRedirect: true } response || redirects == Frontier.MostRedirects
                || Addresses.Resolve(address, response.Location) is not { } target)
                return fetched;
            address = target;
        }
    }

    // A site in trouble is left alone, and its starts have failed.
    private RobotsRules LeftAlone(string trouble)
    {
        _trouble = $"left alone, for there is no robots.txt to be had: {trouble}";
        return RobotsRules.Closed;
    }

    private async Coroutine Work()
    {
        while (true)
        {
            var visit = await _queue.Get();
            try
            {
                if (Rules.Allows(visit.Address))
                    await _crawl.Finish(await Follow(visit));
                else if (_trouble is not null)
                    await _crawl.Finish(new PageResult(visit.Address, visit.From, visit.Depth, 0, _trouble, 1, 0, 0));
                else
                    _crawl.Skip(Verdict.Forbidden); // a start: judged before the rules were known
            }
            finally
            {
                _crawl.Done();
            }
        }
    }

    private async Coroutine<PageResult> Follow(Visit visit)
    {
        var start = GetRunningLoop().Time;
        var (response, trouble, attempts) = await _fetcher.Fetch(visit.Address);
        var seconds = GetRunningLoop().Time - start;
        var result = new PageResult(visit.Address, visit.From, visit.Depth, response?.Status ?? 0, trouble, attempts, seconds, response?.Body.Length ?? 0);
        if (response is null)
            return result;

        if (response.IsRedirect)
        {
            if (Addresses.Resolve(visit.Address, response.Location) is { } target)
                _crawl.Offer(visit with { Address = target, From = visit.Address, Redirects = visit.Redirects + 1 }, isStart: visit.Depth == 0);
            return result;
        }

        if (!result.IsOk || !response.IsHtml)
            return result;
        if (!_contents.Add(Convert.ToHexString(SHA256.HashData(response.Body))))
            return result with { IsCopy = true };

        var page = response.Body.Length <= MostBytesInLine
            ? PageLinks.Read(response, visit.Address)
            : await ToThread(() => PageLinks.Read(response, visit.Address));
        foreach (var link in page.Links)
            _crawl.Offer(new Visit(link, visit.Depth + 1, visit.Address), isStart: false);
        return result with { Title = page.Title, Links = page.Links.Count };
    }
}
