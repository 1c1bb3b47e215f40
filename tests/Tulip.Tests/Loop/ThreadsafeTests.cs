namespace Tulip.Tests;

public sealed class ThreadsafeTests
{
    [Fact]
    public void CallSoonThreadsafe_IdleLoop_WakesAndRunsOnItsThread()
    {
        using var other = new LoopThread();
        for (var i = 0; i < 20; i++)
        {
            other.WaitUntilIdle();
            var thread = 0;
            other.Invoke(() => thread = Environment.CurrentManagedThreadId);
            Assert.Equal(other.ThreadId, thread);
        }
    }

    [Fact]
    public void CallSoonThreadsafe_FromOneThread_KeepsItsOrder()
    {
        using var other = new LoopThread();
        var log = new List<int>();
        foreach (var n in Enumerable.Range(0, 1000))
            other.Loop.CallSoonThreadsafe(() => log.Add(n));
        other.Invoke(static () => { });
        Assert.Equal(Enumerable.Range(0, 1000), log);
    }

    [Fact]
    public void CallSoonThreadsafe_OnTheLoopsOwnThread_KeepsItsPlaceAmongTheOthers() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var log = new List<string>();
        loop.CallSoonThreadsafe(() => log.Add("threadsafe"));
        loop.CallSoon(() => log.Add("soon"));
        await Sleep(0);
        Assert.Equal(["threadsafe", "soon"], log);
    });

    [Fact]
    public void CallSoonThreadsafe_BeforeTheRun_RunsInTheFirstPass()
    {
        using var loop = new EventLoop(new VirtualClock());
        var ran = false;
        loop.CallSoonThreadsafe(() => ran = true);
        loop.Stop();
        loop.RunForever();
        Assert.True(ran);
    }

    [Fact]
    public void CallSoonThreadsafe_ClosedLoop_Throws()
    {
        var loop = new EventLoop();
        loop.Close();
        Assert.Throws<InvalidOperationException>(() => loop.CallSoonThreadsafe(static () => { }));
    }

    [Fact]
    public void CallSoonThreadsafe_ExceptionInTheCallback_IsReportedAndTheLoopGoesOn()
    {
        using var other = new LoopThread();
        other.Loop.CallSoonThreadsafe(static () => throw new FormatException("in a callback"));
        other.Invoke(static () => { });
        Assert.IsType<FormatException>(Assert.Single(other.Reports).Exception);
    }

    [Fact]
    public void RunningLoop_UsedFromAnotherThread_Refuses()
    {
        using var other = new LoopThread();
        Future<int> future = null!;
        TimerHandle timer = null!;
        Handle handle = default;
        AsyncTask<int> task = null!;
        other.Invoke(() =>
        {
            future = new Future<int>();
            timer = other.Loop.CallLater(3600, static () => { });
            handle = other.Loop.CallSoon(static () => { });
            task = CreateTask(Sleep(3600, 1));
        });

        Assert.Throws<InvalidOperationException>(() => { other.Loop.CallSoon(static () => { }); });
        Assert.Throws<InvalidOperationException>(() => other.Loop.CallLater(1, static () => { }));
        Assert.Throws<InvalidOperationException>(() => other.Loop.CallAt(1, static () => { }));
        Assert.Throws<InvalidOperationException>(other.Loop.Stop);
        Assert.Throws<InvalidOperationException>(other.Loop.Close);
        Assert.Throws<InvalidOperationException>(() => other.Loop.CreateTask(Sleep(1)));
        Assert.Throws<InvalidOperationException>(() => other.Loop.RunInExecutor(null, static () => 1));
        Assert.Throws<InvalidOperationException>(() => other.Loop.RunForever());
        Assert.Throws<InvalidOperationException>(() => other.Loop.RunUntilComplete(future));
        Assert.Throws<InvalidOperationException>(() => future.SetResult(1));
        Assert.Throws<InvalidOperationException>(() => future.SetException(new FormatException()));
        Assert.Throws<InvalidOperationException>(() => { future.Cancel(); });
        Assert.Throws<InvalidOperationException>(() => future.AddDoneCallback(static _ => { }));
        Assert.Throws<InvalidOperationException>(() => { _ = future.GetAwaiter(); });
        Assert.Throws<InvalidOperationException>(() => { task.Cancel(); });
        Assert.Throws<InvalidOperationException>(() => { task.Uncancel(); });
        Assert.Throws<InvalidOperationException>(timer.Cancel);
        Assert.Throws<InvalidOperationException>(() => { handle.Cancel(); });
        other.Invoke(() =>
        {
            timer.Cancel();
            task.Cancel();
        });
    }
}
