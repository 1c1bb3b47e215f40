using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

/// <summary>Files sent through transports.</summary>
public sealed class SendFileTests : IDisposable
{
    private const int Size = 3_000_000;

    private readonly RandomFile _sent = new(Size);

    public void Dispose() => _sent.Dispose();

    [Theory]
    [ClassData(typeof(EngineData))]
    public void File_BetweenWrites_ArrivesInItsPlace(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var all = pair.ReadToEnd();
        pair.Transport.Write("before"u8);
        Assert.Equal(Size, await rig.Loop.SendFile(pair.Transport, _sent.Handle));
        pair.Transport.Write("after"u8);
        pair.Transport.Close();
        var received = await all;
        Assert.Equal([.. "before"u8, .. _sent.Content, .. "after"u8], received);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Part_BeyondTheEnd_IsAsLongAsThereIs(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var all = pair.ReadToEnd();
        Assert.Equal(1000, await rig.Loop.SendFile(pair.Transport, _sent.Handle, 500, 1000));
        Assert.Equal(10, await rig.Loop.SendFile(pair.Transport, _sent.Handle, Size - 10, 1000));
        Assert.Equal(0, await rig.Loop.SendFile(pair.Transport, _sent.Handle, Size + 10));
        pair.Transport.Close();
        var received = await all;
        Assert.Equal([.. _sent.Content[500..1500], .. _sent.Content[^10..]], received);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_WhileAFileIsSent_IsAnError(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var task = CreateTask(rig.Loop.SendFile(pair.Transport, _sent.Handle));
        await Sleep(0);
        await Sleep(0);
        Assert.Throws<InvalidOperationException>(() => pair.Transport.Write("x"u8));
        await Expect.Failure<InvalidOperationException>(async () => await rig.Loop.SendFile(pair.Transport, _sent.Handle));
        var all = pair.ReadToEnd();
        while (!task.Done)
        {
            Assert.Throws<InvalidOperationException>(() => pair.Transport.Write("x"u8));
            await Sleep(0);
        }

        Assert.Equal(Size, await task);
        pair.Transport.Write("after"u8);
        pair.Transport.Close();
        var received = await all;
        Assert.Equal([.. _sent.Content, .. "after"u8], received);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Secured_WithoutAWriteBuffer_IsSent(string engine) => Rig.Run(engine, async rig =>
    {
        var atServer = new Recorder();
        var server = await rig.Loop.CreateServer(() => atServer, "127.0.0.1", 0, new ServerOptions { Tls = Tls.TestCertificate.ForServer() });
        var port = ((System.Net.IPEndPoint)server.LocalEndPoints[0]).Port;
        var (transport, _) = await rig.Loop.CreateConnection(
            static () => new Recorder(), "127.0.0.1", port, new ConnectionOptions { Tls = Tls.TestCertificate.ForClient() });
        transport.SetWriteBufferLimits(0);
        transport.Write("before"u8);
        Assert.Equal(Size, await rig.Loop.SendFile(transport, _sent.Handle));
        await rig.Until(() => atServer.Bytes == Size + 6);
        transport.Close();
        server.Close();
        await server.WaitClosed();
    });

    [Fact]
    public void PieceByPiece_WritingIsPausedThoughBelowTheMark_WaitsForRoom() => Rig.Run("portable", async rig =>
    {
        using var big = BigFile();
        using var pair = await Pair.Open(rig);
        pair.Transport.SetWriteBufferLimits(1, 1);
        while (pair.Transport.GetWriteBufferSize() == 0)
        {
            pair.Transport.Write(new byte[1_000_000]);
            await Sleep(0);
        }

        // Paused, and so until there is next to nothing left.
        const int High = 4_000_000;
        pair.Transport.SetWriteBufferLimits(High, 1);
        var task = CreateTask(rig.Loop.SendFile(pair.Transport, big));
        for (var i = 0; i < 200; i++)
        {
            await ToThread(static () => { });
            Assert.InRange(pair.Transport.GetWriteBufferSize(), 1, High);
        }

        task.Cancel();
        await Wait([task]);
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Peer_Gone_BreaksIt(string engine) => Rig.Run(engine, async rig =>
    {
        using var big = BigFile();
        using var pair = await Pair.Open(rig);
        var task = CreateTask(rig.Loop.SendFile(pair.Transport, big));
        await rig.Until(() => pair.Peer.Available > 0);
        pair.Reset();
        await Expect.Failure<SocketException>(async () => await task);
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_Meanwhile_EndsIt(string engine) => Rig.Run(engine, async rig =>
    {
        using var big = BigFile();
        using var pair = await Pair.Open(rig);
        var task = CreateTask(rig.Loop.SendFile(pair.Transport, big));
        await rig.Until(() => pair.Peer.Available > 0);
        pair.Transport.Abort();
        await Expect.Failure<SocketException>(async () => await task);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Cancel_InTheMiddle_LeavesATransportThatCanBeClosed(string engine) => Rig.Run(engine, async rig =>
    {
        using var big = BigFile();
        using var pair = await Pair.Open(rig);
        var task = CreateTask(rig.Loop.SendFile(pair.Transport, big));
        await rig.Until(() => pair.Peer.Available > 0);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled);
        pair.Transport.Abort();
        await rig.Until(() => pair.Protocol.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Arguments_ThatCannotBe_AreRefused(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Loop.SendFile(pair.Transport, _sent.Handle, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Loop.SendFile(pair.Transport, _sent.Handle, 0, 0));
        if (engine == "portable")
            await Expect.Failure<SendfileNotAvailableException>(async () => await rig.Loop.SendFile(pair.Transport, _sent.Handle, fallback: false));
        pair.Transport.Close();
        Assert.Throws<InvalidOperationException>(() => rig.Loop.SendFile(pair.Transport, _sent.Handle));
    });

    private static SafeFileHandle BigFile()
    {
        var file = File.OpenHandle(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        RandomAccess.SetLength(file, 200_000_000);
        return file;
    }
}
