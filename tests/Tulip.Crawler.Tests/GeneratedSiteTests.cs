namespace Tulip.Crawler.Tests;

/// <summary>Two thousand pages and all traps, in virtual time.</summary>
public sealed class GeneratedSiteTests
{
    private const int Pages = 2_000;
    private static readonly Uri s_start = new("http://garden.test/");

    [Fact]
    public void Crawl_OfTwoThousandPages_AsksForEachOnce()
    {
        var (site, _, crawl) = Run(new CrawlOptions());
        var counts = site.Visits.Counts;
        for (var number = 1; number <= Pages; number++)
            Assert.Equal(number % 31 == 0 ? 2 : 1, counts.GetValueOrDefault(GeneratedSite.PathOf(number)));
        Assert.Equal(counts.Count - 1, crawl.Report.Asked); // the rules are no page
    }

    [Fact]
    public void Crawl_AmongTraps_IsNotCaught()
    {
        var (site, _, crawl) = Run(new CrawlOptions());
        var trapped = site.Visits.Counts.Keys.Where(path => path != "/" && !path.StartsWith("/page/", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(trapped, path => path.StartsWith("/private", StringComparison.Ordinal));
        Assert.DoesNotContain(trapped, path => path.StartsWith("/nofollow", StringComparison.Ordinal));
        Assert.InRange(trapped.Count(path => path.StartsWith("/calendar", StringComparison.Ordinal)), 10, 50);
        Assert.Equal(25, trapped.Count(path => path.StartsWith("/shop", StringComparison.Ordinal)));
        Assert.InRange(trapped.Count(path => path.StartsWith("/deep", StringComparison.Ordinal)), 1, 3);
        Assert.InRange(trapped.Count(path => path.StartsWith("/chain", StringComparison.Ordinal)), 1, 6);
        Assert.InRange(trapped.Count, 1, 150);
        Assert.Equal(["/broken", "/missing", "/slow"], crawl.Report.Failures.Select(failure => failure.Address.AbsolutePath).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void PerSite_IsTheMostRequestsAtATime(int perSite)
    {
        var (site, _, _) = Run(new CrawlOptions { PerSite = perSite });
        Assert.Equal(perSite, site.Visits.MostAtOnce);
    }

    [Fact]
    public void Delay_IsKeptBetweenAnyTwoRequests()
    {
        var (_, source, _) = Run(new CrawlOptions { Delay = 0.5, MaxPages = 200 });
        var times = source.Requests.Select(request => request.Time).ToList();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First > 0.4999, $"{pair}"));
    }

    [Fact]
    public void MaxPages_BoundsTheCrawl()
    {
        var (_, _, crawl) = Run(new CrawlOptions { MaxPages = 100 });
        Assert.Equal(100, crawl.Report.Asked);
        Assert.True(crawl.Report.Of(Verdict.OverTheLimit) > 0);
    }

    [Fact]
    public void Cancelled_HalfWay_LeavesNothingUnderWayAndAReport()
    {
        var source = new SiteSource(new GeneratedSite(Pages, seed: 3, delay: 0.2));
        var crawl = new Crawl(new CrawlOptions(), source, new KeptResults());
        Aio.Run(Stop(), () => new EventLoop(new VirtualClock()));
        Assert.Equal(0, source.UnderWay);
        Assert.InRange(crawl.Report.Asked, 100, 400);

        async Coroutine Stop()
        {
            var task = CreateTask(crawl.Run([s_start]));
            await Sleep(15);
            Assert.InRange(source.UnderWay, 1, 4);
            task.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(task.AsTask);
        }
    }

    private static (GeneratedSite Site, SiteSource Source, Crawl Crawl) Run(CrawlOptions options)
    {
        var site = new GeneratedSite(Pages, seed: 1, delay: 0.01);
        var source = new SiteSource(site);
        var crawl = new Crawl(options, source, new KeptResults());
        Aio.Run(crawl.Run([s_start]), () => new EventLoop(new VirtualClock()));
        return (site, source, crawl);
    }
}
