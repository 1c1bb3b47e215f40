using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

/// <summary>What is open when its loop is closed, in debug mode.</summary>
public sealed class UnclosedTests
{
    [Fact]
    public void TransportsAndServers_LeftOpen_AreReportedWithTheirPlace()
    {
        var reports = RunInDebugMode(MakeWithoutClosing);
        Assert.Equal(3, reports.Count);
        var server = Assert.Single(reports, static report => report.Message.StartsWith("A server was never closed: <Server", StringComparison.Ordinal));
        Assert.Contains(nameof(MakeWithoutClosing), server.Message, StringComparison.Ordinal);
        Assert.Single(reports, static report => report.Message.Contains("by a client of <Server", StringComparison.Ordinal));
        var client = Assert.Single(reports, static report => report.Protocol is Recorder);
        Assert.StartsWith("A transport was never closed: <SocketTransport reading", client.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(MakeWithoutClosing), client.Message, StringComparison.Ordinal);
        Assert.NotNull(client.Transport);
    }

    [Fact]
    public void TransportsAndServers_Closed_AreNot() => Assert.Empty(RunInDebugMode(async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", ServerTests.Port(server));
        transport.Close();
        await rig.Until(() => client.IsLost);
        server.Close();
        await server.WaitClosed();
    }));

    [Fact]
    public void TransportsAndServers_LeftOpenInNormalMode_AreNot() => Assert.Empty(Run(MakeWithoutClosing, debug: false));

    private static async Coroutine MakeWithoutClosing(Rig rig)
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", ServerTests.Port(server));
        transport.Write("x"u8);
        await rig.Until(() => client.Bytes == 1);
    }

    private static List<LoopErrorContext> RunInDebugMode(Func<Rig, Coroutine> body) => Run(body, debug: true);

    private static List<LoopErrorContext> Run(Func<Rig, Coroutine> body, bool debug)
    {
        var engine = Engines.EngineSelector.Create("portable");
        var reports = new List<LoopErrorContext>();
        using (var loop = new EventLoop(engine: engine) { Debug = debug, SlowCallbackDuration = double.PositiveInfinity })
        {
            loop.ExceptionHandler = (_, report) => reports.Add(report);
            loop.RunUntilComplete(body(new Rig { Loop = loop, Engine = engine }));
        }

        return reports;
    }
}
