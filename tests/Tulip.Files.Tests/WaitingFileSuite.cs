namespace Tulip.Tests.FileSystem;

/// <summary>Files whose reads never end at once: what others see of a read that is under way.</summary>
public abstract class WaitingFileSuite : AsyncFileSuite
{
    private protected WaitingFileSuite(string engine, FileWays ways)
        : base(engine, ways)
    {
    }

    [Fact]
    public void Read_TwoAtThePosition_TheSecondIsRefused() => Run(async () =>
    {
        var (path, _) = Make("file", 10);
        await using var file = await AsyncFile.Open(path);
        var first = CreateTask(file.Read(new byte[5]));
        await Sleep(0);
        await Expect.Throws<InvalidOperationException>(async () => await file.Read(new byte[5]));
        Assert.Equal(5, await first);
    });

    [Fact]
    public void Read_Cancelled_EndsWhenTheSystemIsDoneAndLosesNothing() => Run(async () =>
    {
        var (path, bytes) = Make("file", 100_000);
        await using var file = await AsyncFile.Open(path);
        var buffer = new byte[100_000];
        var read = CreateTask(file.Read(buffer));
        await Sleep(0);
        read.Cancel();
        read.Cancel();
        await Expect.Throws<CancelledException>(async () => await read);

        // The memory is ours again: nothing writes to it any more.
        var copy = buffer.ToArray();
        Assert.Equal(0, file.Position);
        Assert.Equal(100_000, await file.Read(new byte[100_000]));
        Assert.Equal(copy, buffer);
        Assert.True(copy.AsSpan().SequenceEqual(bytes));
    });

    [Fact]
    public void Read_InACancelledScope_EndsWithoutSpinning() => Run(async () =>
    {
        var (path, _) = Make("file", 100_000);
        await using var file = await AsyncFile.Open(path);
        var passes = GetRunningLoop().Passes;
        await CancelScope.Run(async scope =>
        {
            scope.Cancel();
            await file.Read(new byte[100_000]);
        });
        Assert.InRange(GetRunningLoop().Passes - passes, 1, 50);
    });

    [Fact]
    public void Write_InACancelledScope_EndsWithoutSpinning() => Run(async () =>
    {
        await using var file = await AsyncFile.Open(At("file"), FileMode.Create);
        var passes = GetRunningLoop().Passes;
        var scope = await CancelScope.Run(async scope =>
        {
            scope.Cancel();
            await file.Write(new byte[100_000]);
            Assert.Fail("The scope is cancelled: nothing after a wait in it runs.");
        });
        Assert.True(scope.CancelledCaught);
        Assert.InRange(GetRunningLoop().Passes - passes, 1, 50);
        await file.Write(new byte[10]);
        Assert.Equal(10, file.Position);
    });

    [Fact]
    public void Close_CallsUnderWay_WaitsForThem() => Run(async () =>
    {
        var (path, bytes) = Make("file", 1_000_000);
        var file = await AsyncFile.Open(path);
        var buffer = new byte[1_000_000];
        var read = CreateTask(file.ReadAt(0, buffer));
        await Sleep(0);
        await file.Close();
        await file.Close();
        Assert.Equal(1_000_000, await read);
        Assert.True(bytes.AsSpan().SequenceEqual(buffer));
        Assert.Throws<ObjectDisposedException>(() => file.Read(buffer));
    });
}
