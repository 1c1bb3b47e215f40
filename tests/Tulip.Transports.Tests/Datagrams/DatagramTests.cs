using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Datagrams;

public sealed class DatagramTests
{
    private const int Largest = 65507;

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Endpoints_OfOneLoop_ExchangeDatagramsOfAnyLength(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        server.OnDatagram = static (echo, data, from) => echo.Transport.SendTo(data, from);
        var client = await DatagramRecorder.Open(rig);
        byte[][] sent = [new byte[Largest], [], [1], [], [2, 3], new byte[1472]];
        Random.Shared.NextBytes(sent[0]);
        foreach (var datagram in sent)
            client.Transport.SendTo(datagram, server.Address);
        await rig.Until(() => client.Received.Count == sent.Length);

        Assert.Equal(sent, client.Received.Select(static datagram => datagram.Data));
        Assert.All(client.Received, datagram => Assert.Equal(server.Address, datagram.From));
        Assert.All(server.Received, datagram => Assert.Equal(client.Address, datagram.From));
        Assert.Same(server.Received[0].From, server.Received[1].From);
        await Close(rig, client, server);
        Assert.Equal(["made", "lost"], client.Events);
        Assert.Null(client.Failure);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Endpoint_Open_KnowsItsNamesAndSocket(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var client = await DatagramRecorder.Open(rig, server.Address);
        Assert.Null(server.Transport.RemoteEndPoint);
        Assert.Equal(server.Address, client.Transport.RemoteEndPoint);
        Assert.NotEqual(0, ((IPEndPoint)server.Address).Port);
        Assert.Equal(SocketType.Dgram, server.Transport.Socket!.SocketType);
        Assert.Same(server, server.Transport.GetProtocol());
        Assert.Equal("<DatagramTransport reading buffered=0>", server.Transport.ToString());
        await Close(rig, client, server);
        Assert.Null(server.Transport.Socket);
        Assert.True(server.Transport.IsClosing);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Endpoint_IPv6_CarriesDatagrams(string engine) => Rig.Run(engine, static async rig =>
    {
        Needs.IPv6();
        var (_, server) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("::1", 0));
        var (_, client) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("::1", 0));
        client.Transport.SendTo("six"u8, server.Address);
        await rig.Until(() => server.Received.Count == 1);
        Assert.Equal(client.Address, server.Received[0].From);
        await Close(rig, client, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Endpoint_OfAFamilyOnly_SendsAndIsAnswered(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        server.OnDatagram = static (echo, data, from) => echo.Transport.SendTo(data, from);
        var (_, client) = await rig.Loop.CreateDatagramEndpoint(
            static () => new DatagramRecorder(), options: new DatagramOptions { Family = AddressFamily.InterNetwork });
        await Sleep(0);
        client.Transport.SendTo("who?"u8, server.Address);
        await rig.Until(() => client.Received.Count == 1);
        await Close(rig, client, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Endpoint_OfASocket_TakesItOver(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var plain = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        plain.Connect(server.Address);
        var (transport, client) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), plain);
        transport.SendTo("mine"u8);
        transport.SendTo("too"u8, server.Address);
        await rig.Until(() => server.Received.Count == 2);
        Assert.Equal(["mine", "too"], server.Texts);
        Assert.Throws<ObjectDisposedException>(() => plain.Available);
        await Close(rig, client, server);

        using var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<ArgumentException>(() => rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), stream));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SendTo_AddressThatCannotBe_IsRefusedAtTheCall(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var client = await DatagramRecorder.Open(rig, server.Address);
        var other = new IPEndPoint(IPAddress.Loopback, 9);
        Assert.Contains("remote address", Assert.Throws<InvalidOperationException>(() => server.Transport.SendTo("x"u8)).Message, StringComparison.Ordinal);
        Assert.Contains("Invalid address", Assert.Throws<ArgumentException>(() => client.Transport.SendTo("x"u8, other)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => server.Transport.SendTo("x"u8, new DnsEndPoint("localhost", 9)));
        client.Transport.SendTo("same"u8, server.Address);
        await rig.Until(() => server.Received.Count == 1);
        Assert.Equal(0, server.Transport.GetWriteBufferSize());
        await Close(rig, client, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SendTo_TooLong_IsAnErrorOfThatDatagramAlone(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var client = await DatagramRecorder.Open(rig);
        client.Transport.SendTo("first"u8, server.Address);
        client.Transport.SendTo(new byte[Largest + 1], server.Address);
        client.Transport.SendTo(new byte[300_000], server.Address);
        client.Transport.SendTo("last"u8, server.Address);
        Assert.Empty(client.Errors);
        await rig.Until(() => server.Received.Count == 2 && client.Errors.Count == 2);
        Assert.Equal(["first", "last"], server.Texts);
        Assert.All(client.Errors, static error => Assert.Equal(SocketError.MessageSize, error));
        Assert.False(client.Transport.IsClosing);
        await Close(rig, client, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Connected_PeerIsGone_HearsOfItAndGoesOn(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var address = (IPEndPoint)server.Address;
        var client = await DatagramRecorder.Open(rig, address);
        client.Transport.SendTo("one"u8);
        await rig.Until(() => server.Received.Count == 1);
        await Close(rig, server);
        for (var i = 1; i <= 3; i++)
        {
            // A system that has told many refusals just now leaves some out: then it is asked again.
            var polls = 0;
            await rig.Until(() =>
            {
                if (polls++ % 200 == 0)
                    client.Transport.SendTo("?"u8);
                return client.Errors.Count >= i;
            });
        }

        Assert.All(client.Errors, static error => Assert.Equal(SocketError.ConnectionRefused, error));
        Assert.Equal(["made"], client.Events);
        var (_, again) = await rig.Loop.CreateDatagramEndpoint(static () => new DatagramRecorder(), ("127.0.0.1", address.Port));
        client.Transport.SendTo("two"u8);
        await rig.Until(() => again.Received.Count == 1);
        again.Transport.SendTo("answer"u8, again.Received[0].From);
        await rig.Until(() => client.Received.Count == 1);
        await Close(rig, client, again);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Unconnected_PeerIsGone_HearsNothing(string engine) => Rig.Run(engine, static async rig =>
    {
        var gone = await DatagramRecorder.Open(rig);
        var address = gone.Address;
        await Close(rig, gone);
        var client = await DatagramRecorder.Open(rig);
        for (var i = 0; i < 100; i++)
        {
            client.Transport.SendTo("?"u8, address);
            await Sleep(0);
        }

        client.Transport.SendTo("!"u8, client.Address);
        await rig.Until(() => client.Received.Count == 1);
        Assert.Empty(client.Errors);
        await Close(rig, client);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Callbacks_ThatThrow_AreReportedAndTheEndpointGoesOn(string engine) => Rig.Run(engine, static async rig =>
    {
        var (_, server) = await rig.Loop.CreateDatagramEndpoint(
            static () => new DatagramRecorder
            {
                OnMade = static _ => throw new InvalidOperationException("made"),
                OnError = static _ => throw new InvalidOperationException("error"),
            },
            ("127.0.0.1", 0));
        Assert.Equal("made", rig.Take("ConnectionMade").Exception!.Message);
        server.OnDatagram = static (_, _, _) => throw new InvalidOperationException("datagram");
        server.Transport.SendTo("x"u8, server.Address);
        await rig.Until(() => rig.Reports.Count == 1);
        Assert.Same(server, rig.Take("DatagramReceived").Protocol);
        server.Transport.SendTo(new byte[Largest + 1], server.Address);
        await rig.Until(() => rig.Reports.Count == 1);
        Assert.Equal("error", rig.Take("ErrorReceived").Exception!.Message);
        server.OnDatagram = null;
        server.Transport.SendTo("y"u8, server.Address);
        await rig.Until(() => server.Received.Count == 2);
        await Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SetProtocol_OnTheWay_TellsTheNewOne(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var other = new DatagramRecorder();
        server.Transport.SendTo("a"u8, server.Address);
        await rig.Until(() => server.Received.Count == 1);
        server.Transport.SetProtocol(other);
        server.Transport.SendTo("b"u8, server.Address);
        await rig.Until(() => other.Received.Count == 1);
        Assert.Throws<ArgumentException>(() => server.Transport.SetProtocol(new Recorder()));
        server.Transport.Close();
        await rig.Until(() => other.IsLost);
        Assert.False(server.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Callbacks_RunInTheContextOfTheirMaker(string engine) => Rig.Run(engine, static async rig =>
    {
        var variable = new ContextVar<int>("v");
        var seen = new List<int>();
        var made = CreateTask(Make());
        variable.Set(2);
        var server = await made;
        server.Transport.SendTo("x"u8, server.Address);
        server.Transport.SendTo("y"u8, server.Address);
        await rig.Until(() => seen.Count == 2);
        Assert.Equal([1, 5], seen);
        Assert.Equal(2, variable.Get(0));
        await Close(rig, server);

        async Coroutine<DatagramRecorder> Make()
        {
            variable.Set(1);
            var made = await DatagramRecorder.Open(rig);
            made.OnDatagram = (_, _, _) =>
            {
                seen.Add(variable.Get(0));
                variable.Set(5);
            };
            return made;
        }
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Address_ThatAProtocolHasChanged_IsNotHandedOutAgain(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var client = await DatagramRecorder.Open(rig);
        var own = client.Address;
        server.OnDatagram = static (_, _, from) => ((IPEndPoint)from!).Port = 1;
        client.Transport.SendTo("a"u8, server.Address);
        await rig.Until(() => server.Received.Count == 1);
        server.OnDatagram = null;
        client.Transport.SendTo("b"u8, server.Address);
        await rig.Until(() => server.Received.Count == 2);
        Assert.Equal(own, server.Received[1].From);
        await Close(rig, client, server);
    });

    internal static async Coroutine Close(Rig rig, params IReadOnlyList<DatagramRecorder> endpoints)
    {
        foreach (var endpoint in endpoints)
            endpoint.Transport.Close();
        await rig.Until(() => endpoints.All(static endpoint => endpoint.IsLost));
    }
}
