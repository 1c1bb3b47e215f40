using System.Buffers;
using System.IO.Pipelines;

namespace Tulip.Streams.Tests.Views;

/// <summary>A connection as <see cref="IDuplexPipe"/>.</summary>
public sealed class PipeViewTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_OnTheLoopAndOff_ComeBackAndTheEndIsTold(bool onLoop) => Wire.Run("tcp", Wire.Echo, async wire =>
    {
        var (_, writer) = await wire.Connect();
        var pipe = writer.AsDuplexPipe();
        var talk = onLoop ? Talk(pipe) : Task.Run(() => Talk(pipe));
        Assert.Equal(["one", "two", "three"], await talk);
        await writer.WaitClosed();
    });

    [Fact]
    public void Output_Completed_EndsTheSendingHalfOnly() => LoopTest.RunInRealTime(async () =>
    {
        var (reader, writer, transport) = FakeTransport.Connect();
        var pipe = writer.AsDuplexPipe();
        await pipe.Output.WriteAsync("x"u8.ToArray());
        await pipe.Output.CompleteAsync();
        Assert.True(transport.SentEof);
        Assert.False(transport.IsClosing);
        reader.Feed("answer");
        var result = await pipe.Input.ReadAsync();
        Assert.Equal("answer", Bytes.Text(result.Buffer.ToArray()));
        pipe.Input.AdvanceTo(result.Buffer.End);
        await pipe.Input.CompleteAsync();
        Assert.True(transport.IsClosing);
    });

    [Fact]
    public void LeftOpen_BothCompleted_TheConnectionGoesOn() => LoopTest.RunInRealTime(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        var pipe = writer.AsDuplexPipe(leaveOpen: true);
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
        Assert.False(transport.SentEof);
        Assert.False(transport.IsClosing);
    });

    [Fact]
    public void PendingRead_Cancelled_LosesNothing() => LoopTest.RunInRealTime(async () =>
    {
        var (reader, writer, _) = FakeTransport.Connect();
        var pipe = writer.AsDuplexPipe();
        var read = pipe.Input.ReadAsync().AsTask();
        await LoopTest.Passes(3);
        pipe.Input.CancelPendingRead();
        Assert.True((await read).IsCanceled);
        reader.Feed("kept");
        var result = await pipe.Input.ReadAsync();
        Assert.Equal("kept", Bytes.Text(result.Buffer.ToArray()));
    });

    private static async Task<List<string>> Talk(IDuplexPipe pipe)
    {
        await pipe.Output.WriteAsync("one\ntwo\nth"u8.ToArray());
        await pipe.Output.WriteAsync("ree\n"u8.ToArray());
        await pipe.Output.CompleteAsync();
        var lines = new List<string>();
        while (true)
        {
            var result = await pipe.Input.ReadAsync();
            var rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                lines.Add(Bytes.Text(rest.Slice(0, end).ToArray()));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            pipe.Input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
                break;
        }

        await pipe.Input.CompleteAsync();
        return lines;
    }
}
