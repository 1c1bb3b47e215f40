using System.Net;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class BusyPollTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_WhileSpinning_ComesBackAndPostsAndTimersAreSeen(string engine) => Rig.Run(engine, async rig =>
    {
        rig.Loop.BusyPoll = 0.01;
        Assert.Equal(0.01, rig.Loop.BusyPoll);
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var port = ((IPEndPoint)server.LocalEndPoints[0]).Port;
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port);
        for (var i = 1; i <= 50; i++)
        {
            transport.Write("x"u8);
            await rig.Until(() => client.Bytes == i);
            await ToThread(static () => { });
            await Sleep(0.0001);
        }

        transport.Close();
        await rig.Until(() => client.IsLost);
        server.Close();
        await server.WaitClosed();
    });

    [Fact]
    public void BusyPoll_OutOfRange_IsRefused()
    {
        using var loop = new EventLoop();
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.BusyPoll = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.BusyPoll = double.NaN);
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.BusyPoll = 2);
        Assert.Equal(0, loop.BusyPoll);
    }
}
