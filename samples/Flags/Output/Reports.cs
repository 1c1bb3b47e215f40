using System.Globalization;

namespace Flags;

/// <summary>The lines before and after a run, word for word as the texts print them.</summary>
internal static class Reports
{
    public static void Initial(TextWriter output, Site site, IReadOnlyList<string> codes, int concurrency)
    {
        var list = codes.Count <= 10 ? string.Join(", ", codes) : $"from {codes[0]} to {codes[^1]}";
        output.WriteLine($"{site.Label} site: {site.Url}");
        output.WriteLine($"Searching for {codes.Count} flag{S(codes.Count)}: {list}");
        output.WriteLine($"{concurrency} concurrent connection{S(concurrency)} will be used.");
        output.Flush();
    }

    public static void Final(TextWriter output, Tally tally, TimeSpan elapsed)
    {
        var (ok, notFound, errors) = (tally[FlagStatus.Ok], tally[FlagStatus.NotFound], tally[FlagStatus.Error]);
        output.WriteLine(new string('-', 20));
        output.WriteLine($"{ok} flag{S(ok)} downloaded.");
        if (notFound > 0)
            output.WriteLine($"{notFound} not found.");
        if (errors > 0)
            output.WriteLine($"{errors} error{S(errors)}.");
        output.WriteLine($"Elapsed time: {Seconds(elapsed)}s");
        output.Flush();
    }

    /// <summary>One line for each cause that is not a server's answer, however many flags it took.</summary>
    public static void Troubles(TextWriter error, Tally tally, int total) =>
        Lines(error, tally, total, tally.Failures.Where(failure => failure.Cause is not Cause.Answer));

    /// <summary>The same with the answers, for programs that print no counts of them.</summary>
    public static void Failures(TextWriter error, Tally tally, int total) => Lines(error, tally, total, tally.Failures);

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static void Lines(
        TextWriter error, Tally tally, int total, IEnumerable<(Cause Cause, string Message, int Count)> failures)
    {
        foreach (var (_, message, count) in failures)
            error.WriteLine($"*** {message} ({count} flag{S(count)})");
        if (tally.Interrupted)
            error.WriteLine($"*** Interrupted: {tally.Total} of {total} flags were done.");
        error.Flush();
    }

    private static string S(int count) => count == 1 ? "" : "s";
}
