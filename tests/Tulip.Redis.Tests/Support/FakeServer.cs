// FakeServer: a server of which a test decides each answer, on a simulated network in virtual time.
//   1. Without a rule it answers as a small Redis: HELLO, PING, GET and SET, SUBSCRIBE, and "OK" to the rest.
//   2. A rule gets each command first: what it returns is sent as it is; null leaves it to the small Redis; "" is silence.
//   3. What it was sent is in Received, connection by connection.
using System.Globalization;
using System.Net;
using Tulip.Engines;

namespace Tulip.Redis.Tests;

internal sealed class FakeServer
{
    private readonly Dictionary<string, string> _values = [];
    private readonly List<AsyncStreamWriter> _open = [];
    private Server? _server;

    private FakeServer()
    {
    }

    public static RedisOptions Options { get; } = new()
    {
        Host = "10.0.0.1",
        KeepAlive = null,
        Connection = new ConnectionOptions { LocalAddress = ("10.0.0.2", 0) },
    };

    public SimulatedNetwork Network { get; } = new();

    /// <summary>What to answer, as bytes in Latin-1; see above.</summary>
    public Func<string[], string?> Rule { get; set; } = static _ => null;

    /// <summary>Each connection's commands, their words joined by spaces.</summary>
    public List<List<string>> Received { get; } = [];

    /// <summary>The commands of the connection made last.</summary>
    public List<string> Last => Received[^1];

    /// <summary>How many sends of the client's brought commands.</summary>
    public int Pieces { get; private set; }

    /// <summary>Runs the body with a server; nothing may be left after it but what the loop reports.</summary>
    public static IReadOnlyList<LoopErrorContext> RunReporting(Func<FakeServer, Coroutine> body)
    {
        var reports = new List<LoopErrorContext>();
        var fake = new FakeServer();
        using var loop = new EventLoop(new VirtualClock(), new SimulatedEngine(fake.Network)) { SlowCallbackDuration = double.PositiveInfinity };
        loop.ExceptionHandler = (_, report) => reports.Add(report);
        using var watchdog = new Timer(_ => loop.CallSoonThreadsafe(loop.Stop), null, TimeSpan.FromSeconds(180), Timeout.InfiniteTimeSpan);
        loop.RunUntilComplete(Main());
        Assert.Empty(AllTasks(loop));
        return reports;

        async Coroutine Main()
        {
            await fake.Listen();
            await body(fake);
            fake.Stop();
            while (AllTasks(GetRunningLoop()).Count > 1)
                await Sleep(0.01);
        }
    }

    /// <inheritdoc cref="RunReporting"/>
    public static void Run(Func<FakeServer, Coroutine> body) => Assert.Empty(RunReporting(body));

    public static Coroutine<RedisClient> Connect() => RedisClient.Connect(Options);

    public async Coroutine Listen() => _server = await StartServer(Serve, "10.0.0.1", 6379);

    /// <summary>Nobody listens any more; connections stay.</summary>
    public void StopListening()
    {
        _server?.Close();
        _server = null;
    }

    /// <summary>Breaks all connections.</summary>
    public void Break()
    {
        foreach (var writer in _open.ToArray())
            writer.Transport.Abort();
        _open.Clear();
    }

    public void Stop()
    {
        StopListening();
        Break();
    }

    /// <summary>Sends this unasked, on the connection made last.</summary>
    public void Say(string bytes) => _open[^1].Write(Resp.Bytes(bytes));

    public static string Bulk(string text) => string.Create(CultureInfo.InvariantCulture, $"${text.Length}\r\n{text}\r\n");

    private async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        var commands = new List<string>();
        Received.Add(commands);
        _open.Add(writer);
        var parser = new RespParser(long.MaxValue);
        try
        {
            while (await reader.ReadLent() is { IsEmpty: false } data)
            {
                Pieces++;
                var rest = data.Span;
                while (parser.TryRead(ref rest, out var command))
                {
                    var words = command.AsItems().Select(static word => word.AsString()!).ToArray();
                    commands.Add(string.Join(' ', words));
                    writer.Write(Resp.Bytes(Rule(words) ?? Answer(words)));
                }
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The client, or the test, has broken it.
        }

        _open.Remove(writer);
        writer.Close();
    }

    private string Answer(string[] words)
    {
        switch (words)
        {
            case ["HELLO", ..]:
                return "%1\r\n+server\r\n+fake\r\n";
            case ["PING"]:
                return "+PONG\r\n";
            case ["GET", var key]:
                return _values.TryGetValue(key, out var found) ? Bulk(found) : "_\r\n";
            case ["SET", var name, var content, ..]:
                _values[name] = content;
                return "+OK\r\n";
            case ["SUBSCRIBE" or "UNSUBSCRIBE" or "PSUBSCRIBE" or "PUNSUBSCRIBE", var channel]:
                return $">3\r\n{Bulk(words[0].ToLowerInvariant())}{Bulk(channel)}:1\r\n";
            default:
                return "+OK\r\n";
        }
    }
}
