using System.Diagnostics;

namespace Tulip.Tests.FileSystem;

/// <summary>What goes wrong with files: full disks, limits, refusals, files that change meanwhile, cancels in the middle.</summary>
public abstract class TroubleSuite : FileSuite
{
    // What the system calls these errors.
    private const int FileTooBig = 27;
    private const int NoSpace = 28;

    private protected TroubleSuite(string engine, FileWays ways)
        : base(engine, ways)
    {
    }

    [Fact]
    public void Write_DiskBecomesFull_SaysSoAndLeavesThePosition() => OnSmallDisk(async () =>
    {
        await using var file = await AsyncFile.Open(At("disk/file"), FileMode.Create);
        await file.Write(new byte[500_000]);
        var thrown = await Expect.Throws<IOException>(async () => await file.Write(new byte[3_000_000]));
        Assert.Equal(NoSpace, thrown.HResult);
        Assert.Contains(At("disk/file"), thrown.Message, StringComparison.Ordinal);
        Assert.Equal(500_000, file.Position);
        await file.Truncate(500_000);
        await file.Write(new byte[100]);
        Assert.Equal(500_100, await file.GetLength());
    });

    [Fact]
    public void WriteAtomically_DiskIsFull_LeavesTheOldFileAndNothingElse() => OnSmallDisk(async () =>
    {
        await AsyncFiles.WriteAtomically(At("disk/file"), "old"u8.ToArray());
        var thrown = await Expect.Throws<IOException>(async () => await AsyncFiles.WriteAtomically(At("disk/file"), new byte[3_000_000]));
        Assert.Equal(NoSpace, thrown.HResult);
        Assert.Equal("old", await AsyncFiles.ReadAllText(At("disk/file")));
        Assert.Equal([At("disk/file")], await AsyncFiles.List(At("disk")));
    });

    [Fact]
    public void Copy_DiskBecomesFull_RemovesWhatItMade() => OnSmallDisk(async () =>
    {
        var (path, _) = Make("big", 3_000_000);
        var thrown = await Expect.Throws<IOException>(async () => await AsyncFiles.Copy(path, At("disk/copy")));
        Assert.Equal(NoSpace, thrown.HResult);
        Assert.Empty(await AsyncFiles.List(At("disk")));
    });

    [Fact]
    public void Write_BeyondTheLargestFile_SaysSo() => Run(async () =>
    {
        await using var file = await AsyncFile.Open(At("file"), FileMode.Create);
        var thrown = await Expect.Throws<IOException>(async () => await file.WriteAt(long.MaxValue - 10, new byte[10]));
        Assert.Equal(FileTooBig, thrown.HResult);
        Assert.Contains(At("file"), thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, await file.GetLength());
    });

    [Fact]
    public void Write_FileIsOpenForReading_IsRefused() => Run(async () =>
    {
        var (path, _) = Make("file", 10);
        await using var file = await AsyncFile.Open(path);
        var thrown = await Expect.Throws<UnauthorizedAccessException>(async () => await file.Write(new byte[1]));
        Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
        Assert.Equal((0, 10L), (file.Position, await file.GetLength()));
    });

    [Fact]
    public void Read_FileIsOpenForWriting_IsRefused() => Run(async () =>
    {
        await using var file = await AsyncFile.Open(At("file"), FileMode.Create, FileAccess.Write);
        await Expect.Throws<UnauthorizedAccessException>(async () => await file.Read(new byte[1]));
        await file.Write(new byte[1]);
    });

    [Fact]
    public void Open_NotPermitted_SaysWhichFile() => Run(async () =>
    {
        // Nearly everything is permitted to root, but not to write to what the kernel only tells.
        var path = Environment.IsPrivilegedProcess ? "/sys/kernel/uevent_seqnum" : Make("file", 1).Path;
        if (!Environment.IsPrivilegedProcess)
            File.SetAttributes(path, FileAttributes.ReadOnly);
        else if (!File.Exists(path))
            Assert.Skip($"Nothing is forbidden to root here: there is no {path}.");

        var thrown = await Expect.Throws<UnauthorizedAccessException>(async () => await AsyncFile.Open(path, FileMode.Open, FileAccess.ReadWrite));
        Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
        await Expect.Throws<UnauthorizedAccessException>(async () => await AsyncFiles.WriteAllText(path, "1"));
    });

    [Fact]
    public void Read_WhileTheFileIsCutAndFilled_GivesWhatWasThere() => Run(async () =>
    {
        var bytes = Enumerable.Repeat((byte)7, 200_000).ToArray();
        await AsyncFiles.WriteAllBytes(At("file"), bytes);
        await using var file = await AsyncFile.Open(At("file"), FileMode.Open, FileAccess.ReadWrite);
        var stopped = false;
        await TaskGroup.Run(async group =>
        {
            for (var i = 0; i < 8; i++)
                group.StartSoon(Reader());
            for (var i = 0; i < 100; i++)
            {
                await file.Truncate(50_000);
                await file.WriteAt(50_000, bytes.AsMemory(50_000));
            }

            stopped = true;
        });

        async Coroutine Reader()
        {
            var buffer = new byte[bytes.Length];
            while (!stopped)
            {
                Array.Clear(buffer);
                var count = await file.ReadAt(0, buffer);
                Assert.InRange(count, 50_000, bytes.Length);
                Assert.Equal(-1, buffer.AsSpan(0, 50_000).IndexOfAnyExcept((byte)7));
                await Sleep(0);
            }
        }
    });

