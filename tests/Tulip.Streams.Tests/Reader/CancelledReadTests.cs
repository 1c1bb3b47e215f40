namespace Tulip.Streams.Tests.Reader;

/// <summary>A cancelled read takes nothing, whatever it was doing.</summary>
public sealed class CancelledReadTests
{
    public static TheoryData<string> Ways => ["read", "all", "exactly", "line", "until", "into", "lent", "line lent"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Cancelled_WhileItWaits_LeavesTheBytesThatCame(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        var read = CreateTask(Start(reader, way));
        await Sleep(1);
        Assert.False(read.Done);
        read.Cancel();
        await Expect.Cancelled(async () => { await read; });
        reader.Feed("kept\nall of it");
        reader.FeedEof();
        Assert.Equal("kept\nall of it", Bytes.Text(await reader.Read()));
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Cancelled_AfterBytesCameButBeforeItRan_LeavesThem(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        var read = CreateTask(Start(reader, way));
        await Sleep(1);
        reader.Feed("kept\n");
        read.Cancel();
        await Expect.Cancelled(async () => { await read; });
        Assert.Equal("kept\n", Bytes.Text(await reader.Read(100)));
    });

    [Theory]
    [InlineData("exactly")]
    [InlineData("until")]
    [InlineData("line")]
    [InlineData("line lent")]
    public void Cancelled_WithAPartThere_LeavesThePart(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        reader.Feed("a part");
        var read = CreateTask(Start(reader, way));
        await Sleep(1);
        reader.Feed(" mo");
        await Sleep(1);
        read.Cancel();
        await Expect.Cancelled(async () => { await read; });
        reader.Feed("\n");
        Assert.Equal("a part mo\n", Bytes.Text(await reader.ReadLine()));
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Cancelled_BeforeItBegan_LeavesTheBytes(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        reader.Feed("kept\n");
        reader.FeedEof();
        var read = CreateTask(Start(reader, way));
        read.Cancel();
        await Expect.Cancelled(async () => { await read; });
        Assert.Equal("kept\n", Bytes.Text(await reader.Read()));
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void TimedOut_AgainAndAgain_TheNextReadHasAll(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        for (var i = 0; i < 10; i++)
            await Expect.Throws<TimeoutException>(async () => { await WaitFor(Start(reader, way), 1); });
        reader.Feed("0123456789\n");
        reader.FeedEof();
        Assert.Equal(way is "exactly" ? 10 : 11, await Start(reader, way));
    });

    /// <summary>Gives how many bytes were read.</summary>
    private static async Coroutine<int> Start(AsyncStreamReader reader, string way) => way switch
    {
        "read" => (await reader.Read(100)).Length,
        "all" => (await reader.Read()).Length,
        "exactly" => (await reader.ReadExactly(10)).Length,
        "line" => (await reader.ReadLine()).Length,
        "until" => (await reader.ReadUntil("\n"u8.ToArray())).Length,
        "into" => await reader.ReadInto(new byte[100]),
        "lent" => (await reader.ReadLent()).Length,
        "line lent" => (await reader.ReadLineLent()).Length,
        _ => throw new ArgumentException(way),
    };
}
