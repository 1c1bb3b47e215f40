using System.Text;
using Tulip.Engines;

namespace Tulip.ChaosProxy.Tests;

/// <summary>A client, a proxy and a backend on a network in memory, in virtual time.</summary>
internal sealed class Lab
{
    public const string BackendHost = "10.0.0.1";
    public const string ProxyHost = "10.0.0.2";
    private const double Patience = 100_000;

    private readonly List<string> _log = [];

    private Lab(ProxyOptions options)
    {
        Parts = new ProxyParts(
            options, new Chaos(options.Behaviours, options.BehaviourOptions, options.Seed), new ProxyStatistics(),
            new ProxyLog(_log.Add, LogLevel.Debug, TimeProvider.System));
    }

    public ProxyParts Parts { get; }

    public ProxyStatistics Statistics => Parts.Statistics;

    public Chaos Chaos => Parts.Chaos;

    /// <summary>The log, without time and process.</summary>
    public IEnumerable<string> Log => _log.Select(line => line[(line.IndexOf("] [", StringComparison.Ordinal) + 2)..]);

    public ProxyServer Proxy { get; private set; } = null!;

    public double Time => GetRunningLoop().Time;

    public static ProxyOptions Http(string behaviours = "100:dummy") => new()
    {
        Protocol = ProxyProtocol.Http,
        Backend = new(BackendHost, 80),
        Proxy = new(ProxyHost, 80),
        Behaviours = BehaviourMix.Parse(behaviours),
        Seed = 1,
    };

    public static ProxyOptions Tcp(string behaviours = "100:dummy") => Http(behaviours) with { Protocol = ProxyProtocol.Tcp };

    /// <summary>Runs a client against a proxy.</summary>
    /// <param name="options">The proxy's.</param>
    /// <param name="backend">What the backend does with each connection; null for no backend.</param>
    /// <param name="client">The client.</param>
    /// <param name="latency">How long everything is under way, in seconds.</param>
    public static Lab Run(
        ProxyOptions options, Func<AsyncStreamReader, AsyncStreamWriter, Coroutine>? backend, Func<Lab, Coroutine> client, double latency = 0)
    {
        var lab = new Lab(options);
        var network = new SimulatedNetwork { Conditions = new LinkConditions { Latency = TimeSpan.FromSeconds(latency) } };
        using var loop = new EventLoop(new VirtualClock(), new SimulatedEngine(network));
        var faults = new List<LoopErrorContext>();
        loop.ExceptionHandler = (_, context) => faults.Add(context);
        loop.RunUntilComplete(lab.Experiment(backend, client));
        Assert.Empty(faults.Select(fault => $"{fault.Message}: {fault.Exception}"));
        Assert.Equal(0, lab.Statistics.OpenConnections);
        return lab;
    }

    /// <summary>Connects to the proxy.</summary>
    public async Coroutine<Peer> Connect()
    {
        var (reader, writer) = await OpenConnection(ProxyHost, 80);
        return new Peer(reader, writer);
    }

    /// <summary>One request over a connection of its own.</summary>
    public async Coroutine<string> Get(string path)
    {
        var peer = await Connect();
        peer.Send($"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        var answer = await peer.ReadToEnd();
        peer.Close();
        return answer;
    }

    private async Coroutine Experiment(Func<AsyncStreamReader, AsyncStreamWriter, Coroutine>? backend, Func<Lab, Coroutine> client)
    {
        var server = backend is null ? null : await StartServer(backend, BackendHost, 80);
        Proxy = await ProxyServer.Start(Parts);
        await WithTimeout(Patience, _ => client(this));
        await Proxy.Stop();
        if (server is not null)
        {
            server.Close();
            server.AbortClients();
            await server.WaitClosed();
        }
    }
}

/// <summary>A client's end of a connection, in text.</summary>
internal sealed record Peer(AsyncStreamReader Reader, AsyncStreamWriter Writer)
{
    public void Send(string text) => Writer.Write(Encoding.Latin1.GetBytes(text));

    public async Coroutine<string> Read(int count) => Encoding.Latin1.GetString(await Reader.ReadExactly(count));

    public async Coroutine<string> ReadToEnd() => Encoding.Latin1.GetString(await Reader.Read());

    /// <summary>A head, and a body of the length that it says.</summary>
    public async Coroutine<string> ReadAnswer()
    {
        var head = Encoding.Latin1.GetString(await Reader.ReadUntil("\r\n\r\n"u8.ToArray()));
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))?[16..] ?? "0";
        return head + await Read(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
    }

    public void Close() => Writer.Close();
}
