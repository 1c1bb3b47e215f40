using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

/// <summary>Files sent through sockets that are no transport's.</summary>
public sealed class SockSendFileTests : IDisposable
{
    private const int Size = 6_000_000;

    // A file of the kernel's that can be read, but not by the kernel itself on the way to a socket.
    private const string NotForTheKernel = "/proc/self/environ";

    private readonly RandomFile _sent = new(Size);

    public void Dispose() => _sent.Dispose();

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void File_MoreThanFits_ArrivesWholeAndNothingElseIsSentMeanwhile(string engine) => Rig.Run(engine, async rig =>
    {
        using var ends = await Ends.Open(rig);
        var sending = CreateTask(rig.Loop.SockSendFile(ends.Client, _sent.Handle));
        await Sleep(0);
        await Expect.Failure<InvalidOperationException>(async () => await rig.Loop.SockSendAll(ends.Client, new byte[1]));
        await Expect.Failure<InvalidOperationException>(async () => await rig.Loop.SockSendFile(ends.Client, _sent.Handle));
        var received = await Read(rig, ends.Server, Size);
        Assert.Equal(Size, await sending);
        Assert.True(_sent.Content.AsSpan().SequenceEqual(received));
        await rig.Loop.SockSendAll(ends.Client, "x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await rig.Loop.SockRecv(ends.Server, 10));
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Part_BeyondTheEnd_IsAsLongAsThereIs(string engine) => Rig.Run(engine, async rig =>
    {
        using var ends = await Ends.Open(rig);
        Assert.Equal(1000, await rig.Loop.SockSendFile(ends.Client, _sent.Handle, 500, 1000));
        Assert.Equal(10, await rig.Loop.SockSendFile(ends.Client, _sent.Handle, Size - 10, 1000));
        Assert.Equal(0, await rig.Loop.SockSendFile(ends.Client, _sent.Handle, Size + 10));
        var received = await Read(rig, ends.Server, 1010);
        Assert.Equal([.. _sent.Content[500..1500], .. _sent.Content[^10..]], received);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void File_ThatTheKernelCannotSend_IsReadAndSentUnlessThatIsForbidden(string engine) => Rig.Run(engine, async rig =>
    {
        using var ends = await Ends.Open(rig);
        using var file = File.OpenHandle(NotForTheKernel);
        var content = File.ReadAllBytes(NotForTheKernel);
        await Expect.Failure<SendfileNotAvailableException>(async () => await rig.Loop.SockSendFile(ends.Client, file, fallback: false));
        Assert.Equal(content.Length - 3, await rig.Loop.SockSendFile(ends.Client, file, 3));
        Assert.Equal(content[3..], await Read(rig, ends.Server, content.Length - 3));
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Peer_Gone_BreaksIt(string engine) => Rig.Run(engine, async rig =>
    {
        using var ends = await Ends.Open(rig);
        var sending = CreateTask(rig.Loop.SockSendFile(ends.Client, _sent.Handle));
        await rig.Until(() => ends.Server.Available > 0);
        ends.Server.LingerState = new LingerOption(true, 0);
        ends.Server.Close();
        await Expect.Failure<SocketException>(async () => await sending);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Cancel_InTheMiddle_LeavesTheSocketToItsOwner(string engine) => Rig.Run(engine, async rig =>
    {
        using var ends = await Ends.Open(rig);
        var sending = CreateTask(rig.Loop.SockSendFile(ends.Client, _sent.Handle));
        await rig.Until(() => ends.Server.Available > 0);
        sending.Cancel();
        await Wait([sending]);
        Assert.True(sending.Cancelled);
        ends.Client.Shutdown(SocketShutdown.Send);
        var received = 0;
        while (await rig.Loop.SockRecv(ends.Server, 1 << 20) is { Length: > 0 } piece)
        {
            Assert.True(_sent.Content.AsSpan(received, piece.Length).SequenceEqual(piece));
            received += piece.Length;
        }

        Assert.InRange(received, 1, Size - 1);
    });

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public void Arguments_ThatCannotBe_AreRefused(string engine) => Rig.Run(engine, async rig =>
    {
        using var ends = await Ends.Open(rig);
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Loop.SockSendFile(ends.Client, _sent.Handle, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Loop.SockSendFile(ends.Client, _sent.Handle, 0, 0));
        Assert.Throws<ArgumentException>(() => rig.Loop.SockSendFile(datagrams, _sent.Handle));
    });

    private static async Coroutine<byte[]> Read(Rig rig, Socket socket, int length)
    {
        var received = new byte[length];
        for (var count = 0; count < length;)
        {
            var got = await rig.Loop.SockRecvInto(socket, received.AsMemory(count));
            Assert.NotEqual(0, got);
            count += got;
        }

        return received;
    }
}
