using System.Diagnostics;

namespace FinderLoad;

/// <summary>Whether a long result keeps others waiting: quiet rounds and rounds beside a client that streams 'cjk' without end, in turn.</summary>
internal sealed class StallScenario(int rounds, int seconds, int? loadProcessor)
{
    public async Task Run(ServerProcess server)
    {
        if (loadProcessor is { } processor)
            Processors.StayOn(processor);

        using var client = new HttpClient { BaseAddress = server.Address };
        await Ask(client, 2);
        using (await ReaderProcess.Start(server.Port, loadProcessor))
            await Ask(client, 2);

        var (quiet, busy, streamed, used) = (new Latencies(), new Latencies(), 0, TimeSpan.Zero);
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var before = await Ask(client, seconds);
            using var reader = await ReaderProcess.Start(server.Port, loadProcessor);
            var (streamedBefore, usedBefore) = (reader.Streamed, server.ProcessorTime);
            var beside = await Ask(client, seconds);
            streamed += reader.Streamed - streamedBefore;
            used += server.ProcessorTime - usedBefore;
            ratios.Add(beside.At(99) / before.At(99));
            quiet.AddAll(before);
            busy.AddAll(beside);
        }

        var whole = (double)rounds * seconds;
        Console.WriteLine($"'braille', quiet:        {quiet}");
        Console.WriteLine($"'braille', beside 'cjk': {busy}");
        Console.WriteLine($"meanwhile 'cjk' was streamed {streamed / whole:F1} times a second, and the server used {used.TotalSeconds / whole:P0} of a processor");
        ratios.Sort();
        Console.WriteLine($"p99 beside / p99 quiet: {busy.At(99) / quiet.At(99):F2} in all, {ratios[ratios.Count / 2]:F2} the median of {rounds} rounds");
    }

    private static async Task<Latencies> Ask(HttpClient client, int seconds)
    {
        var times = new Latencies();
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds)
        {
            var started = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync("/search?q=braille");
            times.AddSince(started);
        }

        return times;
    }
}
