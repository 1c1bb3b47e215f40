namespace Tulip.Tests;

public sealed class WaitTests
{
    [Fact]
    public void Wait_All_GivesThemInTheirOrder() => LoopTest.Run(async () =>
    {
        var slow = CreateTask(Sleep(3, 3));
        var fast = CreateTask(Sleep(1, 1));
        var (done, pending) = await Wait([slow, fast, slow]);
        Assert.Equal([slow, fast], done);
        Assert.Empty(pending);
        Assert.Equal(3.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Wait_FirstCompleted_GivesTheRestAsPending() => LoopTest.Run(async () =>
    {
        var slow = CreateTask(Sleep(3, 3));
        var fast = CreateTask(Sleep(1, 1));
        var (done, pending) = await Wait([slow, fast], returnWhen: ReturnWhen.FirstCompleted);
        Assert.Equal([fast], done);
        Assert.Equal([slow], pending);
        await slow;
    });

    [Fact]
    public void Wait_FirstException_StopsAtAFailureOnly() => LoopTest.Run(async () =>
    {
        var fails = CreateTask(Fail(2));
        var slow = CreateTask(Sleep(5));
        var fast = CreateTask(Sleep(1));
        var (done, pending) = await Wait<Future>([slow, fails, fast], returnWhen: ReturnWhen.FirstException);
        Assert.Equal([fails, fast], done);
        Assert.Equal([slow], pending);
        _ = fails.Exception();
        await slow;
    });

    [Fact]
    public void Wait_FirstExceptionWithoutOne_WaitsForAll() => LoopTest.Run(async () =>
    {
        var cancelled = CreateTask(Sleep(1));
        var slow = CreateTask(Sleep(5));
        GetRunningLoop().CallLater(0.5, () => cancelled.Cancel());
        var (done, pending) = await Wait([cancelled, slow], returnWhen: ReturnWhen.FirstException);
        Assert.Equal((2, 0, 5.0), (done.Count, pending.Count, GetRunningLoop().Time));
    });

    [Fact]
    public void Wait_FailureThatIsThereAlready_CountsForFirstException() => LoopTest.Run(async () =>
    {
        var failed = new Future<int>();
        failed.SetException(new FormatException());
        var pending = new Future<int>();
        var result = await Wait([pending, failed], returnWhen: ReturnWhen.FirstException);
        Assert.Equal([failed], result.Done);
        _ = failed.Exception();
    });

    [Fact]
    public void Wait_Timeout_NeitherThrowsNorCancels() => LoopTest.Run(async () =>
    {
        var slow = CreateTask(Sleep(3));
        var fast = CreateTask(Sleep(1));
        var (done, pending) = await Wait([slow, fast], timeout: 2);
        Assert.Equal([fast], done);
        Assert.Equal([slow], pending);
        Assert.Equal(2.0, GetRunningLoop().Time);
        await slow;
    });

    [Fact]
    public void Wait_EndsInTime_LeavesNoTimer() => LoopTest.Run(async () => await Wait([CreateTask(Sleep(1))], timeout: 100));

    [Fact]
    public void Wait_AllDoneAlready_TakesAHop() => LoopTest.Run(async () =>
    {
        var done = new Future<int>();
        done.SetResult(1);
        var passes = GetRunningLoop().Passes;
        await Wait([done]);
        Assert.Equal(passes + 2, GetRunningLoop().Passes);
    });

    [Fact]
    public void Wait_Cancelled_LeavesTheFuturesAloneAndNoCallbacks() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var waiting = CreateTask(Wait([future], timeout: 100));
        await Sleep(1);
        waiting.Cancel();
        await Expect.Cancelled(async () => await waiting);
        Assert.Equal("<Future pending>", future.ToString());
    });

    [Fact]
    public void Wait_FailedFutures_DoNotThrow()
    {
        var reports = LoopTest.RunReporting(static async () =>
        {
            var fails = CreateTask(Fail(1));
            await Wait([fails]);
            Assert.NotNull(fails.Exception());
        });
        Assert.Empty(reports);
    }

    [Fact]
    public void Wait_BadArguments_AreRefusedAtTheCall() => LoopTest.Run(async () =>
    {
        Assert.Throws<ArgumentException>(static () => { _ = Wait(Array.Empty<Future<int>>()); });
        Assert.Throws<ArgumentException>(static () => { _ = Wait(new Future<int>[] { null! }); });
        Assert.Throws<ArgumentOutOfRangeException>(static () => { _ = Wait([new Future<int>()], returnWhen: (ReturnWhen)9); });
        await Sleep(0);
    });

    private static async Coroutine Fail(double delay)
    {
        await Sleep(delay);
        throw new FormatException();
    }
}
