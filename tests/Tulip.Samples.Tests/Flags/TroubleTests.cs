using Flags;
using Tulip;

namespace Tulip.Samples.Tests;

public sealed class TroubleTests
{
    private const string AlwaysFull = "/dev/full";
    private const string ClosedEarly = "*** Connection error: the server closed the connection before the end of its answer (1 flag)";

    public static TheoryData<string> Modes => ["asyncio", "executor", "files", "threadpool", "sequential"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void UnreachableServer_IsOneLineAndAllErrors(string mode)
    {
        // Port 9 is 'discard', which nothing serves any more.
        using var run = FlagsRun.Of($"flags2 --url http://127.0.0.1:9/flags --mode {mode}");
        Assert.Equal("20 errors.", run.Output[5]);
        Assert.Equal(["*** Connection error: cannot connect (Connection refused) (20 flags)"], run.Errors);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("Content-Length: 500\r\n\r\nGIF89a and then nothing", "asyncio")]
    [InlineData("Content-Length: 500\r\n\r\nGIF89a and then nothing", "sequential")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n100\r\nGIF89a and", "asyncio")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n100\r\nGIF89a and", "threadpool")]
    [InlineData("\r\nGIF89a, no length, no trailer", "asyncio")]
    [InlineData("\r\nGIF89a, no length, no trailer", "sequential")]
    public void ServerThatClosesHalfWay_IsAnErrorAndLeavesNoFile(string rest, string mode)
    {
        using var server = new RawServer($"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n{rest}");
        using var run = FlagsRun.Of($"flags2 br --url {server.Url} --mode {mode}");
        Assert.Equal(["0 flags downloaded.", "1 error."], run.Output[4..6]);
        Assert.Equal([ClosedEarly], run.Errors);
        Assert.Empty(run.Files);
    }

    [Fact]
    public void ServerThatSaysNothing_IsAnError()
    {
        using var server = new RawServer("");
        using var run = FlagsRun.Of($"flags2 br --url {server.Url}");
        Assert.Equal([ClosedEarly], run.Errors);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void FullDisk_IsOneLineAndTheOtherFlagsAreSaved(string mode)
    {
        if (mode == "files" && !File.Exists(AlwaysFull))
            Assert.Skip($"{AlwaysFull}, a disk that is always full, is Linux's.");

        var space = 8;
        using var run = new FlagsRun
        {
            OpenStore = folder => new FolderStore(
                folder,
                path => Interlocked.Decrement(ref space) >= 0 ? File.Create(path) : new FullDisk(File.Create(path)),
                path => Interlocked.Decrement(ref space) >= 0 ? AsyncFile.Open(path, FileMode.CreateNew) : AsyncFile.Open(AlwaysFull, FileMode.Open, FileAccess.Write)),
        };
        run.Start($"flags2 --mode {mode}");
        Assert.Equal(["8 flags downloaded.", "12 errors."], run.Output[4..6]);
        Assert.Equal([$"*** Cannot save in '{run.Folder}': no space left on the disk (12 flags)"], run.Errors);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(8, run.Files.Length);
        Assert.All(run.Files, file => Assert.EndsWith(".gif", file));
    }

    [Fact]
    public void FileInTheFoldersPlace_IsOneLine()
    {
        using var run = new FlagsRun();
        File.WriteAllText(run.Folder, "not a folder");
        run.Start("flags2 br zz");
        Assert.Equal(["0 flags downloaded.", "1 not found.", "1 error."], run.Output[4..7]);
        Assert.Equal([$"*** Cannot save in '{run.Folder}': it is a file, not a folder (1 flag)"], run.Errors);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("text/plain", "not JSON", "The metadata names no country")]
    [InlineData("application/json", "{\"country\":", "The metadata is not valid JSON")]
    [InlineData("application/json", "{\"country\": 7}", "The metadata names no country")]
    public void BadMetadata_IsAnErrorOfThatFlag(string type, string body, string message)
    {
        using var server = new RawServer($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var http = new HttpClient();
        var fetcher = new AsyncFetcher(http, server.Url);
        var failure = Assert.Throws<FlagException>(() => Aio.Run(fetcher.GetCountry("BR")));
        Assert.Equal((FlagStatus.Error, message), (failure.Status, failure.Message));
    }

    [Fact]
    public void ImageRefused_OtherFlagsAreStillDownloaded()
    {
        using var run = FlagsRun.Of("flags3 -s ERROR -al 40 -m 40");
        var counts = run.Output[4..6].Select(line => int.Parse(line.Split(' ')[0])).ToList();
        Assert.Equal(40, counts.Sum());
        Assert.Equal(counts[0], run.Files.Length);
        Assert.Equal(0, run.ExitCode);
    }

    private sealed class FullDisk(FileStream file) : Stream
    {
        private const int NoSpaceLeft = 28;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            file.Write(buffer, offset, count / 2);
            throw new IOException("No space left on device", NoSpaceLeft);
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => file.Dispose();
    }
}
