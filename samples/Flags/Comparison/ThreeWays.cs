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

    public static void Compare(Bench bench, Surroundings surroundings, TimeSpan latency, int requests, int maxRequests)
    {
        var output = surroundings.Out;
        var behaviour = Behaviour.Of(ServerKind.LOCAL, delay: latency);
        output.WriteLine($"LOCAL server, {latency.TotalMilliseconds:0} ms for each answer, at most {maxRequests} at a time.");
        output.Flush();
        bench.WarmUp(s_ways.Select(way => way.Download));

        var few = CountryCodes.Pop20;
        var many = Bench.Repeat(CountryTable.Codes, requests);
        var table = new TextTable("", $"{few.Count} flags", "ratio", $"{many.Count} requests", "ratio");
        var steps = new StepLine(surroundings, s_ways.Length * 2);
        (TimeSpan Few, TimeSpan Many)? first = null;
        foreach (var (name, download) in s_ways)
        {
            steps.Next($"{name}, {few.Count} flags");
            var fewTime = bench.Time(download, few, maxRequests, ServerKind.LOCAL, behaviour);
            steps.Next($"{name}, {many.Count} requests");
            var manyTime = bench.Time(download, many, maxRequests, ServerKind.LOCAL, behaviour);
            if (bench.IsInterrupted)
                break;

            first ??= (fewTime, manyTime);
            table.Add(name, Seconds(fewTime), Ratio(first.Value.Few / fewTime), Seconds(manyTime), Ratio(first.Value.Many / manyTime));
        }

        steps.Erase();
        if (bench.IsInterrupted)
            return;

        table.Add("(the texts)", "", "5x", "", "70x");
        table.WriteTo(output);
    }

    private static string Seconds(TimeSpan time) => $"{Reports.Seconds(time)}s";

    private static string Ratio(double ratio) => ratio.ToString("0.0", CultureInfo.InvariantCulture) + "x";
}
