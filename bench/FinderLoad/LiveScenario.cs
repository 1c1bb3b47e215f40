using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace FinderLoad;

/// <summary>How soon a search is told to all who watch, from the moment at which it is asked for; some may not read.</summary>
internal sealed class LiveScenario(int clients, int searches, int slow, int pause)
{
    private const int WarmUp = 100;

    // Fills the buffers of those who do not read sooner.
    private const int LengthForSlow = 900;

    private readonly long[] _asked = new long[WarmUp + searches];
    private readonly Latencies _times = new();
    private readonly Latencies _last = new();
    private readonly int[] _arrived = new int[WarmUp + searches];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _complete = new(0);

    public async Task Run(ServerProcess server)
    {
        var watchers = new List<ClientWebSocket>();
        for (var i = 0; i < clients; i++)
            watchers.Add(await Watch(server, isSlow: i < slow));
        var reading = watchers.Skip(slow).Select(Read).ToArray();

        using var client = new HttpClient { BaseAddress = server.Address };
        var padding = slow > 0 ? new string('x', LengthForSlow) : "";
        var processor = TimeSpan.Zero;
        for (var number = 0; number < _asked.Length; number++)
        {
            if (number == WarmUp)
                processor = server.ProcessorTime;
            _asked[number] = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync($"/search?q=search+{number}+{padding}");
            if (!await _complete.WaitAsync(TimeSpan.FromSeconds(60)))
                throw new TimeoutException($"Search {number} has come to {_arrived[number]} of {clients - slow}.");
            await Task.Delay(pause);
        }

        processor = server.ProcessorTime - processor;
        Console.WriteLine($"{clients:N0} watch, {slow} of them do not read; {searches} searches");
        Console.WriteLine($"each watcher:    {_times}");
        Console.WriteLine($"the last of all: {_last}");
        Console.WriteLine($"server's processor time: {processor.TotalMicroseconds / searches / (clients - slow):F1} µs for a message to a watcher");
        if (slow > 0)
            Console.WriteLine($"of those that do not read, {await CountDropped(watchers.Take(slow))} were dropped");
        foreach (var watcher in watchers)
            watcher.Abort();
        await Task.WhenAll(reading);
    }

    private static async Task<ClientWebSocket> Watch(ServerProcess server, bool isSlow)
    {
        var socket = new ClientWebSocket();
        var handler = new SocketsHttpHandler(); // kept by its connection
        if (isSlow)
        {
            handler.ConnectCallback = async (context, cancellationToken) =>
            {
                var narrow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                await narrow.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(narrow, ownsSocket: true);
            };
        }

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/live/feed"), new HttpMessageInvoker(handler), CancellationToken.None);
        return socket;
    }

    private static async Task<int> CountDropped(IEnumerable<ClientWebSocket> watchers)
    {
        var dropped = 0;
        foreach (var watcher in watchers)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var buffer = new byte[1 << 16];
            try
            {
                while (true)
                    await watcher.ReceiveAsync(buffer.AsMemory(), patience.Token);
            }
            catch (WebSocketException)
            {
                dropped++;
            }
            catch (OperationCanceledException)
            {
                // It had nothing more to say, and is still there.
            }
        }

        return dropped;
    }

    private async Task Read(ClientWebSocket watcher)
    {
        var buffer = new byte[1 << 14];
        try
        {
            while (true)
            {
                var received = await watcher.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                Take(buffer.AsMemory(..received.Count), Stopwatch.GetTimestamp());
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The end of the measurement.
        }
    }

    private void Take(ReadOnlyMemory<byte> message, long arrived)
    {
        using var json = JsonDocument.Parse(message);
        var number = int.Parse(json.RootElement.GetProperty("query").GetString()!.Split(' ')[1], CultureInfo.InvariantCulture);
        lock (_gate)
        {
            var time = Stopwatch.GetElapsedTime(_asked[number], arrived);
            var isLast = ++_arrived[number] == clients - slow;
            if (number >= WarmUp)
            {
                _times.Add(time);
                if (isLast)
                    _last.Add(time);
            }

            if (isLast)
                _complete.Release();
        }
    }
}
