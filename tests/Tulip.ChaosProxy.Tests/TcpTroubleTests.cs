namespace Tulip.ChaosProxy.Tests;

/// <summary>Peers that are gone, slow or too many.</summary>
public sealed class TcpTroubleTests
{
    [Fact]
    public void NoBackend_ClosesTheClient_AndSaysWhy()
    {
        var lab = Lab.Run(Lab.Tcp(), backend: null, async lab =>
        {
            var peer = await lab.Connect();
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
        });
        Assert.Equal(1, lab.Statistics.BackendFailures);
        Assert.Contains(lab.Log, line => line.StartsWith("[WARNING] client 1: 10.0.0.1:80 cannot be reached", StringComparison.Ordinal));
    }

    [Fact]
    public void SlowClient_HoldsTheBackendBack_AndGetsAllInTheEnd()
    {
        const int Total = 5_000_000;
        var sent = 0;
        Lab.Run(Lab.Tcp() with { StayConnected = true }, Pour, async lab =>
        {
            var peer = await lab.Connect();
            await Sleep(3600);
            Assert.InRange(sent, 1, 1_500_000);
            Assert.InRange(lab.Statistics.BytesToClients, 1, 500_000);
            Assert.Equal(Total, (await peer.Reader.Read()).Length);
            peer.Close();
        });

        async Coroutine Pour(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            for (; sent < Total; sent += 10_000)
            {
                writer.Write(new byte[10_000]);
                await writer.Drain();
            }

            writer.Close();
        }
    }

    [Fact]
    public void ClientThatNeverReads_IsGivenUpAfterTheTimeout()
    {
        var lab = Lab.Run(Lab.Tcp(), Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Writer.Write(new byte[5_000_000]);
            await Sleep(100);
            Assert.Equal(0, lab.Statistics.OpenConnections);
            peer.Writer.Transport.Abort();
        });
        Assert.InRange(lab.Statistics.BytesToClients, 1, 2_000_000);
    }

    [Fact]
    public void ClientThatResets_TakesTheBackendsConnectionWithIt()
    {
        var backendEnded = false;
        var lab = Lab.Run(Lab.Tcp(), Watched, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("hello");
            Assert.Equal("hello", await peer.Read(5));
            peer.Writer.Transport.Abort();
            await Sleep(1);
            Assert.Equal(0, lab.Statistics.OpenConnections);
            Assert.True(backendEnded);
        });

        async Coroutine Watched(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            await Backends.Echo(reader, writer);
            backendEnded = true;
        }
    }

    [Fact]
    public void MoreClientsThanThePool_WaitForTheirTurn_ButNotForEver()
    {
        var options = Lab.Tcp() with { PoolMaxSize = 1, PoolTimeout = 5, StayConnected = true };
        var lab = Lab.Run(options, Backends.Echo, async lab =>
        {
            var first = await lab.Connect();
            first.Send("1");
            Assert.Equal("1", await first.Read(1));
            var second = await lab.Connect();
            second.Send("2");
            await Sleep(4);
            first.Close();
            Assert.Equal("2", await second.Read(1));
            Assert.Equal(4, lab.Time);

            var third = await lab.Connect();
            Assert.Equal("", await third.ReadToEnd());
            Assert.Equal(9, lab.Time);
            second.Close();
            third.Close();
        });
        Assert.Contains("[WARNING] client 3: all 1 connections to the backend were in use for 5 s", lab.Log);
    }

    [Fact]
    public void Stop_WithClientsInEveryState_EndsAll()
    {
        Lab.Run(Lab.Tcp("50:hang") with { StayConnected = true }, Backends.Echo, async lab =>
        {
            for (var i = 0; i < 20; i++)
                (await lab.Connect()).Writer.Write(new byte[1_000_000]);
            await Sleep(1);
            Assert.Equal(20, lab.Statistics.OpenConnections);
        });
    }
}
