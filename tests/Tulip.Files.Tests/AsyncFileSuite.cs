using System.Text;

namespace Tulip.Tests.FileSystem;

public abstract class AsyncFileSuite : FileSuite
{
    private protected AsyncFileSuite(string engine, FileWays ways)
        : base(engine, ways)
    {
    }

    [Fact]
    public void Read_Sequential_MovesThePositionToTheEnd() => Run(async () =>
    {
        var (path, bytes) = Make("file", 1000);
        await using var file = await AsyncFile.Open(path);
        var buffer = new byte[600];
        Assert.Equal(600, await file.Read(buffer));
        Assert.Equal(bytes[..600], buffer);
        Assert.Equal(400, await file.Read(buffer));
        Assert.Equal(bytes[600..], buffer[..400]);
        Assert.Equal((0, 1000L), (await file.Read(buffer), file.Position));
    });

    [Fact]
    public void ReadAt_ManyAtOnce_EachReadsItsPlace() => Run(async () =>
    {
        var (path, bytes) = Make("file", 64 * 4096);
        await using var file = await AsyncFile.Open(path);
        await TaskGroup.Run(async group =>
        {
            for (var i = 0; i < 64; i++)
                group.StartSoon(ReadPiece(file, bytes, i * 4096L));
            await Sleep(0);
        });
        Assert.Equal(0, file.Position);

        static async Coroutine ReadPiece(AsyncFile file, byte[] bytes, long offset)
        {
            var buffer = new byte[4096];
            Assert.Equal(4096, await file.ReadAt(offset, buffer));
            Assert.True(bytes.AsSpan((int)offset, 4096).SequenceEqual(buffer));
        }
    });

    [Fact]
    public void Read_AgainAndAgain_LetsTheOthersRun() => Run(async () =>
    {
        var (path, _) = Make("file", 4096);
        await using var file = await AsyncFile.Open(path);
        var steps = 0;
        var other = CreateTask(CountSteps());
        for (var i = 0; i < 1000; i++)
            Assert.Equal(1, await file.ReadAt(i, new byte[1]));
        other.Cancel();
        await Expect.Cancelled(async () => await other);
        Assert.True(steps >= 50, $"While a task made a thousand reads another one had {steps} steps.");

        async Coroutine CountSteps()
        {
            while (true)
            {
                steps++;
                await Sleep(0);
            }
        }
    });

    [Fact]
    public void Write_ThenTruncate_ChangesTheFile() => Run(async () =>
    {
        var path = At("new");
        await using (var file = await AsyncFile.Open(path, FileMode.Create))
        {
            await file.Write("hello, "u8.ToArray());
            await file.Write("world"u8.ToArray());
            await file.WriteAt(0, "H"u8.ToArray());
            await file.FlushToDisk();
            Assert.Equal((12L, 12L), (file.Position, await file.GetLength()));
            await file.Truncate(5);
        }

        Assert.Equal("Hello", await AsyncFiles.ReadAllText(path));
    });

    [Fact]
    public void Open_Append_BeginsAtTheEnd() => Run(async () =>
    {
        var path = At("log");
        await AsyncFiles.WriteAllText(path, "one\n");
        await using (var file = await AsyncFile.Open(path, FileMode.Append))
            await file.Write("two\n"u8.ToArray());
        Assert.Equal("one\ntwo\n", await AsyncFiles.ReadAllText(path));
    });

    [Fact]
    public void Open_NoFile_SaysWhichOne() => Run(async () =>
    {
        var thrown = await Expect.Throws<FileNotFoundException>(async () => await AsyncFile.Open(At("none")));
        Assert.Contains("none", thrown.Message, StringComparison.Ordinal);
        await Expect.Throws<UnauthorizedAccessException>(async () => await AsyncFile.Open(Root));
    });

    [Fact]
    public void Open_Cancelled_LeavesNoDescriptor() => Run(async () =>
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Descriptors are counted where /proc is.");

        var (path, _) = Make("file", 10);
        for (var i = 0; i < 50; i++)
        {
            var open = CreateTask(AsyncFile.Open(path));
            await Sleep(0);
            open.Cancel();
            await Expect.Throws<CancelledException>(async () => await open);
        }

        var links = Directory.GetFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget);
        Assert.DoesNotContain(path, links);
    });

    [Fact]
    public void Write_DiskIsFull_Throws() => Run(async () =>
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("/dev/full, a disk that is always full, is Linux's.");

        using var file = await AsyncFile.Open("/dev/full", FileMode.Open, FileAccess.Write);
        await Expect.Throws<IOException>(async () => await file.Write(new byte[10]));
        Assert.Equal(0, file.Position);
    });

    [Fact]
    public void Read_FileIsCutShortMeanwhile_EndsThere() => Run(async () =>
    {
        var (path, _) = Make("file", 1000);
        await using var file = await AsyncFile.Open(path, FileMode.Open, FileAccess.ReadWrite);
        Assert.Equal(500, await file.Read(new byte[500]));
        await file.Truncate(600);
        Assert.Equal(100, await file.Read(new byte[500]));
        await file.Truncate(10);
        Assert.Equal(0, await file.Read(new byte[500]));
    });

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("one", new[] { "one" })]
    [InlineData("one\n", new[] { "one" })]
    [InlineData("one\r\ntwo\n\nthree", new[] { "one", "two", "", "three" })]
    [InlineData("a\rb\r\n\rc\r", new[] { "a\rb", "\rc\r" })]
    public void Lines_EndsOfAllKinds_AreTakenOff(string text, string[] expected) => Run(async () =>
    {
        await AsyncFiles.WriteAllText(At("text"), text);
        await using var file = await AsyncFile.Open(At("text"));
        var lines = new List<string>();
        await foreach (var line in file.Lines())
            lines.Add(line);
        Assert.Equal(expected, lines);
    });

    [Fact]
    public void Lines_LongTextWithWideCharacters_ComeWhole() => Run(async () =>
    {
        var expected = Enumerable.Range(0, 20_000).Select(i => $"{i} héllo 🌷 {new string('x', i % 97)}").ToArray();
        await AsyncFiles.WriteAllText(At("text"), string.Join("\r\n", expected), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await using var file = await AsyncFile.Open(At("text"));
        var i = 0;
        await foreach (var line in file.Lines())
            Assert.Equal(expected[i++], line);
        Assert.Equal(expected.Length, i);
    });
}
