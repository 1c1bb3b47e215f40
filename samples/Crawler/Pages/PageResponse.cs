namespace Crawler;

/// <summary>What a server answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body, at most as much of it as was asked for.</param>
internal sealed record PageResponse(int Status, byte[] Body)
{
    /// <summary>The media type, in lower case; empty if the server did not say.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>The encoding that the server names; the page may name another.</summary>
    public string? Charset { get; init; }

    /// <summary>Where a redirect leads, as the server wrote it.</summary>
    public string? Location { get; init; }

    /// <summary>How long the server asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether there was more than was asked for.</summary>
    public bool IsCut { get; init; }

    public bool IsHtml => MediaType is "text/html" or "application/xhtml+xml";

    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308 && Location is not null;

    /// <summary>Whether the same request may be answered better later.</summary>
    public bool IsPassing => Status is 408 or 425 or 429 or 500 or 502 or 503 or 504;
}
