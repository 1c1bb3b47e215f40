using System.Net;
using Tulip.Engines;

namespace Tulip.Streams.Tests.Sockets;

/// <summary>Servers and clients in virtual time: the examples of docs/testing.md, and what they rest on.</summary>
public sealed class SimulatedNetworkTests
{
    private static readonly IPAddress s_server = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress s_client = IPAddress.Parse("10.0.0.2");

    private static readonly ConnectionOptions s_fromClient = new() { LocalAddress = ("10.0.0.2", 0) };

    [Fact]
    public void Latency_RequestAndAnswer_TakesExactlyTwoRoundTrips()
    {
        var network = new SimulatedNetwork();
        network.SetLink(s_client, s_server, new LinkConditions { Latency = TimeSpan.FromMilliseconds(250) });
        Assert.Equal(1.0, Run(network, static async () =>
        {
            await using var server = await StartServer(Echo, "10.0.0.1", 80);
            var (reader, writer) = await OpenConnection("10.0.0.1", 80, options: s_fromClient);
            writer.Write("hello\n"u8);
            Assert.Equal("hello\n"u8.ToArray(), await reader.ReadLine());
            var time = GetRunningLoop().Time;
            writer.Close();
            await writer.WaitClosed();
            return time;
        }));
    }

    [Fact]
    public void Bandwidth_LargeTransfer_TakesExactlyItsTime()
    {
        var network = new SimulatedNetwork();
        network.SetLink(s_client, s_server, new LinkConditions { BytesPerSecond = 100_000 });
        Assert.Equal(10.0, Run(network, static async () =>
        {
            await using var server = await StartServer(AnswerAtTheEnd, "10.0.0.1", 80);
            var (reader, writer) = await OpenConnection("10.0.0.1", 80, options: s_fromClient);
            writer.Write(new byte[1_000_000]);
            writer.WriteEof();
            Assert.Empty(await reader.Read());
            var time = GetRunningLoop().Time;
            writer.Close();
            await writer.WaitClosed();
            return time;
        }));
    }

    [Fact]
    public void BothEndsOnlyWrite_EachHoldsTheOtherBack_TheDeadlockIsFound()
    {
        var thrown = Assert.Throws<DeadlockException>(() => Run(new SimulatedNetwork(), static async () =>
        {
            await using var server = await StartServer(Echo, "10.0.0.1", 80);
            var (_, writer) = await OpenConnection("10.0.0.1", 80, options: s_fromClient);
            writer.Write(new byte[1_000_000]);
            await writer.Drain();
            return 0;
        }));
        Assert.Contains("Echo", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partition_WaitsTimeOut_HealDeliversWhatWasHeldBack()
    {
        var network = new SimulatedNetwork();
        Run(network, async () =>
        {
            await using var server = await StartServer(Echo, "10.0.0.1", 80);
            var (reader, writer) = await OpenConnection("10.0.0.1", 80, options: s_fromClient);
            network.Partition(s_client, s_server);
            writer.Write("late\n"u8);
            await Expect.Throws<TimeoutException>(() => WithTimeout(3600, async Coroutine (_) => { await reader.ReadLine(); }));
            network.Heal(s_client, s_server);
            Assert.Equal("late\n"u8.ToArray(), await reader.ReadLine());
            writer.Close();
            await writer.WaitClosed();
            return GetRunningLoop().Time;
        });
    }

    [Fact]
    public void BadLine_SameSeed_HasTheSameTrace()
    {
        Assert.Equal(Trace(1), Trace(1));
        Assert.NotEqual(Trace(1), Trace(2));
    }

    [Fact]
    public void ServerThatOnlyListens_InVirtualTime_IsADeadlock()
    {
        Assert.Throws<DeadlockException>(() => Run(new SimulatedNetwork(), static async () =>
        {
            await using var server = await StartServer(Echo, "10.0.0.1", 80);
            await server.ServeForever();
            return 0;
        }));
    }

    [Fact]
    public void RealClock_WithASimulatedEngine_IsRefused()
        => Assert.Throws<ArgumentException>(() => new EventLoop(engine: new SimulatedEngine(new SimulatedNetwork())));

    private static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        while (await reader.Read(65_536) is { Length: > 0 } bytes)
        {
            writer.Write(bytes);
            await writer.Drain();
        }

        writer.Close();
    }

    private static async Coroutine AnswerAtTheEnd(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        Assert.Equal(1_000_000, (await reader.Read()).Length);
        writer.Close();
    }

    private static List<string> Trace(int seed)
    {
        var trace = new List<string>();
        var network = new SimulatedNetwork(seed)
        {
            Conditions = new LinkConditions { Latency = TimeSpan.FromMilliseconds(30), Jitter = TimeSpan.FromMilliseconds(20), BytesPerSecond = 1_000_000, Loss = 0.2 },
        };
        Run(network, async () =>
        {
            await using var server = await StartServer(Echo, "10.0.0.1", 80);
            await Gather(Enumerable.Range(0, 5).Select(async Coroutine<int> (client) =>
            {
                var (reader, writer) = await OpenConnection("10.0.0.1", 80);
                for (var i = 0; i < 20; i++)
                {
                    writer.Write(new byte[1000 * client + 1]);
                    await reader.ReadExactly(1000 * client + 1);
                    trace.Add($"{GetRunningLoop().Time} {client} {i}");
                }

                writer.Close();
                await writer.WaitClosed();
                return 0;
            }));
            return 0;
        });
        Assert.Equal(100, trace.Count);
        return trace;
    }

    private static double Run(SimulatedNetwork network, Func<Coroutine<double>> body)
    {
        using var loop = new EventLoop(new VirtualClock(), new SimulatedEngine(network));
        return loop.RunUntilComplete(body());
    }
}
