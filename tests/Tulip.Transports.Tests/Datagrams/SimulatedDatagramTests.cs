using System.Net;
using System.Net.Sockets;
using Tulip.Engines;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Datagrams;

/// <summary>Datagrams over a simulated network: lost, late, out of order, refused, the same in every run.</summary>
public sealed class SimulatedDatagramTests
{
    private static readonly IPAddress s_here = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress s_there = IPAddress.Parse("10.0.0.2");

    [Fact]
    public void Datagrams_OnABadLine_AreLostAndOvertakeEachOther_TheSameInEveryRun()
    {
        var first = Run(7);
        Assert.InRange(first.Count, 120, 180);
        Assert.NotEqual(first.Order(), first);
        Assert.Equal(first, Run(7));
        Assert.NotEqual(first, Run(8));
    }

    [Fact]
    public void Link_Cut_LosesWhatItCarries_AndTheRestComesInTime()
    {
        var network = new SimulatedNetwork { Conditions = new LinkConditions { Latency = TimeSpan.FromSeconds(1) } };
        RunOn(network, async loop =>
        {
            var (server, client) = await Pair(loop);
            client.Transport.SendTo("cut"u8, server.Address);
            await Sleep(0.5);
            network.Partition(s_here, s_there);
            await Sleep(10);
            network.Heal(s_here, s_there);
            client.Transport.SendTo("whole"u8, server.Address);
            var before = loop.Time;
            while (server.Received.Count == 0)
                await Sleep(0.25);
            Assert.Equal(1, loop.Time - before, 0.001);
            await Sleep(100);
            Assert.Equal(["whole"], server.Texts);
        });
    }

    [Fact]
    public void Connected_NobodyIsThere_HearsOfItAfterTheWayToAndFro()
        => RunOn(new SimulatedNetwork { Conditions = new LinkConditions { Latency = TimeSpan.FromSeconds(2) } }, static async loop =>
        {
            var (_, client) = await loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("10.0.0.1", 0), ("10.0.0.2", 9));
            client.Transport.SendTo("?"u8);
            await Sleep(3.9);
            Assert.Empty(client.Errors);
            await Sleep(0.2);
            Assert.Equal([SocketError.ConnectionRefused], client.Errors);
        });

    private static List<int> Run(int seed)
    {
        var received = new List<int>();
        var network = new SimulatedNetwork(seed)
        {
            Conditions = new LinkConditions { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(10), Loss = 0.25 },
        };
        RunOn(network, async loop =>
        {
            var (server, client) = await Pair(loop);
            for (var i = 0; i < 200; i++)
            {
                client.Transport.SendTo(BitConverter.GetBytes(i), server.Address);
                await Sleep(0.001);
            }

            await Sleep(1);
            received.AddRange(server.Received.Select(static datagram => BitConverter.ToInt32(datagram.Data)));
        });
        return received;
    }

    private static void RunOn(SimulatedNetwork network, Func<EventLoop, Coroutine> body)
    {
        using var loop = new EventLoop(new VirtualClock(), new SimulatedEngine(network));
        loop.RunUntilComplete(body(loop));
    }

    private static async Coroutine<(DatagramRecorder Server, DatagramRecorder Client)> Pair(EventLoop loop)
    {
        var (_, server) = await loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), (s_there.ToString(), 0));
        var (_, client) = await loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), (s_here.ToString(), 0));
        return (server, client);
    }
}
