using System.Net.Sockets;

namespace Tulip.Streams.Tests.Writer;

/// <summary><see cref="AsyncStreamWriter.Drain"/>: asyncio's rules.</summary>
public sealed class DrainTests
{
    [Fact]
    public void Drain_RoomEnough_DoesNotSuspend() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        var others = false;
        GetRunningLoop().CallSoon(() => others = true);
        writer.Write("data"u8);
        await writer.Drain();
        Assert.False(others);
        Assert.Equal("data", Bytes.Text(transport.Written));
        await Sleep(0);
    });

    [Fact]
    public void Drain_SeveralAtOnce_AllGoOn() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        transport.GetProtocol().PauseWriting();
        var drains = Enumerable.Range(0, 5).Select(_ => CreateTask(writer.Drain())).ToArray();
        await Sleep(1);
        Assert.DoesNotContain(drains, drain => drain.Done);
        transport.GetProtocol().ResumeWriting();
        await Gather(drains);
        await writer.Drain();
    });

    [Fact]
    public void Drain_Cancelled_TheOthersStillWaitAndGoOn() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        transport.GetProtocol().PauseWriting();
        writer.Write("kept"u8);
        var first = CreateTask(writer.Drain());
        var second = CreateTask(writer.Drain());
        await Sleep(1);
        first.Cancel();
        await Expect.Cancelled(async () => { await first; });
        Assert.False(second.Done);
        transport.GetProtocol().ResumeWriting();
        await second;
        Assert.Equal("kept", Bytes.Text(transport.Written));
    });

    [Fact]
    public void Drain_CancelledWhenWoken_IsCancelledAndOthersGoOn() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        transport.GetProtocol().PauseWriting();
        var first = CreateTask(writer.Drain());
        var second = CreateTask(writer.Drain());
        await Sleep(1);
        transport.GetProtocol().ResumeWriting();
        first.Cancel();
        await Expect.Cancelled(async () => { await first; });
        await second;
    });

    [Fact]
    public void Drain_PausedAgainBeforeTheWokenOnesRan_TheyGoOnAndTheNextWaits() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        transport.GetProtocol().PauseWriting();
        var first = CreateTask(writer.Drain());
        await Sleep(1);
        transport.GetProtocol().ResumeWriting();
        transport.GetProtocol().PauseWriting();
        var second = CreateTask(writer.Drain());
        await first;
        await Sleep(1);
        Assert.False(second.Done);
        transport.GetProtocol().ResumeWriting();
        await second;
    });

    [Fact]
    public void Drain_ReaderFailed_ThrowsItsException() => LoopTest.Run(async () =>
    {
        var (reader, writer, _) = FakeTransport.Connect();
        reader.SetException(new FormatException());
        await Expect.Throws<FormatException>(async () => { await writer.Drain(); });
    });

    [Fact]
    public void Drain_ConnectionLost_Throws() => LoopTest.Run(async () =>
    {
        var (_, writer, _) = FakeTransport.Connect();
        writer.Close();

        // The loss is told by the ready queue: the drain gives it its turn.
        var thrown = await Expect.Throws<SocketException>(async () => { await writer.Drain(); });
        Assert.Equal(SocketError.ConnectionReset, thrown.SocketErrorCode);
        Assert.Equal("Connection lost", thrown.Message);
    });

    [Fact]
    public void Drain_ConnectionBreaksMeanwhile_ThrowsWhatBrokeIt() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        transport.GetProtocol().PauseWriting();
        var drains = Enumerable.Range(0, 2).Select(_ => CreateTask(writer.Drain())).ToArray();
        await Sleep(1);
        transport.Break(new FormatException());
        foreach (var drain in drains)
            await Expect.Throws<FormatException>(async () => { await drain; });
    });

    [Fact]
    public void Drain_ConnectionClosedMeanwhile_GoesOn() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        transport.GetProtocol().PauseWriting();
        var drain = CreateTask(writer.Drain());
        await Sleep(1);
        writer.Close();
        await drain;
    });
}
