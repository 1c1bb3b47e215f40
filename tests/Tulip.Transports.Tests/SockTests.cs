using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class SockTests
{
    [Fact]
    public void Engine_WithoutDescriptors_SaysSo() => Rig.Run("portable", static async rig =>
    {
        using var socket = Tcp();
        Assert.Contains("epoll", Assert.Throws<NotSupportedException>(() => rig.Loop.SockRecv(socket, 1)).Message, StringComparison.Ordinal);
        Assert.True(socket.Blocking);
        await Sleep(0);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Connection_WithoutTransports_CarriesMoreThanFits_BothWaysAtOnce(string engine) => Rig.Run(engine, static async rig =>
    {
        using var ends = await Ends.Open(rig);
        Assert.True(ends.Client.Connected);
        Assert.Equal(ends.Client.LocalEndPoint, ends.Address);
        Assert.Equal(ends.Server.LocalEndPoint, ends.Client.RemoteEndPoint);
        Assert.False(ends.Server.Blocking);

        var large = new byte[8_000_000];
        Random.Shared.NextBytes(large);
        await Gather(
            rig.Loop.SockSendAll(ends.Client, large), rig.Loop.SockSendAll(ends.Server, large), Read(ends.Client), Read(ends.Server));

        ends.Client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await rig.Loop.SockRecv(ends.Server, 10));
        Assert.Equal(0, await rig.Loop.SockRecvInto(ends.Server, new byte[10]));
        ends.Server.LingerState = new LingerOption(true, 0);
        ends.Server.Close();
        var lost = await Expect.Failure<SocketException>(async () => await rig.Loop.SockRecv(ends.Client, 10));
        Assert.Equal(SocketError.ConnectionReset, lost.SocketErrorCode);

        async Coroutine Read(Socket socket)
        {
            var received = new byte[large.Length];
            for (var count = 0; count < received.Length;)
            {
                var got = await rig.Loop.SockRecvInto(socket, received.AsMemory(count));
                Assert.NotEqual(0, got);
                count += got;
            }

            Assert.True(large.AsSpan().SequenceEqual(received));
        }
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Receive_CancelledAtAnyPoint_LosesNothing(string engine) => Rig.Run(engine, static async rig =>
    {
        using var ends = await Ends.Open(rig);
        var cancels = 0;
        for (byte i = 0; i < 60; i++)
        {
            var task = CreateTask(rig.Loop.SockRecv(ends.Client, 10));
            await Sleep(0);
            if (i % 2 == 0)
                ends.Server.Send([i]);
            for (var passes = 0; passes < i % 5; passes++)
                await Sleep(0);
            if (i % 2 != 0)
                ends.Server.Send([i]);
            task.Cancel();
            await Wait([task]);
            cancels += task.Cancelled ? 1 : 0;
            Assert.Equal([i], task.Cancelled ? await rig.Loop.SockRecv(ends.Client, 10) : task.Result());
        }

        Assert.NotEqual(0, cancels);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Accept_Cancelled_LeavesTheConnectionToTheNext(string engine) => Rig.Run(engine, static async rig =>
    {
        using var listener = Ends.Listen();
        for (var passes = 0; passes < 5; passes++)
        {
            var task = CreateTask(rig.Loop.SockAccept(listener));
            await Sleep(0);
            using var client = Tcp();
            client.Connect(listener.LocalEndPoint!);
            for (var i = 0; i < passes; i++)
                await Sleep(0);
            task.Cancel();
            await Wait([task]);
            var (connection, address) = task.Cancelled ? await rig.Loop.SockAccept(listener) : task.Result();
            connection.Dispose();
            Assert.Equal(client.LocalEndPoint, address);
        }
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Direction_InUse_IsRefusedToOthers_UntilItIsOver(string engine) => Rig.Run(engine, static async rig =>
    {
        using var ends = await Ends.Open(rig);
        var descriptor = (int)ends.Client.Handle;
        var reading = CreateTask(rig.Loop.SockRecv(ends.Client, 1));
        await Sleep(0);
        var failure = await Expect.Failure<InvalidOperationException>(async () => await rig.Loop.SockRecv(ends.Client, 1));
        Assert.Contains("reads from", failure.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => rig.Loop.AddReader(descriptor, static () => { }));
        Assert.False(rig.Loop.RemoveReader(descriptor));

        var writable = 0;
        rig.Loop.AddWriter(descriptor, () => writable++);
        failure = await Expect.Failure<InvalidOperationException>(async () => await rig.Loop.SockSendAll(ends.Client, "x"u8.ToArray()));
        Assert.Contains("RemoveWriter", failure.Message, StringComparison.Ordinal);
        await rig.Until(() => writable > 3);
        rig.Loop.RemoveWriter(descriptor);
        await rig.Loop.SockSendAll(ends.Client, "x"u8.ToArray());

        await rig.Loop.SockSendAll(ends.Server, "y"u8.ToArray());
        Assert.Equal("y"u8.ToArray(), await reading);
        rig.Loop.AddReader(descriptor, static () => { });
        Assert.True(rig.Loop.RemoveReader(descriptor));
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Socket_ThatBlocks_IsRefusedInDebugMode_AndMadeNonBlockingOtherwise(string engine) => Rig.Run(engine, static async rig =>
    {
        using var pair = await Pair.Open(rig);
        rig.Loop.Debug = true;
        Assert.Throws<ArgumentException>(() => rig.Loop.SockRecv(pair.Peer, 1));
        rig.Loop.Debug = false;
        pair.Transport.Write("x"u8);
        Assert.Equal("x"u8.ToArray(), await rig.Loop.SockRecv(pair.Peer, 1));
        Assert.False(pair.Peer.Blocking);

        var own = pair.Transport.Socket!;
        await Expect.Failure<InvalidOperationException>(async () => await rig.Loop.SockRecv(own, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Loop.SockRecv(pair.Peer, 0));
        Assert.Throws<ArgumentException>(() => rig.Loop.SockRecvInto(pair.Peer, Memory<byte>.Empty));
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Connect_Refused_IsTheSocketsError(string engine) => Rig.Run(engine, static async rig =>
    {
        using var unused = ConnectingTests.UnusedPort(out var port);
        using var socket = Tcp();
        var failure = await Expect.Failure<SocketException>(async () => await rig.Loop.SockConnect(socket, new DnsEndPoint("127.0.0.1", port)));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);

        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0);
        var sockets = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)).ToArray();
        failure = await Expect.Failure<SocketException>(async () =>
        {
            foreach (var each in sockets)
                await rig.Loop.SockConnect(each, new UnixDomainSocketEndPoint(path));
        });
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.True(sockets[0].Connected);
        foreach (var each in sockets)
            each.Dispose();
        File.Delete(path);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Connect_Cancelled_LeavesTheSocketToItsOwner_WhoMayGoOn(string engine) => Rig.Run(engine, static async rig =>
    {
        using var silent = new SilentListener(IPAddress.Loopback, 0);
        using var socket = Tcp();
        var connecting = CreateTask(rig.Loop.SockConnect(socket, silent.Address));
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.False(connecting.Done);
        connecting.Cancel();
        await Wait([connecting]);
        Assert.True(connecting.Cancelled);
        Assert.False(socket.SafeHandle.IsClosed);

        // With room in the backlog the client's next knock is heard.
        silent.Answer();
        await rig.Loop.SockConnect(socket, silent.Address);
        Assert.Equal(silent.Address, socket.RemoteEndPoint);
    });

    private static Socket Tcp() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
