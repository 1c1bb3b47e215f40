using System.Net.Sockets;
using System.Text;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class WritingTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_AfterAWriteToAQuietPeer_EndsByItself(string engine) => Rig.Run(engine, async rig =>
    {
        var lost = rig.Loop.CreateFuture<Unit>();
        using var pair = await Pair.Open(rig, new Recorder { OnLost = _ => lost.SetResult(default) });
        pair.Transport.Write("bye"u8);
        pair.Transport.Close();
        await lost;
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_OfManySizes_ArrivesInOrder(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var reading = pair.ReadToEnd();
        using var expected = new MemoryStream();
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var piece = new byte[random.Next(i % 7 == 0 ? 200_000 : 5000)];
            random.NextBytes(piece);
            expected.Write(piece);
            pair.Transport.Write(piece);
            if (i % 5 == 0)
                await Sleep(0);
        }

        pair.Transport.Close();
        Assert.Equal(expected.ToArray(), await reading);
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Null(pair.Protocol.Failure);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Writes_OfOnePass_AreOneSegment(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.Write("a"u8);
        pair.Transport.WriteLines("b"u8.ToArray(), "c"u8.ToArray());
        Assert.Equal(3, pair.Transport.GetWriteBufferSize());
        await rig.Until(() => pair.Peer.Available > 0);
        Assert.Equal(3, pair.Peer.Available);
        Assert.Equal(0, pair.Transport.GetWriteBufferSize());
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_ThatTheLoopStopsAfter_StillLeaves(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        using var loop = new EventLoop(engine: Engines.EngineSelector.Create(engine));
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        var text = await Task.Run(() =>
        {
            var port = ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port;
            var (transport, _) = loop.RunUntilComplete(loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port));
            loop.CallSoon(() =>
            {
                transport.Write("bye"u8);
                loop.Stop();
            });
            loop.RunForever();
            using var peer = listener.Accept();
            peer.ReceiveTimeout = 120_000;
            var buffer = new byte[10];
            var count = peer.Receive(buffer);
            loop.Close();
            return Encoding.Latin1.GetString(buffer, 0, count);
        });
        Assert.Equal("bye", text);
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SlowReader_PausesAndResumesOncePerCrossing(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var transport = pair.Transport;
        Assert.Equal((16 * 1024, 64 * 1024), transport.GetWriteBufferLimits());
        var most = 0;
        var piece = new byte[8 * 1024];
        long written = 0;
        while (pair.Protocol.Events.Count(static e => e == "pause") < 3)
        {
            // As a protocol should: only while it is not paused.
            if (pair.Protocol.Events[^1] != "pause")
            {
                transport.Write(piece);
                written += piece.Length;
                most = Math.Max(most, transport.GetWriteBufferSize());
            }
            else
            {
                if (pair.Peer.Available > 0)
                    pair.Peer.Receive(new byte[256 * 1024]);
                await Sleep(0);
            }
        }

        Assert.InRange(most, 64 * 1024 + 1, 64 * 1024 + piece.Length);
        Assert.Equal(["made", "pause", "resume", "pause", "resume", "pause"], pair.Protocol.Events);
        var rest = pair.ReadToEnd();
        transport.Close();
        await rig.Until(() => pair.Protocol.IsLost);
        await rest;
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseWriting_ThatThrows_IsReportedAndTheConnectionGoesOn(string engine) => Rig.Run(engine, async rig =>
    {
        var protocol = new Recorder { OnPause = static _ => throw new FormatException(), OnResume = static _ => throw new FormatException() };
        using var pair = await Pair.Open(rig, protocol);
        var bytes = new byte[16 * 1024 * 1024];
        pair.Transport.Write(bytes);
        rig.Take("PauseWriting() failed");
        var reading = pair.ReadToEnd();
        await rig.Until(() => protocol.Events.Contains("resume"));
        rig.Take("ResumeWriting() failed");
        pair.Transport.Close();
        Assert.Equal(bytes.Length, (await reading).Length);
        await rig.Until(() => protocol.IsLost);
        Assert.Null(protocol.Failure);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Flush_ThatMakesSomethingReady_IsNotWaitedOver(string engine) => Rig.Run(engine, async rig =>
    {
        // Nothing else happens: a loop that waits after the flush, waits for ever.
        using var pair = await Pair.Open(rig);
        var resumed = rig.Loop.CreateFuture<Unit>();
        pair.Protocol.OnResume = _ => resumed.SetResult(default);
        pair.Transport.Write("ten bytes!"u8);
        pair.Transport.SetWriteBufferLimits(high: 5);
        await resumed;
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SetWriteBufferLimits_KeepsAsyncioRules(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var transport = pair.Transport;
        transport.SetWriteBufferLimits(high: 100);
        Assert.Equal((25, 100), transport.GetWriteBufferLimits());
        transport.SetWriteBufferLimits(low: 100);
        Assert.Equal((100, 400), transport.GetWriteBufferLimits());
        transport.SetWriteBufferLimits();
        Assert.Equal((16 * 1024, 64 * 1024), transport.GetWriteBufferLimits());
        Assert.Throws<ArgumentException>(() => transport.SetWriteBufferLimits(high: 1, low: 2));
        Assert.Throws<ArgumentException>(() => transport.SetWriteBufferLimits(low: -1));

        // What waits for the end of the pass is above the new mark; it is down again when it has left.
        transport.Write("ten bytes!"u8);
        transport.SetWriteBufferLimits(high: 5);
        Assert.Equal("pause", pair.Protocol.Events[^1]);
        await rig.Until(() => pair.Protocol.Events[^1] == "resume");
        transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void WriteEof_AfterWrites_ComesBehindThem(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        Assert.True(pair.Transport.CanWriteEof);
        var bytes = new byte[4 * 1024 * 1024];
        pair.Transport.Write(bytes);
        pair.Transport.WriteEof();
        pair.Transport.WriteEof();
        Assert.Throws<InvalidOperationException>(() => pair.Transport.Write("more"u8));
        Assert.Equal(bytes.Length, (await pair.ReadToEnd()).Length);
        Assert.False(pair.Protocol.IsLost);

        // The other half is still there.
        pair.Send("reply");
        await rig.Until(() => pair.Protocol.Bytes == 5);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Null(pair.Protocol.Failure);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void WriteEof_WithoutWrites_EndsTheStream(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.WriteEof();
        Assert.Empty(await pair.ReadToEnd());
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_WithMuchToSend_SendsIt(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var bytes = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        pair.Transport.Write(bytes);
        pair.Transport.Close();
        Assert.True(pair.Transport.IsClosing);
        pair.Transport.Close();
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.False(pair.Protocol.IsLost);
        Assert.Equal(bytes, await pair.ReadToEnd());
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Null(pair.Protocol.Failure);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Abort_WithMuchToSend_DropsIt(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var bytes = new byte[32 * 1024 * 1024];
        pair.Transport.Write(bytes);
        pair.Transport.Abort();
        Assert.False(pair.Protocol.IsLost, "ConnectionLost was called in line.");
        Assert.Equal(0, pair.Transport.GetWriteBufferSize());
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Null(pair.Protocol.Failure);
        Assert.True((await pair.ReadToEnd()).Length < bytes.Length);
        pair.Transport.Abort();
        pair.Transport.Close();
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.Equal("lost", Assert.Single(pair.Protocol.Events, static e => e == "lost"));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Reset_WithMuchToSend_IsToldOnce(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.Write(new byte[32 * 1024 * 1024]);
        await Sleep(0);
        pair.Reset();
        await rig.Until(() => pair.Protocol.IsLost);
        var failure = Assert.IsType<SocketException>(pair.Protocol.Failure);
        Assert.Contains(failure.SocketErrorCode, (SocketError[])[SocketError.ConnectionReset, SocketError.Shutdown]);
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.Equal(["made", "pause", "lost"], pair.Protocol.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_AfterTheEnd_IsReportedFromTheSixthOn(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.Abort();
        pair.Transport.Write([]);
        for (var i = 0; i < 5; i++)
            pair.Transport.Write("lost"u8);
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Empty(rig.Reports);
        pair.Transport.Write("lost"u8);
        rig.Take("socket.send() raised exception.");
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_OfNothing_DoesNothing(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.Write([]);
        pair.Transport.WriteLines();
        Assert.Equal(0, pair.Transport.GetWriteBufferSize());
        pair.Transport.Abort();
    });
}
