using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class ServerTests
{
    private static readonly ContextVar<string> s_variable = new("request", "none");

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_OverTcp_ComesBack(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        Assert.True(server.IsServing);
        Assert.Same(rig.Loop, server.GetLoop());
        Assert.Single(server.Sockets);
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(server));
        Assert.Equal(["made"], client.Events);
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

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Accepted_KnowsItsAddressesAndOptions(string engine) => Rig.Run(engine, async rig =>
    {
        var accepted = new List<Recorder>();
        await using var server = await rig.Loop.CreateServer(
            () => Track(accepted), "127.0.0.1", 0, new ServerOptions { KeepAlive = true });
        var (transport, _) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(server));
        await rig.Until(() => accepted is [{ Made: true }]);
        var peer = accepted[0].Transport;
        Assert.Equal(transport.LocalEndPoint, peer.RemoteEndPoint);
        Assert.Equal(transport.RemoteEndPoint, peer.LocalEndPoint);
        Assert.Null(peer.GetExtraInfo("no such thing"));
        if (peer.Socket is { } view)
        {
            Assert.True(view.NoDelay);
            Assert.NotEqual(0, (int)view.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
            Assert.True(transport.Socket!.NoDelay);
            Assert.Same(view, peer.GetExtraInfo("socket"));
        }

        transport.Close();
        await rig.Until(() => accepted[0].IsLost);
        Assert.NotNull(peer.RemoteEndPoint);
        Assert.Null(peer.Socket);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_LeavesConnectionsAndWaitClosedWaitsForThem(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var port = Port(server);
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port);
        transport.Write("a"u8);
        await rig.Until(() => client.Bytes == 1);
        server.Close();
        server.Close();
        Assert.False(server.IsServing);
        Assert.Empty(server.Sockets);
        Assert.Empty(server.LocalEndPoints);
        Assert.Throws<InvalidOperationException>(server.StartServing);
        var refused = await Expect.Failure<SocketException>(async () => await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);

        var waiting = CreateTask(server.WaitClosed());
        transport.Write("b"u8);
        await rig.Until(() => client.Bytes == 2);
        Assert.False(waiting.Done);
        transport.Close();
        await waiting;
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void CloseClients_AndAbortClients_EndTheServersOwnConnections(string engine) => Rig.Run(engine, async rig =>
    {
        foreach (var abort in (bool[])[false, true])
        {
            var accepted = new List<Recorder>();
            var server = await rig.Loop.CreateServer(() => Track(accepted), "127.0.0.1", 0);
            await using var other = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
            var (first, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(server));
            var (second, bystander) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(other));
            await rig.Until(() => accepted is [{ Made: true }]);
            server.Close();
            if (abort)
                server.AbortClients();
            else
                server.CloseClients();
            await server.WaitClosed();
            await rig.Until(() => client.IsLost);
            Assert.False(bystander.IsLost);
            second.Close();
        }
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void ServeForever_Cancelled_ClosesServerAndClients(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0, new ServerOptions { StartServing = false });
        Assert.False(server.IsServing);
        var serving = CreateTask(server.ServeForever());
        await Sleep(0);
        Assert.True(server.IsServing);
        await Expect.Failure<InvalidOperationException>(async () => await server.ServeForever());
        var (_, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(server));
        serving.Cancel();
        await Expect.Failure<CancelledException>(async () => await serving);
        Assert.False(server.IsServing);
        await rig.Until(() => client.IsLost);
        await Expect.Failure<InvalidOperationException>(async () => await server.ServeForever());
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_EndsServeForever(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var serving = CreateTask(server.ServeForever());
        await Sleep(0);
        server.Close();
        await Expect.Failure<CancelledException>(async () => await serving);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Factory_ThatFails_ClosesThatConnectionOnly(string engine) => Rig.Run(engine, async rig =>
    {
        var calls = 0;
        await using var server = await rig.Loop.CreateServer(
            () => ++calls == 1 ? throw new FormatException("factory") : new Echo(), "127.0.0.1", 0);
        var (_, first) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(server));
        await rig.Until(() => first.IsLost);
        Assert.IsType<FormatException>(rig.Take("Error on transport creation").Exception);
        var (transport, second) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", Port(server));
        transport.Write("x"u8);
        await rig.Until(() => second.Bytes == 1);
        transport.Close();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void ConnectionMade_ThatThrows_IsReportedAndTheConnectionGoesOn(string engine) => Rig.Run(engine, async rig =>
    {
        var (transport, protocol) = await OpenEcho(rig, new Recorder { OnMade = static _ => throw new FormatException() });
        Assert.IsType<FormatException>(rig.Take("Exception in callback").Exception);
        transport.Write("x"u8);
        await rig.Until(() => protocol.Bytes == 1);
        protocol.OnLost = static _ => throw new FormatException();
        transport.Close();
        await rig.Until(() => protocol.IsLost);
        rig.Take("Exception in callback");
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Callbacks_RunInTheContextOfTheirMaker(string engine) => Rig.Run(engine, async rig =>
    {
        var local = new AsyncLocal<string> { Value = "flow" };
        s_variable.Set("maker");
        var seen = new List<string>();
        var protocol = new Recorder
        {
            OnMade = _ =>
            {
                seen.Add(s_variable.Value + local.Value);
                s_variable.Set("made");
            },
            OnData = (_, _) => seen.Add(s_variable.Value + local.Value),
            OnLost = _ => seen.Add(s_variable.Value + local.Value),
        };
        var (transport, _) = await OpenEcho(rig, protocol);
        s_variable.Set("later");
        local.Value = "other";
        transport.Write("x"u8);
        await rig.Until(() => protocol.Bytes == 1);
        transport.Close();
        await rig.Until(() => protocol.IsLost);
        Assert.Equal(["makerflow", "madeflow", "madeflow"], seen);
        Assert.Equal("later", s_variable.Value);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void EveryInterface_OfBothFamilies_IsReached(string engine) => Rig.Run(engine, async rig =>
    {
        Needs.IPv6();
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), host: null, 0);
        Assert.NotEmpty(server.LocalEndPoints);
        foreach (var address in server.LocalEndPoints.Cast<IPEndPoint>())
        {
            var host = address.AddressFamily == AddressFamily.InterNetwork ? "127.0.0.1" : "::1";
            var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), host, address.Port);
            transport.Write("x"u8);
            await rig.Until(() => client.Bytes == 1);
            transport.Close();
        }
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SamePort_OfBothFamilies_IsOneServer(string engine) => Rig.Run(engine, async rig =>
    {
        // Both at one port: the IPv6 socket must leave IPv4 to the other one. The probe keeps the port for those that share it.
        await using var probe = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0, new ServerOptions { ReusePort = true });
        var port = Port(probe);
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), ["", "127.0.0.1"], port, new ServerOptions { ReusePort = true });
        Assert.All(server.LocalEndPoints, address => Assert.Equal(port, ((IPEndPoint)address).Port));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void CreateServer_AtTakenAddress_SaysWhichAndLeavesNothing(string engine) => Rig.Run(engine, async rig =>
    {
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var port = Port(server);
        var taken = await Expect.Failure<SocketException>(async () => await rig.Loop.CreateServer(static () => new Echo(), ["127.0.0.2", "127.0.0.1"], port));
        Assert.Equal(SocketError.AddressAlreadyInUse, taken.SocketErrorCode);
        Assert.Contains($"127.0.0.1:{port}", taken.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 70_000); });
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BoundSocket_IsTakenOver(string engine) => Rig.Run(engine, async rig =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), socket);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(server.LocalEndPoints[0]);
        var (transport, protocol) = await rig.Loop.CreateConnection(static () => new Recorder(), client);
        transport.Write("x"u8);
        await rig.Until(() => protocol.Bytes == 1);
        transport.Close();
    });

    internal static int Port(Server server) => ((IPEndPoint)server.LocalEndPoints[0]).Port;

    private static async Coroutine<(Transport, Recorder)> OpenEcho(Rig rig, Recorder protocol)
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var made = await rig.Loop.CreateConnection(() => protocol, "127.0.0.1", Port(server));
        server.Close();
        return made;
    }

    private static Recorder Track(List<Recorder> all)
    {
        var recorder = new Recorder();
        all.Add(recorder);
        return recorder;
    }
}
