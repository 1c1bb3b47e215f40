namespace Tulip.Streams.Tests.Reader;

/// <summary>A reader holds its transport back when nobody reads.</summary>
public sealed class FlowControlTests
{
    [Fact]
    public void Feed_AboveTwiceTheLimit_PausesOnce() => LoopTest.Run(async () =>
    {
        var (reader, _, transport) = FakeTransport.Connect(limit: 4);
        reader.Feed("12345678");
        Assert.False(transport.Paused);
        reader.Feed("9");
        reader.Feed("more that was under way");
        Assert.Equal(["pause"], transport.Calls);
        await Sleep(0);
    });

    [Theory]
    [InlineData("read")]
    [InlineData("exactly")]
    [InlineData("into")]
    [InlineData("until")]
    [InlineData("line")]
    [InlineData("line lent")]
    public void Read_DownToTheLimit_Resumes(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, transport) = FakeTransport.Connect(limit: 4);
        reader.Feed("1\n2\n3\n4\n5\n");
        while (transport.Paused)
        {
            Assert.Equal(["pause"], transport.Calls);
            await ReadTwo(reader, way);
        }

        // Ten bytes, two at a time: at four the rest may come.
        Assert.Equal(["pause", "resume"], transport.Calls);
        Assert.Equal("4\n5\n", Bytes.Text(await reader.Read(10)));
    });

    [Fact]
    public void ReadLent_TakesAll_Resumes() => LoopTest.Run(async () =>
    {
        var (reader, _, transport) = FakeTransport.Connect(limit: 4);
        reader.Feed("123456789");
        Assert.Equal("123456789", Bytes.Text(await reader.ReadLent()));
        Assert.Equal(["pause", "resume"], transport.Calls);
    });

    [Fact]
    public void ReadLine_LineOverTheLimit_ResumesWhenItIsDropped() => LoopTest.Run(async () =>
    {
        var (reader, _, transport) = FakeTransport.Connect(limit: 4);
        reader.Feed("123456789\n");
        await Expect.Throws<InvalidDataException>(async () => { await reader.ReadLine(); });
        Assert.Equal(["pause", "resume"], transport.Calls);
    });

    [Fact]
    public void ReadExactly_MoreThanIsKept_ResumesWhileItWaits() => LoopTest.Run(async () =>
    {
        var (reader, _, transport) = FakeTransport.Connect(limit: 4);
        var read = CreateTask(reader.ReadExactly(20));
        reader.Feed("123456789");
        Assert.True(transport.Paused);
        await Sleep(0);
        await Sleep(0);
        Assert.False(transport.Paused);
        reader.Feed("0123456789!");
        Assert.Equal("12345678901234567890"[..9] + "0123456789!", Bytes.Text(await read));
    });

    [Fact]
    public void SetTransport_Another_IsRefused() => LoopTest.Run(async () =>
    {
        var (reader, _, _) = FakeTransport.Connect();
        Assert.Throws<InvalidOperationException>(() => reader.SetTransport(new FakeTransport(GetRunningLoop())));
        await Sleep(0);
    });

    private static async Coroutine ReadTwo(AsyncStreamReader reader, string way)
    {
        ReadOnlyMemory<byte> data;
        switch (way)
        {
            case "into":
                var memory = new byte[2];
                Assert.Equal(2, await reader.ReadInto(memory));
                data = memory;
                break;
            case "line lent":
                data = await reader.ReadLineLent();
                break;
            default:
                data = await (way switch
                {
                    "read" => reader.Read(2),
                    "exactly" => reader.ReadExactly(2),
                    "until" => reader.ReadUntil("\n"u8.ToArray()),
                    _ => reader.ReadLine(),
                });
                break;
        }

        Assert.Equal(2, data.Length);
        Assert.Equal((byte)'\n', data.Span[1]);
    }
}