    [Fact]
    public void Write_Cancelled_NeverReadsMemoryThatIsUsedAgain() => Run(async () =>
    {
        await using var file = await AsyncFile.Open(At("file"), FileMode.Create);
        for (var i = 0; i < 50; i++)
        {
            var buffer = Enumerable.Repeat((byte)1, 1_000_000).ToArray();
            var write = CreateTask(file.WriteAt(0, buffer));
            await LoopTest.Passes(i % 4);
            var cancelled = write.Cancel();
            if (cancelled)
                await Expect.Cancelled(async () => await write);
            Array.Fill(buffer, (byte)255);
        }

        Assert.DoesNotContain((byte)255, await AsyncFiles.ReadAllBytes(At("file")));
    });

    [Fact]
    public void Read_Cancelled_NeverWritesToMemoryThatIsUsedAgain() => Run(async () =>
    {
        await AsyncFiles.WriteAllBytes(At("file"), Enumerable.Repeat((byte)255, 4_000_000).ToArray());
        await using var file = await AsyncFile.Open(At("file"));
        var buffers = new List<byte[]>();
        for (var i = 0; i < 30; i++)
        {
            var buffer = new byte[4_000_000];
            var read = CreateTask(file.ReadAt(0, buffer));
            await LoopTest.Passes(i % 4);
            if (read.Cancel())
                await Expect.Cancelled(async () => await read);
            Array.Clear(buffer);
            buffers.Add(buffer);
        }

        Assert.All(buffers, buffer => Assert.Equal(-1, buffer.AsSpan().IndexOfAnyExcept((byte)0)));
    });

    [Fact]
    public void WriteAtomically_CancelledAtAnyTime_LeavesOneOfTheTwoWhole() => Run(async () =>
    {
        var old = Enumerable.Repeat((byte)1, 300_000).ToArray();
        var young = Enumerable.Repeat((byte)2, 400_000).ToArray();
        await AsyncFiles.WriteAtomically(At("file"), old);
        for (var i = 0; i < 30; i++)
        {
            var write = CreateTask(AsyncFiles.WriteAtomically(At("file"), young));
            await LoopTest.Passes(i % 6);
            if (write.Cancel())
                await Expect.Cancelled(async () => await write);
            var seen = await AsyncFiles.ReadAllBytes(At("file"));
            Assert.True(seen.AsSpan().SequenceEqual(old) || seen.AsSpan().SequenceEqual(young));
            Assert.Equal([At("file")], await AsyncFiles.List(Root));
        }
    });

    [Fact]
    public void TenThousandAtOnce_AreBoundedAndAllEnd() => Run(async () =>
    {
        var (path, bytes) = Make("file", 10_000);
        await using var file = await AsyncFile.Open(path, FileMode.Open, FileAccess.ReadWrite);
        var most = 0;
        var left = 10_000;
        await TaskGroup.Run(async group =>
        {
            for (var i = 0; i < 10_000; i++)
                group.StartSoon(i % 2 == 0 ? Reader(i) : Writer(i));
            while (left > 0)
            {
                most = Math.Max(most, Process.GetCurrentProcess().Threads.Count);
                await Sleep(0);
            }
        });
        Assert.Equal(bytes, await AsyncFiles.ReadAllBytes(path));

        // The kernel's workers are threads of this process too.
        Assert.InRange(most, 1, 400);

        async Coroutine Reader(int i)
        {
            var buffer = new byte[1];
            Assert.Equal(1, await file.ReadAt(i, buffer));
            Assert.Equal(bytes[i], buffer[0]);
            left--;
        }

        async Coroutine Writer(int i)
        {
            await file.WriteAt(i, bytes.AsMemory(i, 1));
            left--;
        }
    });

    [Fact]
    public void Descriptors_AfterErrorsAndCancels_AreAllGivenBack() => Run(async () =>
    {
        if (!Directory.Exists("/proc/self/fd"))
            Assert.Skip("Descriptors are counted where /proc is.");

        var (path, _) = Make("file", 100_000);
        for (var i = 0; i < 100; i++)
        {
            var work = CreateTask(Work(i));
            await LoopTest.Passes(i % 5);
            work.Cancel();
            try
            {
                await work;
            }
            catch (Exception exception) when (exception is CancelledException or IOException)
            {
                // Either is what was asked for.
            }
        }

        var links = Directory.GetFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget);
        Assert.DoesNotContain(links, link => link is not null && link.StartsWith(Root, StringComparison.Ordinal));

        async Coroutine Work(int i)
        {
            await using var file = await AsyncFile.Open(path, FileMode.Open, FileAccess.ReadWrite);
            await file.Read(new byte[50_000]);
            await file.Write(new byte[50_000]);
            if (i % 3 == 0)
                await file.WriteAt(long.MaxValue - 10, new byte[10]);
        }
    });

    private static bool TryMount(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs the body with a disk of 2 MB at <c>disk</c>.</summary>
    private void OnSmallDisk(Func<Coroutine> body)
    {
        var disk = Directory.CreateDirectory(At("disk")).FullName;
        if (!Environment.IsPrivilegedProcess || !TryMount("mount", "-t", "tmpfs", "-o", "size=2m", "tulip-test", disk))
            Assert.Skip("A disk that becomes full is a small tmpfs, which only root may mount.");
        try
        {
            Run(body);
        }
        finally
        {
            Assert.True(TryMount("umount", disk));
        }
    }
}
