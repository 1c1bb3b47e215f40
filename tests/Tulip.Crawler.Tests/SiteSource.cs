namespace Tulip.Crawler.Tests;

/// <summary>The generated site without a network: its delays are the loop's, so virtual time passes over them.</summary>
internal sealed class SiteSource(GeneratedSite site) : IPageSource
{
    /// <summary>When each request came, by the loop's time.</summary>
    public List<(double Time, string Path)> Requests { get; } = [];

    /// <summary>How many are under way.</summary>
    public int UnderWay { get; private set; }

    public async Coroutine<PageResponse> Get(Uri address, int mostBytes)
    {
        Requests.Add((GetRunningLoop().Time, address.PathAndQuery));
        var answer = site.Answer(address.Authority, address.PathAndQuery);
        UnderWay++;
        try
        {
            await Sleep(answer.Delay);
            return ToResponse(answer, mostBytes);
        }
        finally
        {
            UnderWay--;
            site.Visits.End();
        }
    }

    private static PageResponse ToResponse(SiteAnswer answer, int mostBytes)
    {
        var type = answer.ContentType.Split("; charset=");
        var isCut = answer.IsEndless || answer.Body.Length > mostBytes;
        return new PageResponse(answer.Status, isCut ? [.. answer.Body.Take(mostBytes)] : answer.Body)
        {
            MediaType = type[0],
            Charset = type.ElementAtOrDefault(1),
            Location = answer.Location,
            RetryAfter = answer.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            IsCut = isCut,
        };
    }
}

/// <summary>Pages written down in the test.</summary>
internal sealed class WrittenSource : IPageSource
{
    private readonly Dictionary<string, Func<Coroutine<PageResponse>>> _pages = [];

    public List<(double Time, string Address)> Requests { get; } = [];

    public Func<Coroutine<PageResponse>> this[string address]
    {
        set => _pages[address] = value;
    }

    public static async Coroutine<PageResponse> Html(string body, double delay = 0)
    {
        await Sleep(delay);
        return new PageResponse(200, System.Text.Encoding.UTF8.GetBytes(body)) { MediaType = "text/html" };
    }

    public static async Coroutine<PageResponse> Status(int status, string? location = null, double? retryAfter = null) =>
        new(status, []) { Location = location, RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

    public Coroutine<PageResponse> Get(Uri address, int mostBytes)
    {
        Requests.Add((GetRunningLoop().Time, address.AbsoluteUri));
        return _pages.TryGetValue(address.AbsoluteUri, out var page) ? page() : Status(404);
    }
}

/// <summary>Keeps what it is shown.</summary>
internal sealed class KeptResults : ICrawlView
{
    public List<PageResult> Results { get; } = [];

    public async Coroutine Show(PageResult result, CrawlState state) => Results.Add(result);
}
