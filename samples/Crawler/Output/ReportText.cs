using System.Globalization;

namespace Crawler;

/// <summary>A report for people.</summary>
internal static class ReportText
{
    private const int FailuresShown = 20;

    private static readonly (Verdict Verdict, string Words)[] s_leftOut =
    [
        (Verdict.Forbidden, "robots.txt forbids"),
        (Verdict.OtherSite, "to other sites"),
        (Verdict.TooDeep, "too many links away"),
        (Verdict.TooManyQueries, "one more query of the same page"),
        (Verdict.GoesRound, "a path that repeats itself"),
        (Verdict.TooManyRedirects, "too many redirects in a row"),
        (Verdict.TooLong, "too long an address"),
        (Verdict.OverTheLimit, "over the limit of pages"),
    ];

    public static void Write(TextWriter output, CrawlReport report, TimeSpan elapsed)
    {
        foreach (var failure in report.Failures.Take(FailuresShown))
        {
            var reason = failure.Trouble ?? $"HTTP {failure.Status}";
            var from = failure.From is { } page ? $" (linked from {page.PathAndQuery})" : "";
            output.WriteLine($"*** {failure.Address.AbsoluteUri}: {reason}{from}");
        }

        if (report.Failed > FailuresShown)
            output.WriteLine($"*** and {Number(report.Failed - FailuresShown)} more");

        output.WriteLine($"{Number(report.Ok),9} pages, {Number(report.Bytes)} bytes");
        Line(output, report.Copies, "of them under more than one address");
        Line(output, report.Redirects, "redirects");
        Line(output, report.Failed, "failed");
        Line(output, report.Retries, "asked again");
        var leftOut = s_leftOut.Where(reason => report.Of(reason.Verdict) > 0).ToList();
        if (leftOut.Count > 0)
            output.WriteLine("Links left out:");
        foreach (var (verdict, words) in leftOut)
            Line(output, report.Of(verdict), words);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Elapsed time: {elapsed.TotalSeconds:F2}s"));
    }

    private static void Line(TextWriter output, int count, string words)
    {
        if (count > 0)
            output.WriteLine($"{Number(count),9} {words}");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
