using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Datagrams;

public sealed class DatagramMakingTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Arguments_ThatCannotBe_AreRefusedAtTheCall(string engine) => Rig.Run(engine, static async rig =>
    {
        Assert.Throws<ArgumentNullException>(() => rig.Loop.CreateDatagramEndpoint((Func<DatagramRecorder>)null!, ("127.0.0.1", 0)));
        Assert.Throws<ArgumentException>(() => rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder()));
        Assert.Throws<ArgumentException>(() => rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("", 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), null, ("::1", 65536)));
        Assert.Throws<ArgumentException>(() => rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), ""));
        await Expect.Failure<ArgumentException>(
            async () => await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("127.0.0.1", 0), ("::1", 9)));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Address_InUse_FailsUnlessThePortIsShared(string engine) => Rig.Run(engine, static async rig =>
    {
        var shared = new DatagramOptions { ReusePort = true };
        var first = await DatagramRecorder.Open(rig, null, shared);
        var port = ((IPEndPoint)first.Address).Port;
        var failure = await Expect.Failure<SocketException>(
            async () => await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("127.0.0.1", port)));
        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
        var (_, second) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("127.0.0.1", port), null, shared);
        Assert.Equal(first.Address, second.Address);
        await DatagramTests.Close(rig, first, second);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Names_OfBothFamilies_TheFirstPairThatWorksIsUsed(string engine) => Rig.Run(engine, static async rig =>
    {
        Needs.IPv6();
        LoopTransports.Of(rig.Loop).Lookup = static (_, _) => [IPAddress.Parse("192.0.2.1"), IPAddress.IPv6Loopback];
        var (transport, protocol) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("both.example", 0));
        Assert.Equal(IPAddress.IPv6Loopback, ((IPEndPoint)transport.LocalEndPoint!).Address);
        await DatagramTests.Close(rig, protocol);

        LoopTransports.Of(rig.Loop).Lookup = static (_, _) => [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")];
        var failure = await Expect.Failure<SocketException>(
            async () => await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("neither.example", 0)));
        Assert.Equal(SocketError.AddressNotAvailable, failure.SocketErrorCode);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Factory_ThatThrows_ClosesTheSocket(string engine) => Rig.Run(engine, static async rig =>
        await Expect.Failure<InvalidOperationException>(
            async () => await rig.Loop.CreateDatagramEndpoint((Func<DatagramRecorder>)(static () => throw new InvalidOperationException()), ("127.0.0.1", 0))));

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Making_CancelledAtAnyPoint_LeavesNothingOpen(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var port = ((IPEndPoint)server.Address).Port;
        LoopTransports.Of(rig.Loop).Lookup = static (_, _) => [IPAddress.Loopback];
        int made = 0, cancelled = 0;
        for (var passes = 0; passes < 12 || made == 0; passes++)
        {
            var protocols = new List<DatagramRecorder>();
            var task = CreateTask(rig.Loop.CreateDatagramEndpoint(Add, ("local.example", 0), ("remote.example", port)));
            for (var i = 0; i < passes; i++)
                await Sleep(i % 3 == 2 ? 0.0005 : 0);
            task.Cancel();
            await Wait([task]);
            made += task.Cancelled ? 0 : 1;
            cancelled += task.Cancelled ? 1 : 0;
            if (!task.Cancelled)
                task.Result().Transport.Close();
            await rig.Until(() => protocols.All(static protocol => protocol.IsLost || protocol.Events.Count == 0));

            DatagramRecorder Add()
            {
                protocols.Add(new DatagramRecorder());
                return protocols[^1];
            }
        }

        Assert.NotEqual(0, cancelled);
        await DatagramTests.Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Broadcast_OnlyIfAllowed(string engine) => Rig.Run(engine, static async rig =>
    {
        var (_, server) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("0.0.0.0", 0));
        var everybody = new IPEndPoint(IPAddress.Parse("127.255.255.255"), ((IPEndPoint)server.Address).Port);
        var quiet = await DatagramRecorder.Open(rig);
        quiet.Transport.SendTo("?"u8, everybody);
        await rig.Until(() => quiet.Errors.Count == 1);
        Assert.Equal(SocketError.AccessDenied, quiet.Errors[0]);

        // With a remote address it is not connected: others are heard too.
        var (_, loud) = await rig.Loop.CreateDatagramEndpoint(
            static () => new DatagramRecorder(), ("127.0.0.1", 0), (everybody.Address.ToString(), everybody.Port), new DatagramOptions { AllowBroadcast = true });
        Assert.Null(loud.Transport.RemoteEndPoint);
        loud.Transport.SendTo("!"u8);
        await rig.Until(() => server.Received.Count == 1);
        server.Transport.SendTo("heard"u8, loud.Address);
        await rig.Until(() => loud.Received.Count == 1);
        Assert.Throws<ArgumentException>(() => loud.Transport.SendTo("x"u8, server.Address));
        await DatagramTests.Close(rig, server, quiet, loud);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Multicast_JoinedThroughTheSocket_IsHeard(string engine) => Rig.Run(engine, static async rig =>
    {
        var group = IPAddress.Parse("239.255.77.1");
        var (_, server) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("0.0.0.0", 0));
        server.Transport.Socket!.SetSocketOption(
            SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, IPAddress.Loopback));
        var client = await DatagramRecorder.Open(rig);
        client.Transport.Socket!.SetSocketOption(
            SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
        client.Transport.SendTo("all"u8, new IPEndPoint(group, ((IPEndPoint)server.Address).Port));
        await rig.Until(() => server.Received.Count == 1);
        await DatagramTests.Close(rig, server, client);
    });

    [Fact]
    public void Loop_ClosedWithEndpointsOpen_ClosesTheirSockets()
    {
        var before = Rig.OpenSockets();
        foreach (var engine in EngineData.Usable)
        {
            using var loop = new EventLoop(engine: Tulip.Engines.EngineSelector.Create(engine));
            loop.RunUntilComplete(Open(loop));
            Assert.NotEmpty(Rig.OpenSockets().Except(before));
        }

        Assert.Empty(Rig.OpenSockets().Except(before));

        static async Coroutine Open(EventLoop loop)
        {
            var (transport, _) = await loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("127.0.0.1", 0));
            transport.SendTo("left"u8, transport.LocalEndPoint);
        }
    }
}
