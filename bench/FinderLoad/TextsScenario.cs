using System.Diagnostics;
using System.Text.Json;

namespace FinderLoad;

/// <summary>The two queries whose figures the texts give, and what they are here.</summary>
internal static class TextsScenario
{
    private const int Rounds = 30;
    private const int WarmUp = 30;

    public static async Task Run(ServerProcess server)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        await Ask(client, "'braille', the page", "/?query=braille");
        await Ask(client, "'braille', all as JSON", "/search?q=braille");
        await Ask(client, "'cjk', the first page", "/?query=cjk");
        await Ask(client, "'cjk', all as JSON", "/search?q=cjk");

        var times = new Latencies();
        var bytes = 0L;
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            bytes = await FindSocket.Stream(server, "cjk", 98_885);
            if (round >= 0)
                times.AddSince(started);
        }

        Console.WriteLine($"{"'cjk', all over a WebSocket",-28} {98_885,7:N0} rows {bytes,12:N0} bytes   median {times.At(50):F1} ms");
    }

    private static async Task Ask(HttpClient client, string what, string address)
    {
        var times = new Latencies();
        var reply = Array.Empty<byte>();
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            reply = await client.GetByteArrayAsync(address);
            if (round >= 0)
                times.AddSince(started);
        }

        Console.WriteLine($"{what,-28} {Rows(reply),7:N0} rows {reply.Length,12:N0} bytes   median {times.At(50):F1} ms");
    }

    private static int Rows(byte[] reply)
    {
        if (reply[0] is not (byte)'[')
            return reply.AsSpan().Count("<tr><td>"u8);

        using var json = JsonDocument.Parse(reply);
        return json.RootElement.GetArrayLength();
    }
}
