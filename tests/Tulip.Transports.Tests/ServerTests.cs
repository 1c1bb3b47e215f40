using System.Net;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class ServerTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_OverTcp_ComesBack(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var port = ((IPEndPoint)server.LocalEndPoints[0]).Port;
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port);
        transport.Write("hello"u8);
        await rig.Until(() => client.Bytes == 5);
        Assert.Equal("hello", client.Received.ToString());

        transport.Close();
        await rig.Until(() => client.IsLost);
        Assert.Equal(["made", "data", "lost"], client.Events);
        Assert.Null(client.Failure);
        server.Close();
        await server.WaitClosed();
    });
}
