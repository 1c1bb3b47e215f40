using System.Text;

namespace Tulip.Structure.Tests.Streams;

/// <summary><see cref="AsyncStreamReader"/>: separators, limits, ends and errors as in asyncio.</summary>
public sealed class ReaderTests
{
    [Fact]
    public void ReadUntil_SeparatorAcrossPieces_IsFound() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        var read = CreateTask(reader.ReadUntil("<end>"u8.ToArray()));
        foreach (var piece in new[] { "ab<", "e", "n<en", "d>rest" })
        {
            Feed(reader, piece);
            await Sleep(1);
        }

        Assert.Equal("ab<en<end>", Text(await read));
        reader.FeedEof();
        Assert.Equal("rest", Text(await reader.Read()));
        Assert.True(reader.AtEof);
    });

    [Fact]
    public void ReadUntil_SeveralSeparators_TheShortestResultWins() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        Feed(reader, "line\r\nnext\rlast");
        Assert.Equal("line\r\n", Text(await reader.ReadUntil("\n"u8.ToArray(), "\r\n"u8.ToArray())));
        Assert.Equal("next\r", Text(await reader.ReadUntil("\n"u8.ToArray(), "\r"u8.ToArray())));
        await Expect.Throws<ArgumentException>(async () => { await reader.ReadUntil(); });
        await Expect.Throws<ArgumentException>(async () => { await reader.ReadUntil([]); });
    });

    [Fact]
    public void ReadUntil_OverTheLimit_LeavesTheData() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader(limit: 4);
        Feed(reader, "abcdefg|");
        var found = await Expect.Throws<LimitOverrunException>(async () => { await reader.ReadUntil("|"u8.ToArray()); });
        Assert.Equal(7, found.Consumed);
        var missing = await Expect.Throws<LimitOverrunException>(async () => { await reader.ReadUntil("#"u8.ToArray()); });
        Assert.Equal(8, missing.Consumed);
        Assert.NotEqual(found.Message, missing.Message);
        Assert.Equal("abcdefg|", Text(await reader.ReadExactly(8)));
    });

    [Fact]
    public void ReadLine_OverTheLimit_DropsTheLine() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader(limit: 4);
        Feed(reader, "too long\nok\n");
        await Expect.Throws<InvalidDataException>(async () => { await reader.ReadLine(); });
        Assert.Equal("ok\n", Text(await reader.ReadLine()));
        Feed(reader, "endless");
        await Expect.Throws<InvalidDataException>(async () => { await reader.ReadLine(); });
        reader.FeedEof();
        Assert.Empty(await reader.ReadLine());
    });

    [Fact]
    public void AwaitForeach_Reader_GivesLineAfterLineToTheEnd() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        var lines = new List<string>();
        var read = CreateTask(ReadAll());
        foreach (var piece in new[] { "a", "b\n\nc", "d" })
        {
            Feed(reader, piece);
            await Sleep(1);
        }

        Assert.Equal(["ab\n", "\n"], lines);
        reader.FeedEof();
        await read;
        Assert.Equal(["ab\n", "\n", "cd"], lines);

        async Coroutine ReadAll()
        {
            await foreach (var line in reader)
                lines.Add(Text(line));
        }
    });

    [Fact]
    public void ReadLine_AtTheEnd_GivesWhatIsLeft() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        Feed(reader, "a\nb");
        reader.FeedEof();
        Assert.Equal("a\n", Text(await reader.ReadLine()));
        Assert.Equal("b", Text(await reader.ReadLine()));
        Assert.Empty(await reader.ReadLine());
    });

    [Fact]
    public void ReadExactly_NothingNegativeAndTooMuch() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        Assert.Empty(await reader.ReadExactly(0));
        await Expect.Throws<ArgumentOutOfRangeException>(async () => { await reader.ReadExactly(-1); });
        Feed(reader, "abc");
        var read = CreateTask(reader.ReadExactly(5));
        await Sleep(1);
        reader.FeedEof();
        var incomplete = await Expect.Throws<IncompleteReadException>(async () => { await read; });
        Assert.Equal("abc", Text(incomplete.Partial));
        Assert.Equal(5, incomplete.Expected);
    });

    [Fact]
    public void TwoReaders_TheSecondIsRefused() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        var first = CreateTask(reader.ReadLine());
        await Sleep(0);
        var thrown = await Expect.Throws<InvalidOperationException>(async () => { await reader.Read(1); });
        Assert.StartsWith("Read was called while another", thrown.Message, StringComparison.Ordinal);
        Feed(reader, "x\n");
        Assert.Equal("x\n", Text(await first));
    });

    [Fact]
    public void SetException_WakesTheReaderAndStays() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        var read = CreateTask(reader.Read(1));
        await Sleep(0);
        reader.SetException(new FormatException());
        await Expect.Throws<FormatException>(async () => { await read; });
        await Expect.Throws<FormatException>(async () => { await reader.ReadLine(); });
        Assert.IsType<FormatException>(reader.Exception());
    });

    [Fact]
    public void CancelledRead_LosesNothing() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        Feed(reader, "ab");
        var read = CreateTask(reader.ReadExactly(4));
        await Sleep(0);
        Feed(reader, "cd");
        read.Cancel();
        await Expect.Cancelled(async () => { await read; });
        Assert.Equal("abcd", Text(await reader.Read(10)));
    });

    [Fact]
    public void FeedData_AfterTheEnd_IsRefused() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        reader.FeedEof();
        Assert.Throws<InvalidOperationException>(() => Feed(reader, "x"));
        Assert.Empty(await reader.Read());
    });

    private static void Feed(AsyncStreamReader reader, string text) => reader.FeedData(Encoding.ASCII.GetBytes(text));

    private static string Text(byte[] bytes) => Encoding.ASCII.GetString(bytes);
}
