using System.Globalization;

namespace Flags;

/// <summary>The same downloads one by one, with threads and with a loop.</summary>
internal static class ThreeWays
{
    private static readonly (string Name, Action<DownloadJob> Download)[] s_ways =
    [
        ("sequential", SequentialDownloads.Run),
        ("threads", ThreadPoolDownloads.Run),
        ("asyncio", AsyncioDownloads.RunSavingInLine),
    ];

    public static void Compare(Bench bench, TextWriter output, TimeSpan latency, int requests, int maxRequests)
    {
        var behaviour = Behaviour.Of(ServerKind.LOCAL, delay: latency);
        output.WriteLine($"LOCAL server, {latency.TotalMilliseconds:0} ms for each answer, at most {maxRequests} at a time.");
        output.Flush();
        bench.WarmUp(s_ways.Select(way => way.Download));

        var few = CountryCodes.Pop20;
        var many = Bench.Repeat(CountryTable.Codes, requests);
        var table = new TextTable("", $"{few.Count} flags", "ratio", $"{many.Count} requests", "ratio");
        (TimeSpan Few, TimeSpan Many)? first = null;
        foreach (var (name, download) in s_ways)
        {
            var fewTime = bench.Time(download, few, maxRequests, ServerKind.LOCAL, behaviour);
            var manyTime = bench.Time(download, many, maxRequests, ServerKind.LOCAL, behaviour);
            if (bench.IsInterrupted)
                return;

            first ??= (fewTime, manyTime);
            table.Add(name, Seconds(fewTime), Ratio(first.Value.Few / fewTime), Seconds(manyTime), Ratio(first.Value.Many / manyTime));
        }

        table.Add("(the texts)", "", "5x", "", "70x");
        table.WriteTo(output);
    }

    private static string Seconds(TimeSpan time) => $"{Reports.Seconds(time)}s";

    private static string Ratio(double ratio) => ratio.ToString("0.0", CultureInfo.InvariantCulture) + "x";
}
