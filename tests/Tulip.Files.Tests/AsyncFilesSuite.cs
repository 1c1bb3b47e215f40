namespace Tulip.Tests.FileSystem;

public abstract class AsyncFilesSuite : FileSuite
{
    private protected AsyncFilesSuite(string engine, FileWays ways)
        : base(engine, ways)
    {
    }

    [Fact]
    public void WholeFiles_WrittenAndRead_AreTheSame() => Run(async () =>
    {
        var (_, bytes) = Make("bytes", 5000);
        await AsyncFiles.WriteAllBytes(At("copy"), bytes);
        Assert.Equal(bytes, await AsyncFiles.ReadAllBytes(At("copy")));
        await AsyncFiles.AppendAllText(At("text"), "größe");
        Assert.Equal("größe", await AsyncFiles.ReadAllText(At("text")));
        Assert.Equal(7, (await AsyncFiles.Stat(At("text"))).Length);
    });

    [Fact]
    public void WriteAtomically_ReaderMeanwhile_SeesTheOldOrTheNewWhole() => Run(async () =>
    {
        var old = Enumerable.Repeat((byte)1, 300_000).ToArray();
        var young = Enumerable.Repeat((byte)2, 400_000).ToArray();
        await AsyncFiles.WriteAtomically(At("file"), old);
        for (var i = 0; i < 20; i++)
        {
            var write = CreateTask(AsyncFiles.WriteAtomically(At("file"), i % 2 == 0 ? young : old));
            while (!write.Done)
            {
                var seen = await AsyncFiles.ReadAllBytes(At("file"));
                Assert.True(seen.Length is 300_000 or 400_000);
                Assert.Equal(seen.Length == 300_000 ? 1 : 2, seen.Distinct().Single());
            }

            await write;
        }

        Assert.Equal([At("file")], await AsyncFiles.List(Root));
    });

    [Fact]
    public void WriteAtomically_NameIsADirectory_LeavesNothingOver() => Run(async () =>
    {
        await AsyncFiles.MakeDirectory(At("taken"));
        await Expect.Throws<IOException>(async () => await AsyncFiles.WriteAtomically(At("taken"), new byte[10]));
        Assert.Equal([At("taken")], await AsyncFiles.List(Root));
    });

    [Fact]
    public void Copy_LargeFile_TellsItsProgress() => Run(async () =>
    {
        var (path, bytes) = Make("big", 1_000_000);
        var seen = new List<long>();
        Assert.Equal(1_000_000, await AsyncFiles.Copy(path, At("copy"), seen.Add));
        Assert.Equal(bytes, File.ReadAllBytes(At("copy")));
        Assert.Equal(seen.Order(), seen);
        Assert.Equal((4, 1_000_000L), (seen.Count, seen[^1]));
    });

    [Fact]
    public void Copy_CancelledHalfWay_RemovesWhatItMade() => Run(async () =>
    {
        var (path, _) = Make("big", 2_000_000);
        AsyncTask<long>? copy = null;
        copy = CreateTask(AsyncFiles.Copy(path, At("copy"), _ => copy!.Cancel()));
        await Expect.Throws<CancelledException>(async () => await copy);
        Assert.Equal([path], await AsyncFiles.List(Root));
    });

    [Fact]
    public void RenameAndDelete_Files_AreGoneAndThere() => Run(async () =>
    {
        var (path, _) = Make("a", 10);
        Make("b", 20);
        await AsyncFiles.Rename(path, At("b"));
        Assert.False(await AsyncFiles.Exists(path));
        Assert.Equal(10, (await AsyncFiles.Stat(At("b"))).Length);
        await AsyncFiles.Delete(At("b"));
        await Expect.Throws<FileNotFoundException>(async () => await AsyncFiles.Delete(At("b")));
        await Expect.Throws<FileNotFoundException>(async () => await AsyncFiles.Stat(At("b")));
    });

    [Fact]
    public void Directories_MadeListedRemoved() => Run(async () =>
    {
        await AsyncFiles.MakeDirectory(At("one/two"));
        Make("one/two/file.txt", 1);
        Make("one/other", 1);
        Assert.Equal([At("one/other"), At("one/two")], await AsyncFiles.List(At("one")));
        Assert.Equal([At("one/two/file.txt")], await AsyncFiles.List(Root, "*.txt", recursive: true));
        Assert.True((await AsyncFiles.Stat(At("one"))).IsDirectory);
        await Expect.Throws<IOException>(async () => await AsyncFiles.RemoveDirectory(At("one")));
        await AsyncFiles.RemoveDirectory(At("one"), recursive: true);
        Assert.Empty(await AsyncFiles.List(Root));
    });

    [Fact]
    public void Arguments_Bad_AreRefusedAtTheCall() => Run(async () =>
    {
        Assert.Throws<ArgumentException>(() => AsyncFiles.ReadAllBytes(""));
        Assert.Throws<ArgumentNullException>(() => AsyncFiles.WriteAllText("x", null!));
        Assert.Throws<ArgumentNullException>(() => AsyncFiles.Copy("x", null!));
        Assert.Throws<ArgumentNullException>(() => AsyncFile.Open(null!));
        await Sleep(0);
    });
}
