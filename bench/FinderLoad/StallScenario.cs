using System.Diagnostics;

namespace FinderLoad;

/// <summary>Whether a long result keeps others waiting: quiet rounds and rounds beside a client that streams 'cjk' without end, in turn.</summary>
internal sealed class StallScenario(int rounds, int seconds)
{
    public async Task Run(ServerProcess server)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        await Ask(client, 2);
        await FindSocket.Stream(server, "cjk", 98_885);

        var (quiet, busy, streamed) = (new Latencies(), new Latencies(), 0L);
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var before = await Ask(client, seconds);
            using var enough = new CancellationTokenSource();
            var streaming = StreamOn(server, enough.Token);
            var beside = await Ask(client, seconds);
            await enough.CancelAsync();
            streamed += await streaming;
            ratios.Add(beside.At(99) / before.At(99));
            quiet.AddAll(before);
            busy.AddAll(beside);
        }

        Console.WriteLine($"'braille', quiet:        {quiet}");
        Console.WriteLine($"'braille', beside 'cjk': {busy}");
        Console.WriteLine($"meanwhile 'cjk' was streamed {(double)streamed / rounds / seconds:F1} times a second");
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

    private static async Task<long> StreamOn(ServerProcess server, CancellationToken enough)
    {
        var times = 0L;
        try
        {
            while (true)
            {
                await FindSocket.Stream(server, "cjk", 98_885, enough);
                times++;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or System.Net.WebSockets.WebSocketException)
        {
            return times;
        }
    }
}
