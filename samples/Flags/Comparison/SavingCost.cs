using System.Globalization;
using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>What saving does to the loop: the longest time it could do nothing else.</summary>
internal static class SavingCost
{
    private const int MaxRequests = 50;

    private static readonly (string Name, Func<IFlagStore, byte[], string, Coroutine> Save)[] s_ways =
    [
        ("in line", Saving.InLine),
        ("executor", Saving.InExecutor),
    ];

    public static void Compare(Bench bench, TextWriter output, int imageScale)
    {
        var codes = CountryTable.Codes.Take(100).ToList();
        var average = codes.Average(code => CountryTable.Image(code).Length) * imageScale / 1024;
        output.WriteLine($"{codes.Count} images of {average:0} KB on average from LOCAL, {MaxRequests} at a time.");
        output.Flush();
        bench.WarmUp(AsyncioDownloads.RunSavingInLine, AsyncioDownloads.RunSavingInExecutor);

        var table = new TextTable("saving", "time", "longest stall of the loop");
        foreach (var (name, save) in s_ways)
        {
            var meter = new StallMeter();
            var time = bench.Time(
                job => CompletionLoop.Run(job, () => Prepare(job, save, meter)),
                codes, MaxRequests, ServerKind.LOCAL, Behaviour.Of(ServerKind.LOCAL), imageScale);
            if (bench.IsInterrupted)
                return;

            var stall = meter.Longest.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
            table.Add(name, $"{Reports.Seconds(time)}s", $"{stall} ms");
        }

        table.WriteTo(output);
    }

    private static Func<string, Coroutine> Prepare(
        DownloadJob job, Func<IFlagStore, byte[], string, Coroutine> save, StallMeter meter)
    {
        meter.Start(GetRunningLoop());
        return AsyncioDownloads.Prepare(job, save);
    }
}
