using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Datagrams;

public sealed class SockDatagramTests
{
    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Datagrams_OfAnyLength_GoToAndFro(string engine) => Rig.Run(engine, static async rig =>
    {
        using var server = Udp();
        using var client = Udp();
        var buffer = new byte[70_000];
        foreach (var length in (int[])[5, 0, 65507])
        {
            var sent = new byte[length];
            Random.Shared.NextBytes(sent);
            Assert.Equal(length, await rig.Loop.SockSendTo(client, sent, server.LocalEndPoint!));
            var (count, from) = await rig.Loop.SockRecvFromInto(server, buffer);
            Assert.Equal(sent, buffer.AsSpan(0, count).ToArray());
            Assert.Equal(client.LocalEndPoint, from);
            await rig.Loop.SockSendTo(server, buffer.AsMemory(0, count), from!);
            var (data, back) = await rig.Loop.SockRecvFrom(client, 70_000);
            Assert.Equal(sent, data);
            Assert.Equal(server.LocalEndPoint, back);
        }

        await rig.Loop.SockSendTo(client, "longer"u8.ToArray(), server.LocalEndPoint!);
        Assert.Equal("lon"u8.ToArray(), (await rig.Loop.SockRecvFrom(server, 3)).Data);
        var failure = await Expect.Failure<SocketException>(async () => await rig.Loop.SockSendTo(client, buffer, server.LocalEndPoint!));
        Assert.Equal(SocketError.MessageSize, failure.SocketErrorCode);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Receive_CancelledAtAnyPoint_LosesNothing(string engine) => Rig.Run(engine, static async rig =>
    {
        using var server = Udp();
        using var client = Udp();
        var cancels = 0;
        for (byte i = 0; i < 60; i++)
        {
            var task = CreateTask(rig.Loop.SockRecvFrom(server, 10));
            await Sleep(0);
            if (i % 2 == 0)
                await rig.Loop.SockSendTo(client, new[] { i }, server.LocalEndPoint!);
            for (var passes = 0; passes < i % 5; passes++)
                await Sleep(0);
            if (i % 2 != 0)
                await rig.Loop.SockSendTo(client, new[] { i }, server.LocalEndPoint!);
            task.Cancel();
            await Wait([task]);
            cancels += task.Cancelled ? 1 : 0;
            Assert.Equal([i], (task.Cancelled ? await rig.Loop.SockRecvFrom(server, 10) : task.Result()).Data);
        }

        Assert.NotEqual(0, cancels);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Receive_PeerIsGone_FailsAndCanGoOn(string engine) => Rig.Run(engine, static async rig =>
    {
        using var client = Udp();
        IPEndPoint address;
        using (var gone = Udp())
        {
            address = (IPEndPoint)gone.LocalEndPoint!;
            client.Connect(address);
        }

        client.Send("?"u8);
        var failure = await Expect.Failure<SocketException>(async () => await rig.Loop.SockRecvFrom(client, 10));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        using var again = Udp(address);
        again.SendTo("here"u8, client.LocalEndPoint!);
        Assert.Equal("here"u8.ToArray(), (await rig.Loop.SockRecvFrom(client, 10)).Data);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void UnixSocket_ReceiverIsFull_SendWaits(string engine) => Rig.Run(engine, static async rig =>
    {
        var folder = Directory.CreateTempSubdirectory("tulip");
        var address = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "socket"));
        using var server = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        server.Bind(address);
        using var client = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        client.Connect(address);
        var sender = CreateTask(Send());
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.False(sender.Done);
        for (var i = 0; i < 2000; i++)
            Assert.Equal(i, BitConverter.ToInt32((await rig.Loop.SockRecvFrom(server, 10)).Data));
        await sender;
        folder.Delete(recursive: true);

        async Coroutine Send()
        {
            for (var i = 0; i < 2000; i++)
                await rig.Loop.SockSendTo(client, BitConverter.GetBytes(i), address);
        }
    });

    private static Socket Udp(IPEndPoint? address = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(address ?? new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
