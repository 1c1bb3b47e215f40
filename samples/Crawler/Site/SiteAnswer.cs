namespace Crawler;

/// <summary>What the generated site answers.</summary>
internal sealed record SiteAnswer(int Status, string ContentType, byte[] Body)
{
    public string? Location { get; init; }

    /// <summary>How long it asks to be left alone, in seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>How long it takes, in seconds.</summary>
    public double Delay { get; init; }

    /// <summary>Whether the body is sent over and over.</summary>
    public bool IsEndless { get; init; }
}
