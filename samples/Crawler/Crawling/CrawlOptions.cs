namespace Crawler;

/// <summary>How far a crawl goes and how gently.</summary>
internal sealed record CrawlOptions
{
    /// <summary>The most pages to ask for in all.</summary>
    public int MaxPages { get; init; } = 5_000;

    /// <summary>The most links to follow from a start to a page. What bounds calendars and other things without end.</summary>
    public int MaxDepth { get; init; } = 25;

    /// <summary>The most requests to one site at a time.</summary>
    public int PerSite { get; init; } = 4;

    /// <summary>The most requests at a time to all sites together.</summary>
    public int Concurrency { get; init; } = 50;

    /// <summary>The least time between the starts of two requests to one site, in seconds; a site may ask for more.</summary>
    public double Delay { get; init; }

    /// <summary>How often to ask for a page that cannot be had for the time being.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>How long one answer may take with its body, in seconds.</summary>
    public double Timeout { get; init; } = 10;

    /// <summary>How much of a page is read; what comes later is not wanted.</summary>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>How many different queries are taken for one path: sessions and sort orders make endless many.</summary>
    public int QueriesPerPath { get; init; } = 25;

    /// <summary>What the crawler calls itself, name and version; the name is what robots.txt speaks of.</summary>
    public string UserAgent { get; init; } = "TulipCrawler/1.0";

    /// <summary>Chooses the pauses before retries.</summary>
    public int Seed { get; init; } = 1;
}
