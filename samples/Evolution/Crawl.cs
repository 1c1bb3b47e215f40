using System.Diagnostics;
using System.Globalization;

namespace Evolution;

/// <summary>Crawls, and tells how long it took beside what the texts tell.</summary>
internal static class Crawl
{
    public static string Header { get; } = Row("way", "here", "the texts", "");

    /// <summary>Crawls a server's first pages in one way.</summary>
    public static (IReadOnlyList<string> Pages, TimeSpan Elapsed) Run(Way way, PageServer server, int pages)
    {
        List<PageRequest> requests = [.. Enumerable.Range(1, pages).Select(number => new PageRequest(server.EndPoint, number))];
        var start = Stopwatch.GetTimestamp();
        var texts = way.Crawl(requests);
        return (texts, Stopwatch.GetElapsedTime(start));
    }

    public static string Row(Way way, TimeSpan elapsed) => Row(
        way.Name,
        $"{elapsed.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture)} s",
        way.SecondsInTheTexts is { } seconds ? $"{seconds.ToString(CultureInfo.InvariantCulture)} s" : "-",
        way is BusyNonBlocking busy ? $"{way.Description} ({busy.TriesInVain.ToString("N0", CultureInfo.InvariantCulture)} times in vain)" : way.Description);

    private static string Row(string way, string here, string texts, string what) => $"{way,-11} {here,8} {texts,10}   {what}".TrimEnd();
}
