using System.Net.Sockets;
using System.Text;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class ReadingTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Data_InOneByteSegments_ComesInOrder(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Peer.NoDelay = true;
        const string Text = "every byte by itself, and none lost";
        foreach (var letter in Text)
        {
            pair.Send(letter.ToString());
            await Sleep(0);
        }

        await rig.Until(() => pair.Protocol.Bytes == Text.Length);
        Assert.Equal(Text, pair.Protocol.Received.ToString());
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Eof_ByDefault_ClosesTheTransport(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Send("last words");
        pair.Peer.Shutdown(SocketShutdown.Send);
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Equal(["made", "data", "eof", "lost"], pair.Protocol.Events);
        Assert.Null(pair.Protocol.Failure);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Eof_KeptOpen_LeavesTheOtherHalf(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig, new Recorder { KeepOpen = true });
        pair.Peer.Shutdown(SocketShutdown.Send);
        await rig.Until(() => pair.Protocol.Ended);
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.False(pair.Transport.IsClosing);

        pair.Transport.Write("still here"u8);
        pair.Transport.Close();
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Equal("still here", Encoding.Latin1.GetString(await pair.ReadToEnd()));
        Assert.Equal(["made", "eof", "lost"], pair.Protocol.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_WithDataOnTheWay_HoldsItBack(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.PauseReading();
        Assert.False(pair.Transport.IsReading);
        pair.Send("one ");
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        pair.Send("two ");
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        Assert.Equal(0, pair.Protocol.Bytes);

        pair.Transport.ResumeReading();
        Assert.True(pair.Transport.IsReading);
        pair.Send("three");
        await rig.Until(() => pair.Protocol.Bytes == 13);
        Assert.Equal("one two three", pair.Protocol.Received.ToString());
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseAndResume_AtEveryPiece_LosesNothing(string engine) => Rig.Run(engine, async rig =>
    {
        const int Total = 2_000_000;
        var next = 0;
        var wrong = false;
        var recorder = new Recorder
        {
            OnData = (protocol, data) =>
            {
                foreach (var value in data)
                    wrong |= value != (byte)(next++ * 31 >> 3);
                protocol.Transport.PauseReading();
                GetRunningLoop().CallSoon(() =>
                {
                    protocol.Transport.ResumeReading();
                    if (next % 3 == 0)
                        protocol.Transport.PauseReading();
                    GetRunningLoop().CallSoon(protocol.Transport.ResumeReading);
                });
            },
        };
        using var pair = await Pair.Open(rig, recorder);
        var bytes = Enumerable.Range(0, Total).Select(static i => (byte)(i * 31 >> 3)).ToArray();
        var sending = Task.Run(() =>
        {
            for (var at = 0; at < bytes.Length;)
                at += pair.Peer.Send(bytes.AsSpan(at, Math.Min(50_000, bytes.Length - at)));
            pair.Peer.Shutdown(SocketShutdown.Send);
        });
        await rig.Until(() => recorder.IsLost);
        await sending;
        Assert.Equal(Total, next);
        Assert.False(wrong);
        Assert.Equal(["made", "data", "eof", "lost"], recorder.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_AndThePeerEnds_EofComesAfterResume(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.PauseReading();
        pair.Send("data");
        pair.Peer.Shutdown(SocketShutdown.Send);
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        Assert.Equal(["made"], pair.Protocol.Events);

        pair.Transport.ResumeReading();
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Equal("data", pair.Protocol.Received.ToString());
        Assert.Equal(["made", "data", "eof", "lost"], pair.Protocol.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_WithHeldData_DropsIt(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.PauseReading();
        pair.Send("never read");
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        pair.Transport.ResumeReading();
        pair.Transport.Close();
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.Equal(["made", "lost"], pair.Protocol.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_WhileThePeerSends_HoldsThePeerBack(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.PauseReading();
        pair.Peer.Blocking = false;
        var block = new byte[64 * 1024];
        long sent = 0;
        var refusals = 0;
        while (refusals < 20 && sent < 64 * 1024 * 1024)
        {
            var count = pair.Peer.Send(block, 0, block.Length, SocketFlags.None, out var error);
            sent += error == SocketError.Success ? count : 0;
            refusals = error == SocketError.WouldBlock ? refusals + 1 : 0;
            await Sleep(0.0005);
        }

        Assert.Equal(20, refusals);
        Assert.Equal(0, pair.Protocol.Bytes);
        pair.Transport.ResumeReading();
        await rig.Until(() => pair.Protocol.Bytes == sent);
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void DataReceived_ThatThrows_BreaksTheConnectionAndIsReported(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig, new Recorder { OnData = static (_, _) => throw new FormatException("no") });
        pair.Send("x");
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.IsType<FormatException>(pair.Protocol.Failure);
        var report = rig.Take("Fatal error");
        Assert.Same(pair.Protocol.Failure, report.Exception);
        Assert.Same(pair.Protocol, report.Protocol);
        Assert.Same(pair.Transport, report.Transport);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Reset_WhileReading_IsTold(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Send("x");
        await rig.Until(() => pair.Protocol.Bytes == 1);
        pair.Reset();
        await rig.Until(() => pair.Protocol.IsLost);
        var failure = Assert.IsType<SocketException>(pair.Protocol.Failure);
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
        Assert.Equal(["made", "data", "lost"], pair.Protocol.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Reset_WhilePaused_IsToldOnce(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.PauseReading();
        pair.Reset();
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        pair.Transport.ResumeReading();
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.NotNull(pair.Protocol.Failure);
        Assert.Equal(["made", "lost"], pair.Protocol.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SetProtocol_BetweenPieces_TellsTheNewOne(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Send("first");
        await rig.Until(() => pair.Protocol.Bytes == 5);
        var second = new Buffered(3);
        pair.Transport.SetProtocol(second);
        Assert.Same(second, pair.Transport.GetProtocol());
        pair.Send("second");
        await rig.Until(() => second.Text == "second");
        Assert.Equal("first", pair.Protocol.Received.ToString());
        pair.Transport.Abort();
        await rig.Until(() => second.IsLost);
        Assert.False(pair.Protocol.IsLost);
        Assert.Throws<ArgumentException>(() => pair.Transport.SetProtocol(new NoStream()));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_WithSmallBuffer_GetsAllInOrder(string engine) => Rig.Run(engine, async rig =>
    {
        var buffered = new Buffered(3);
        using var pair = await Pair.Open(rig);
        pair.Transport.SetProtocol(buffered);
        pair.Send("0123456789");
        await rig.Until(() => buffered.Text == "0123456789");
        Assert.All(buffered.Hints, static hint => Assert.True(hint > 0));
        pair.Peer.Shutdown(SocketShutdown.Send);
        await rig.Until(() => buffered.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_ThatPausesInTheMiddle_GetsTheRestLater(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var buffered = new Buffered(4) { OnUpdated = () => pair.Transport.PauseReading() };
        pair.Transport.SetProtocol(buffered);
        pair.Send("0123456789");
        await rig.Until(() => buffered.Text == "0123");
        for (var i = 0; i < 5; i++)
            await Sleep(0);
        Assert.Equal("0123", buffered.Text);
        pair.Transport.ResumeReading();
        await rig.Until(() => buffered.Text == "01234567");
        pair.Transport.ResumeReading();
        await rig.Until(() => buffered.Text == "0123456789");
        pair.Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_WithEmptyBuffer_IsAnError(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var buffered = new Buffered(0);
        pair.Transport.SetProtocol(buffered);
        pair.Send("x");
        await rig.Until(() => buffered.IsLost);
        Assert.IsType<InvalidOperationException>(rig.Take("Fatal error").Exception);
    });

    private sealed class NoStream : BaseProtocol
    {
    }
}
