namespace Crawler;

/// <summary>Which of the links that are found are followed. What keeps a crawl finite is here.</summary>
internal sealed class Frontier(CrawlOptions options)
{
    /// <summary>How many redirects in a row are followed.</summary>
    public const int MostRedirects = 5;

    private const int LongestAddress = 2_000;
    private const int MostRepetitions = 3;

    private readonly HashSet<Uri> _seen = [];
    private readonly Dictionary<string, int> _queries = [];

    /// <summary>How many pages were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>Decides, and remembers what it takes.</summary>
    /// <param name="visit">What is proposed.</param>
    /// <param name="rules">What the site allows.</param>
    public Verdict Judge(Visit visit, RobotsRules rules)
    {
        var address = visit.Address;
        if (_seen.Contains(address))
            return Verdict.Seen;
        if (!rules.Allows(address))
            return Verdict.Forbidden;
        if (visit.Depth > options.MaxDepth)
            return Verdict.TooDeep; // not remembered: a shorter way may lead here
        if (visit.Redirects > MostRedirects)
            return Verdict.TooManyRedirects;
        if (address.AbsoluteUri.Length > LongestAddress)
            return Verdict.TooLong;
        if (GoesRound(address))
            return Verdict.GoesRound;
        if (Taken >= options.MaxPages)
            return Verdict.OverTheLimit;
        if (address.Query.Length > 0 && !CountQuery(address))
            return Verdict.TooManyQueries;

        _seen.Add(address);
        Taken++;
        return Verdict.Taken;
    }

    // /a/b/a/b/a/b: a relative link that leads ever deeper.
    private static bool GoesRound(Uri address) =>
        address.Segments.Length > MostRepetitions
        && address.Segments.Skip(1).Select(segment => segment.TrimEnd('/')).CountBy(segment => segment)
            .Any(part => part.Value >= MostRepetitions && part.Key.Length > 0);

    private bool CountQuery(Uri address)
    {
        var path = address.GetLeftPart(UriPartial.Path);
        var count = _queries.GetValueOrDefault(path);
        if (count >= options.QueriesPerPath)
            return false;

        _queries[path] = count + 1;
        return true;
    }
}
