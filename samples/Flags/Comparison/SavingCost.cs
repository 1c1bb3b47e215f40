using System.Globalization;
using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>What saving does to the loop: the longest time it could do nothing else.</summary>
internal static class SavingCost
{
    private const int MaxRequests = 50;

    // A single run may meet a collection of garbage or a busy disk: the median of some is steadier.
    private const int Runs = 7;

    private static readonly (string Name, Func<IFlagStore, byte[], string, Coroutine> Save)[] s_ways =
    [
        ("in line", Saving.InLine),
        ("executor", Saving.InExecutor),
        ("AsyncFile", Saving.ByLoop),
    ];

    public static void Compare(Bench bench, Surroundings surroundings, int imageScale)
    {
        var output = surroundings.Out;
        var codes = CountryTable.Codes.Take(100).ToList();
        var average = codes.Average(code => CountryTable.Image(code).Length) * imageScale / 1024;
        output.WriteLine($"{codes.Count} images of {average:0} KB on average from LOCAL, {MaxRequests} at a time; medians of {Runs} runs.");
        output.Flush();
        bench.WarmUp(AsyncioDownloads.RunSavingInLine, AsyncioDownloads.RunSavingInExecutor, AsyncioDownloads.RunSavingByLoop);

        var steps = new StepLine(surroundings, s_ways.Length * Runs);
        var table = new TextTable("saving", "time", "longest stall of the loop");
        foreach (var (name, save) in s_ways)
        {
            var (times, stalls) = (new List<TimeSpan>(), new List<TimeSpan>());
            for (var i = 0; i < Runs && !bench.IsInterrupted; i++)
            {
                steps.Next(name);
                var meter = new StallMeter();
                times.Add(bench.Time(
                    job => CompletionLoop.Run(job, http => Prepare(job, http, save, meter)),
                    codes, MaxRequests, ServerKind.LOCAL, Behaviour.Of(ServerKind.LOCAL), imageScale));
                stalls.Add(meter.Longest);
            }

            if (bench.IsInterrupted)
                break;
            var stall = Median(stalls).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
            table.Add(name, $"{Reports.Seconds(Median(times))}s", $"{stall} ms");
        }

        steps.Erase();
        if (!bench.IsInterrupted)
            table.WriteTo(output);
    }

    private static TimeSpan Median(List<TimeSpan> values) => values.Order().ElementAt(values.Count / 2);

    private static Func<string, Coroutine> Prepare(
        DownloadJob job, HttpClient http, Func<IFlagStore, byte[], string, Coroutine> save, StallMeter meter)
    {
        meter.Start(GetRunningLoop());
        return AsyncioDownloads.Prepare(job, http, save);
    }
}
