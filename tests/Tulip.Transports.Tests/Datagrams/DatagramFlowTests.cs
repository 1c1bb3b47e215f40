using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Datagrams;

public sealed class DatagramFlowTests : IDisposable
{
    private const int Many = 10_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tulip").FullName;

    private string SocketPath => Path.Combine(_folder, "socket");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_WithSendsQueued_LetsThemLeave(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var client = await DatagramRecorder.Open(rig);
        for (var i = 0; i < 150; i++)
            client.Transport.SendTo(BitConverter.GetBytes(i), server.Address);
        client.Transport.Close();
        client.Transport.Close();
        Assert.False(client.IsLost);
        await rig.Until(() => server.Received.Count == 150 && client.IsLost);
        Assert.Equal(Enumerable.Range(0, 150), server.Received.Select(static datagram => BitConverter.ToInt32(datagram.Data)));
        Assert.Equal(["made", "lost"], client.Events);
        await DatagramTests.Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Abort_WithSendsQueued_DropsThem(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        var client = await DatagramRecorder.Open(rig);
        client.Transport.SendTo("dropped"u8, server.Address);
        client.Transport.Abort();
        Assert.Equal(0, client.Transport.GetWriteBufferSize());
        await rig.Until(() => client.IsLost);
        server.Transport.SendTo("itself"u8, server.Address);
        await rig.Until(() => server.Received.Count > 0);
        Assert.Equal(["itself"], server.Texts);
        await DatagramTests.Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SendTo_AfterClose_IsDroppedAndInTheEndReported(string engine) => Rig.Run(engine, static async rig =>
    {
        var client = await DatagramRecorder.Open(rig);
        client.Transport.Close();
        for (var i = 0; i < 6; i++)
            client.Transport.SendTo("x"u8, client.Address);
        Assert.Same(client.Transport, rig.Take("socket.send() raised exception.").Transport);
        await rig.Until(() => client.IsLost);
        Assert.Empty(client.Received);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_WithinACallback_NothingIsToldAfterwards(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        server.OnDatagram = static (server, data, _) =>
        {
            if (data[0] == 9)
                server.Transport.Close();
        };
        for (byte i = 0; i < 40; i++)
            server.Transport.SendTo([i], server.Address);
        await rig.Until(() => server.IsLost);
        Assert.Equal(10, server.Received.Count);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_WithinACallback_TheOthersWaitAndStayInOrder(string engine) => Rig.Run(engine, static async rig =>
    {
        const int Count = 100;
        var server = await DatagramRecorder.Open(rig);
        server.OnDatagram = static (server, _, _) => server.Transport.PauseReading();
        for (var i = 0; i < Count; i++)
            server.Transport.SendTo([(byte)i], server.Address);
        for (var i = 1; i <= Count; i++)
        {
            await rig.Until(() => server.Received.Count == i);
            for (var passes = 0; passes < 3; passes++)
                await Sleep(0);
            Assert.Equal(i, server.Received.Count);
            Assert.False(server.Transport.IsReading);
            server.Transport.ResumeReading();
        }

        Assert.Equal(Enumerable.Range(0, Count), server.Received.Select(static datagram => (int)datagram.Data[0]));
        await DatagramTests.Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_ThenClose_WhatWasHeldIsDropped(string engine) => Rig.Run(engine, static async rig =>
    {
        var server = await DatagramRecorder.Open(rig);
        server.OnDatagram = static (server, _, _) => server.Transport.PauseReading();
        for (byte i = 0; i < 20; i++)
            server.Transport.SendTo([i], server.Address);
        await rig.Until(() => server.Received.Count == 1);
        server.Transport.ResumeReading();
        server.Transport.Close();
        await rig.Until(() => server.IsLost);
        Assert.Single(server.Received);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void TenThousand_EachAnswered_NoneIsLost(string engine) => Rig.Run(engine, static async rig =>
    {
        const int UnderWay = 20;
        var server = await DatagramRecorder.Open(rig);
        server.OnDatagram = static (echo, data, from) => echo.Transport.SendTo(data, from);
        var clients = await Gather(Enumerable.Range(0, 5).Select(async Coroutine<DatagramRecorder> (_) => await DatagramRecorder.Open(rig, server.Address)).ToArray());
        foreach (var client in clients)
        {
            var next = 0;
            client.OnDatagram = (client, _, _) => Send(client);
            for (var i = 0; i < UnderWay; i++)
                Send(client);

            void Send(DatagramRecorder client)
            {
                if (next < Many / 5)
                    client.Transport.SendTo(BitConverter.GetBytes(next++));
            }
        }

        await rig.Until(() => clients.All(static client => client.Received.Count == Many / 5));
        foreach (var client in clients)
            Assert.Equal(Enumerable.Range(0, Many / 5), client.Received.Select(static datagram => BitConverter.ToInt32(datagram.Data)));
        Assert.Equal(Many, server.Received.Count);
        await DatagramTests.Close(rig, [.. clients, server]);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSockets_TenThousandToAFullReceiver_PauseTheWriterAndAllArriveInOrder(string engine) => Rig.Run(engine, async rig =>
    {
        var (_, server) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath);
        var (_, client) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), null, SocketPath);
        client.Transport.SetWriteBufferLimits(high: 500, low: 100);
        Assert.Equal((100, 500), client.Transport.GetWriteBufferLimits());
        server.Transport.PauseReading();
        var paused = 0;
        for (var i = 0; i < Many; i++)
        {
            client.Transport.SendTo(BitConverter.GetBytes(i));
            if (client.Events[^1] != "pause")
                continue;

            Assert.InRange(client.Transport.GetWriteBufferSize(), 501, 512);
            paused++;
            server.Transport.ResumeReading();
            await rig.Until(() => client.Events[^1] == "resume");
            server.Transport.PauseReading();
        }

        server.Transport.ResumeReading();
        await rig.Until(() => server.Received.Count == Many);
        Assert.NotEqual(0, paused);
        Assert.Equal(Enumerable.Range(0, Many), server.Received.Select(static datagram => BitConverter.ToInt32(datagram.Data)));
        Assert.All(server.Received, static datagram => Assert.Null(datagram.From));
        await DatagramTests.Close(rig, client, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSockets_CloseWhileTheReceiverIsFull_AllArriveFirst(string engine) => Rig.Run(engine, async rig =>
    {
        var (_, server) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath);
        var (_, client) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), null, SocketPath);
        server.Transport.PauseReading();
        for (var i = 0; i < 1000; i++)
            client.Transport.SendTo(BitConverter.GetBytes(i));
        client.Transport.Close();
        for (var passes = 0; passes < 5; passes++)
            await Sleep(0);
        Assert.False(client.IsLost);
        server.Transport.ResumeReading();
        await rig.Until(() => server.Received.Count == 1000 && client.IsLost);
        await DatagramTests.Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSockets_AbortWhileTheReceiverIsFull_EndsAtOnce(string engine) => Rig.Run(engine, async rig =>
    {
        var (_, server) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath);
        var (_, client) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), null, SocketPath);
        server.Transport.PauseReading();
        for (var i = 0; i < 1000; i++)
            client.Transport.SendTo(BitConverter.GetBytes(i));
        await Sleep(0);
        client.Transport.Abort();
        await rig.Until(() => client.IsLost);
        server.Transport.ResumeReading();
        await DatagramTests.Close(rig, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSockets_ReceiverIsFullOfOthersDatagrams_ArrivesInTheEnd(string engine) => Rig.Run(engine, async rig =>
    {
        var (_, server) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath);
        var (_, client) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath + "2");
        server.Transport.PauseReading();
        using var other = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        other.Connect(new UnixDomainSocketEndPoint(SocketPath));

        // The read that was under way at the pause may still take one and make room; what then goes out at once is no wait, so it is tried again.
        do
        {
            for (SocketError error = default; error == SocketError.Success;)
                other.Send("other"u8, SocketFlags.None, out error);
            client.Transport.SendTo("mine"u8, new UnixDomainSocketEndPoint(SocketPath));
            for (var passes = 0; passes < 5; passes++)
                await Sleep(0);
        }
        while (client.Transport.GetWriteBufferSize() == 0);

        server.Transport.ResumeReading();
        await rig.Until(() => server.Texts.LastOrDefault() == "mine" && client.Transport.GetWriteBufferSize() == 0);
        Assert.Empty(client.Errors);
        await DatagramTests.Close(rig, client, server);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSockets_WithPaths_AnswerEachOtherAndReplaceWhatWasLeft(string engine) => Rig.Run(engine, async rig =>
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
            left.Bind(new UnixDomainSocketEndPoint(SocketPath + "3"));
        using (var left = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(SocketPath));
            var (_, server) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath);
            var (_, client) = await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), SocketPath + "2");
            server.OnDatagram = static (echo, data, from) => echo.Transport.SendTo(data, from);
            client.Transport.SendTo(new byte[60_000], new UnixDomainSocketEndPoint(SocketPath));
            await rig.Until(() => client.Received.Count == 1);
            Assert.Equal(new UnixDomainSocketEndPoint(SocketPath), client.Received[0].From);
            client.Transport.SendTo(new byte[100_000], new UnixDomainSocketEndPoint(SocketPath));
            await rig.Until(() => server.Errors.Count == 1);
            Assert.Equal(SocketError.MessageSize, server.Errors[0]);
            Assert.Single(server.Received);
            client.Transport.SendTo("x"u8, new UnixDomainSocketEndPoint(SocketPath + "none"));
            await rig.Until(() => client.Errors.Count == 1);
            await DatagramTests.Close(rig, client, server);
        }

        await Expect.Failure<SocketException>(async () => await rig.Loop.CreateUnixDatagramEndpoint(static () => new DatagramRecorder(), null, SocketPath + "none"));
    });

#if !DEBUG
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_InSteadyState_AllocatesNothingPerDatagram(string engine) => Rig.Run(engine, static async rig =>
    {
        const int Datagrams = 5000;
        if (rig.Engine.Name == "portable")
            return;

        var (_, server) = await rig.Loop.CreateDatagramEndpoint(static () => new EchoDatagrams(0), ("127.0.0.1", 0));
        var players = new List<EchoDatagrams>();
        for (var i = 0; i < 8; i++)
        {
            var (transport, player) = await rig.Loop.CreateDatagramEndpoint(static () => new EchoDatagrams(Datagrams), ("127.0.0.1", 0));
            transport.SendTo("x"u8, server.Transport.LocalEndPoint);
            players.Add(player);
        }

        await rig.Until(() => players.All(static player => player.Count > Datagrams / 2));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = players.Sum(static player => player.Count);
        while (players.Any(static player => player.Count < Datagrams))
            await Sleep(0);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        count = players.Sum(static player => player.Count) - count;
        Assert.True(count > Datagrams);
        Assert.True(allocated < count, $"{allocated} bytes for {count} datagrams.");
        foreach (var player in players)
            player.Transport.Close();
        server.Transport.Close();
    });

    /// <summary>Sends back what it gets; so many times.</summary>
    private sealed class EchoDatagrams(int most) : DatagramProtocol
    {
        public int Count { get; private set; }

        public DatagramTransport Transport { get; private set; } = null!;

        public override void ConnectionMade(DatagramTransport transport) => Transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, System.Net.EndPoint? address)
        {
            if (++Count != most)
                Transport.SendTo(data, address);
        }
    }
#endif
}
