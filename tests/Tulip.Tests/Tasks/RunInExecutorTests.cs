namespace Tulip.Tests;

public sealed class RunInExecutorTests
{
    [Fact]
    public void RunInExecutor_Function_RunsElsewhereAndGivesItsResult() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var here = Environment.CurrentManagedThreadId;
        Assert.NotEqual(here, await loop.RunInExecutor(null, static () => Environment.CurrentManagedThreadId));
        Assert.Equal(here, Environment.CurrentManagedThreadId);
        var ran = false;
        await loop.RunInExecutor(null, () => { ran = true; });
        Assert.True(ran);
        await Expect.Throws<FormatException>(async () => await loop.RunInExecutor(null, static () => Expect.Raise(new FormatException())));
    });

    [Fact]
    public void RunInExecutor_AnExecutorOfOnesOwn_IsUsed() => LoopTest.Run(async () =>
    {
        using var executor = new ThreadPoolExecutor(1, "mine");
        Assert.Equal("mine_0", await GetRunningLoop().RunInExecutor(executor, static () => Thread.CurrentThread.Name));
    });

    [Fact]
    public void RunInExecutor_StartsAtTheCall() => LoopTest.Run(async () =>
    {
        using var ran = new ManualResetEventSlim();
        var future = GetRunningLoop().RunInExecutor(null, ran.Set);
        Assert.True(ran.Wait(LoopThread.Guard));
        await future;
    });

    [Fact]
    public void ToThread_IsColdUntilAwaited() => LoopTest.Run(async () =>
    {
        var ran = false;
        var coroutine = ToThread(() => ran = true);
        await LoopTest.Passes(3);
        Assert.False(ran);
        Assert.True(await coroutine);
    });

    [Fact]
    public void Cancel_JobThatHasNotStarted_IsTakenBack() => LoopTest.Run(async () =>
    {
        using var executor = new ThreadPoolExecutor(1);
        using var started = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var loop = GetRunningLoop();
        var first = loop.RunInExecutor(executor, () =>
        {
            started.Set();
            go.Wait(LoopThread.Guard);
        });
        Assert.True(started.Wait(LoopThread.Guard));
        var ran = false;
        var second = loop.RunInExecutor(executor, () => ran = true);
        second.Cancel();
        await Sleep(0);
        go.Set();
        await first;
        executor.Shutdown();
        Assert.True(second.Cancelled && !ran);
    });

    [Fact]
    public void Cancel_RunningJob_AbandonsItAndDropsItsResult() => LoopTest.Run(async () =>
    {
        using var started = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        async Coroutine<int> Work() => await ToThread(() =>
        {
            started.Set();
            go.Wait(LoopThread.Guard);
            ended.Set();
            return 1;
        });
        var task = CreateTask(Work());
        await Sleep(0);
        Assert.True(started.Wait(LoopThread.Guard));
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.False(ended.IsSet);
        go.Set();
        Assert.True(ended.Wait(LoopThread.Guard));
        await GetRunningLoop().ShutdownDefaultExecutor();
    });

    [Fact]
    public void Cancel_RunningJobThatThenFails_IsNotReported() => LoopTest.Run(async () =>
    {
        using var started = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var loop = GetRunningLoop();
        var future = loop.RunInExecutor(null, () =>
        {
            started.Set();
            go.Wait(LoopThread.Guard);
            Expect.Raise(new FormatException());
        });
        Assert.True(started.Wait(LoopThread.Guard));
        future.Cancel();
        go.Set();
        await loop.ShutdownDefaultExecutor();
    });

    [Fact]
    public void VirtualTime_WhileAJobRuns_StandsStill() => LoopTest.Run(async () =>
    {
        using var go = new ManualResetEventSlim();
        var loop = GetRunningLoop();
        var ticks = 0;
        loop.CallLater(1, () => ticks++);
        var job = loop.RunInExecutor(null, () => go.Wait(LoopThread.Guard));

        // The job needs real time. Whatever that is, the timer of the next second does not come before its end.
        loop.CallSoon(go.Set);
        await job;
        Assert.Equal((0, 0.0), (ticks, loop.Time));
        await Sleep(1);
        Assert.Equal(1, ticks);
    });

    [Fact]
    public void ShutdownDefaultExecutor_RefusesNewJobs() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        await loop.RunInExecutor(null, static () => { });
        await loop.ShutdownDefaultExecutor();
        await loop.ShutdownDefaultExecutor();
        var error = Assert.Throws<InvalidOperationException>(() => { loop.RunInExecutor(null, static () => { }); });
        Assert.Equal("Executor shutdown has been called.", error.Message);
        await Expect.Throws<InvalidOperationException>(static async () => await ToThread(static () => { }));
    });

    [Fact]
    public void ShutdownDefaultExecutor_WithoutOne_ReturnsAtOnce() => LoopTest.Run(async () =>
    {
        await GetRunningLoop().ShutdownDefaultExecutor();
        Assert.Throws<InvalidOperationException>(() => { GetRunningLoop().RunInExecutor(null, static () => { }); });
    });

    [Fact]
    public void ShutdownDefaultExecutor_JobDoesNotEnd_IsReportedAndAbandoned()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var reports = new List<LoopErrorContext>();
        using (var loop = new EventLoop { ExceptionHandler = (_, report) => reports.Add(report) })
        {
            loop.RunUntilComplete(Main(loop));
            Assert.False(ended.IsSet);
        }

        go.Set();
        Assert.True(ended.Wait(LoopThread.Guard));
        Assert.Contains("did not finish joining its threads", Assert.Single(reports).Message, StringComparison.Ordinal);

        async Coroutine Main(EventLoop loop)
        {
            var job = loop.RunInExecutor(null, () =>
            {
                begun.Set();
                go.Wait(LoopThread.Guard);
                ended.Set();
            });
            Assert.True(begun.Wait(LoopThread.Guard));          // one that has not begun would be taken back
            job.Cancel();
            await loop.ShutdownDefaultExecutor(0.001);
        }
    }

    [Fact]
    public void SetDefaultExecutor_IsUsedFromThenOn() => LoopTest.Run(async () =>
    {
        GetRunningLoop().SetDefaultExecutor(new ThreadPoolExecutor(1, "default"));
        Assert.Equal("default_0", await ToThread(static () => Thread.CurrentThread.Name!));
    });

    [Fact]
    public void RunInExecutor_ShutDownExecutor_ThrowsAtTheCall() => LoopTest.Run(async () =>
    {
        var executor = new ThreadPoolExecutor(1);
        executor.Shutdown();
        Assert.Throws<InvalidOperationException>(() => { GetRunningLoop().RunInExecutor(executor, static () => { }); });
        await Sleep(0);
    });

    [Fact]
    public void Close_WhileAJobRuns_TheResultIsDropped()
    {
        using var go = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var loop = new EventLoop();
        loop.RunInExecutor(null, () =>
        {
            go.Wait(LoopThread.Guard);
            ended.Set();
        });
        loop.Close();
        go.Set();
        Assert.True(ended.Wait(LoopThread.Guard));
    }
}
