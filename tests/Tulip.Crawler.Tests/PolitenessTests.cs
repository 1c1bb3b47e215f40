using static Tulip.Crawler.Tests.WrittenSource;

namespace Tulip.Crawler.Tests;

/// <summary>What a crawler owes to sites: their rules, their pauses, and not to give up on what passes.</summary>
public sealed class PolitenessTests
{
    private readonly WrittenSource _source = new();
    private readonly KeptResults _results = new();

    [Fact]
    public void RulesThatForbidTheStart_AreObeyed()
    {
        _source["http://a.test/robots.txt"] = () => Html("User-agent: *\nDisallow: /");
        var crawl = Run("http://a.test/");
        Assert.Equal(["http://a.test/robots.txt"], Asked);
        Assert.Equal(1, crawl.Report.Of(Verdict.Forbidden));
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(403, true)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    public void RulesThatCannotBeHad_AllowAllOrNothing(int status, bool allows)
    {
        _source["http://a.test/robots.txt"] = () => Status(status);
        _source["http://a.test/"] = () => Html("");
        var crawl = Run("http://a.test/");
        Assert.Equal(allows, Asked.Contains("http://a.test/"));
        Assert.Equal(0, crawl.Report.Of(Verdict.Forbidden));
        Assert.Equal(allows ? 0 : 1, crawl.Report.Failed);
    }

    [Fact]
    public void RulesThatAreKeptElsewhere_AreObeyed()
    {
        _source["http://a.test/robots.txt"] = () => Status(301, "/rules");
        _source["http://a.test/rules"] = () => Status(308, "https://www.a.test/robots.txt");
        _source["https://www.a.test/robots.txt"] = () => Html("User-agent: *\nDisallow: /");
        _source["http://a.test/"] = () => Html("");
        Run("http://a.test/");
        Assert.DoesNotContain("http://a.test/", Asked);
    }

    [Fact]
    public void RulesThatAreKeptNowhere_AllowAll()
    {
        _source["http://a.test/robots.txt"] = () => Status(302, "/robots.txt");
        _source["http://a.test/"] = () => Html("");
        Run("http://a.test/");
        Assert.Equal(6, Asked.Count(static address => address == "http://a.test/robots.txt"));
        Assert.Contains("http://a.test/", Asked);
    }

    [Fact]
    public void RulesWithoutAnAnswer_AllowNothing()
    {
        _source["http://a.test/robots.txt"] = async () => throw new NoAnswerException("gone");
        var crawl = Run("http://a.test/");
        Assert.Equal("left alone, for there is no robots.txt to be had: gone", Assert.Single(crawl.Report.Failures).Trouble);
        Assert.Equal(3, Asked.Count);
        Assert.All(Asked, address => Assert.Equal("http://a.test/robots.txt", address));
    }

    [Fact]
    public void CrawlDelay_OfTheSiteIsKept()
    {
        _source["http://a.test/robots.txt"] = () => Html("User-agent: TulipCrawler\nCrawl-delay: 30");
        _source["http://a.test/"] = () => Html("<a href=1>1</a><a href=2>2</a>");
        Run("http://a.test/");
        var times = _source.Requests.Skip(1).Select(request => request.Time).ToList();
        Assert.Equal(3, times.Count);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 29.99, 31));
    }

    [Fact]
    public void RetryAfter_HoldsBackTheWholeSite()
    {
        var isBusy = true;
        _source["http://a.test/"] = () => Html("<a href=busy></a><a href=1></a><a href=2></a><a href=3></a><a href=4></a>");
        _source["http://a.test/busy"] = () =>
        {
            var status = Status(isBusy ? 429 : 200, retryAfter: isBusy ? 20 : null);
            isBusy = false;
            return status;
        };
        Run("http://a.test/", new CrawlOptions { PerSite = 2, Delay = 0.001 });
        var first = _source.Requests.First(request => request.Address.EndsWith("busy", StringComparison.Ordinal)).Time;
        Assert.All(_source.Requests.Where(request => request.Time > first + 0.01), request => Assert.True(request.Time > first + 19.99));
        Assert.Equal(2, Asked.Count(address => address.EndsWith("busy", StringComparison.Ordinal)));
        Assert.Contains("http://a.test/4", Asked);
    }

    [Fact]
    public void PassingFailures_AreAskedAgainAndCountedOnce()
    {
        _source["http://a.test/"] = () => Status(503);
        var crawl = Run("http://a.test/", new CrawlOptions { Attempts = 4 });
        Assert.Equal(4, Asked.Count(address => address == "http://a.test/"));
        Assert.Equal((1, 3), (crawl.Report.Failed, crawl.Report.Retries));
    }

    [Fact]
    public void LastingFailures_AreNotAskedAgain()
    {
        _source["http://a.test/"] = () => Status(410);
        Run("http://a.test/");
        Assert.Single(Asked, "http://a.test/");
    }

    [Fact]
    public void RetryAfterHours_GivesUpInsteadOfWaiting()
    {
        _source["http://a.test/"] = () => Status(503, retryAfter: 7_200);
        Run("http://a.test/");
        Assert.Single(Asked, "http://a.test/");
    }

    [Fact]
    public void SiteThatHangs_HoldsNoOtherUp()
    {
        _source["http://slow.test/"] = () => Html("", delay: 100_000);
        _source["http://fast.test/"] = () => Html(string.Concat(Enumerable.Range(0, 100).Select(n => $"<a href={n}></a>")));
        var crawl = new Crawl(new CrawlOptions { Timeout = 1_000 }, _source, _results);
        Aio.Run(crawl.Run([new Uri("http://slow.test/"), new Uri("http://fast.test/")]), () => new EventLoop(new VirtualClock()));
        Assert.All(_source.Requests.Where(request => request.Address.Contains("fast", StringComparison.Ordinal)), request => Assert.InRange(request.Time, 0, 5));
        Assert.Equal(103, _source.Requests.Count(request => request.Address.Contains("fast", StringComparison.Ordinal)) + 1);
    }

    [Fact]
    public void StartThatRedirectsToAnotherSite_IsFollowedThere()
    {
        _source["http://a.test/"] = () => Status(301, "https://www.a.test/home");
        _source["https://www.a.test/home"] = () => Html("<a href=/next></a><a href=http://b.test/></a>");
        Run("http://a.test/");
        Assert.Contains("https://www.a.test/next", Asked);
        Assert.Contains("https://www.a.test/robots.txt", Asked);
        Assert.DoesNotContain(Asked, address => address.Contains("b.test", StringComparison.Ordinal));
    }

    private List<string> Asked => [.. _source.Requests.Select(request => request.Address)];

    private Crawl Run(string start, CrawlOptions? options = null)
    {
        var crawl = new Crawl(options ?? new CrawlOptions(), _source, _results);
        Aio.Run(crawl.Run([new Uri(start)]), () => new EventLoop(new VirtualClock()));
        return crawl;
    }
}
