namespace Crawler;

/// <summary>A page to ask for.</summary>
/// <param name="Address">In normal form.</param>
/// <param name="Depth">How many links lead here from a start.</param>
/// <param name="From">The page that leads here; null for a start.</param>
/// <param name="Redirects">How many redirects in a row led here.</param>
internal sealed record Visit(Uri Address, int Depth, Uri? From, int Redirects = 0);

/// <summary>What became of a link that was found.</summary>
internal enum Verdict
{
    Taken,
    Seen,
    OtherSite,
    Forbidden,
    TooDeep,
    TooLong,
    GoesRound,
    TooManyQueries,
    TooManyRedirects,
    OverTheLimit,
}

/// <summary>What became of a page that was asked for.</summary>
/// <param name="Address">The page.</param>
/// <param name="From">The page that led there.</param>
/// <param name="Depth">How many links from a start.</param>
/// <param name="Status">The HTTP status; 0 without an answer.</param>
/// <param name="Trouble">Why there was no answer.</param>
/// <param name="Attempts">How often it was asked for.</param>
/// <param name="Seconds">How long that took, pauses among it.</param>
/// <param name="Bytes">The length of what was read.</param>
internal sealed record PageResult(Uri Address, Uri? From, int Depth, int Status, string? Trouble, int Attempts, double Seconds, int Bytes)
{
    public string Title { get; init; } = "";

    /// <summary>How many links the page has.</summary>
    public int Links { get; init; }

    /// <summary>Whether another address gave the same page, so that its links were not followed again.</summary>
    public bool IsCopy { get; init; }

    public bool IsOk => Status is >= 200 and < 300;

    public bool IsRedirect => Status is >= 300 and < 400;
}
