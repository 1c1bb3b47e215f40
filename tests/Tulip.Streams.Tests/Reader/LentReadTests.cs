namespace Tulip.Streams.Tests.Reader;

/// <summary>Reads that lend the reader's own memory.</summary>
public sealed class LentReadTests
{
    [Fact]
    public void ReadLent_DataThere_DoesNotSuspend() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        reader.Feed("now");
        var others = false;
        GetRunningLoop().CallSoon(() => others = true);
        Assert.Equal("now", Bytes.Text(await reader.ReadLent()));
        Assert.Equal("", Bytes.Text(await reader.ReadLent().With(reader.FeedEof)));
        Assert.False(others);
        Assert.True(reader.AtEof);
        await Sleep(0);
    });

    [Fact]
    public void ReadLent_BytesFedDuringTheLoan_DoNotTouchIt() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        reader.Feed("first");
        var first = await reader.ReadLent();

        // Into the same block, and then beyond it.
        reader.Feed("second");
        reader.Feed(new string('x', 3000));
        reader.Feed(new string('y', 70000));
        Assert.Equal("first", Bytes.Text(first));
        var rest = await reader.ReadLent();
        Assert.Equal("second" + new string('x', 3000) + new string('y', 70000), Bytes.Text(rest));
    });

    [Fact]
    public void ReadLineLent_LinesOfOnePiece_StayUntilTheNextRead() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        reader.Feed("one\ntwo\nthr");
        var line = await reader.ReadLineLent();
        reader.Feed(new string('z', 500) + "\n");
        Assert.Equal("one\n", Bytes.Text(line));
        Assert.Equal("two\n", Bytes.Text(await reader.ReadLineLent()));
        Assert.Equal("thr" + new string('z', 500) + "\n", Bytes.Text(await reader.ReadLineLent()));
        reader.Feed("end");
        reader.FeedEof();
        Assert.Equal("end", Bytes.Text(await reader.ReadLineLent()));
        Assert.True((await reader.ReadLineLent()).IsEmpty);
    });

    [Fact]
    public void LentMemory_AfterTheNextRead_IsSpoiltInDebugMode() => LoopTest.Run(async () =>
    {
        GetRunningLoop().Debug = true;
        var (reader, writer, _) = FakeTransport.Connect();
        reader.Feed("mine");
        var lent = await reader.ReadLent();
        reader.Feed("next");
        await reader.Read(1);
        Assert.Equal([0xDB, 0xDB, 0xDB, 0xDB], lent.ToArray());
        writer.Close();
        await writer.WaitClosed();
    });

    [Fact]
    public void ReadLent_Cancelled_TakesNothing() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        var read = CreateTask(reader.ReadLent().AsCoroutine());
        await Sleep(0);
        reader.Feed("kept");
        read.Cancel();
        await Expect.Cancelled(async () => { await read; });
        Assert.Equal("kept", Bytes.Text(await reader.ReadLent()));
    });

    [Fact]
    public void ReadLent_FromAnAsyncTaskMethod_Waits() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        var method = Method();
        await Sleep(0);
        reader.Feed("foreign");
        Assert.Equal("foreign", await method);

        async Task<string> Method() => Bytes.Text(await reader.ReadLent());
    });

    [Fact]
    public void ReadLent_WhileAnotherReads_IsRefused() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        var first = CreateTask(reader.Read(1));
        await Sleep(0);
        var refused = await Expect.Throws<InvalidOperationException>(async () => { await reader.ReadLent(); });
        Assert.StartsWith("ReadLent was called while another", refused.Message, StringComparison.Ordinal);
        reader.Feed("x");
        await first;
    });

    [Fact]
    public void ReadLent_FailedReader_Throws() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        var waiting = CreateTask(reader.ReadLent().AsCoroutine());
        await Sleep(0);
        reader.SetException(new FormatException());
        await Expect.Throws<FormatException>(async () => { await waiting; });
        await Expect.Throws<FormatException>(async () => { await reader.ReadLent(); });
    });
}

internal static class Fluent
{
    /// <summary>Does something before the value is used.</summary>
    public static T With<T>(this T value, Action action)
    {
        action();
        return value;
    }
}
