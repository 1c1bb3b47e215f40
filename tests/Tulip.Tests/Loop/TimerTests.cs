namespace Tulip.Tests;

public sealed class TimerTests
{
    [Fact]
    public void CallLater_DifferentDelays_RunInTheOrderOfTheDeadlines() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var log = new List<(int Delay, double Time)>();
        foreach (var delay in new[] { 3, 1, 4, 2, 5 })
            loop.CallLater(delay, () => log.Add((delay, loop.Time)));
        await Sleep(10);
        Assert.Equal([(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)], log);
    });

    [Fact]
    public void CallLater_EqualDeadlines_RunInTheOrderOfTheCalls() => LoopTest.Run(async () =>
    {
        var log = new List<int>();
        foreach (var n in Enumerable.Range(0, 1000))
            GetRunningLoop().CallLater(1, () => log.Add(n));
        await Sleep(2);
        Assert.Equal(Enumerable.Range(0, 1000), log);
    });

    [Fact]
    public void CallLater_ManyTimersSomeCancelled_TheOthersRunInOrder() => LoopTest.Run(async () =>
    {
        // Enough dead ones to have the heap rebuilt, more than once.
        var loop = GetRunningLoop();
        var random = new Random(1);
        var log = new List<double>();
        var timers = Enumerable.Range(0, 3000).Select(_ => loop.CallLater(random.Next(1, 500), () => log.Add(loop.Time))).ToArray();
        random.Shuffle(timers);
        foreach (var timer in timers.Take(2500))
            timer.Cancel();
        await Sleep(600);
        Assert.Equal(timers.Skip(2500).Select(timer => timer.When).Order(), log);
    });

    [Fact]
    public void CallAt_ATimeOfTheLoopsClock_RunsThen() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        await Sleep(2);
        var ran = 0.0;
        var timer = loop.CallAt(2.5, () => ran = loop.Time);
        Assert.Equal(2.5, timer.When);
        await Sleep(1);
        Assert.Equal(2.5, ran);
    });

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NegativeInfinity)]
    public void CallLater_ZeroOrNegativeDelay_RunsOnePassAfterWhatIsReady(double delay) => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var ran = false;
        loop.CallLater(delay, () => ran = true);
        await Sleep(0);
        Assert.False(ran);
        await Sleep(0);
        Assert.True(ran);
        Assert.Equal(0.0, loop.Time);
    });

    [Fact]
    public void CallAt_ATimeInThePast_RunsOnePassAfterWhatIsReady() => LoopTest.Run(async () =>
    {
        await Sleep(5);
        var ran = false;
        GetRunningLoop().CallAt(1, () => ran = true);
        await Sleep(0);
        Assert.False(ran);
        await Sleep(0);
        Assert.True(ran);
    });

    [Fact]
    public void Delay_NotANumber_IsRefusedAtTheCall() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        Assert.Throws<ArgumentException>(() => loop.CallLater(double.NaN, static () => { }));
        Assert.Throws<ArgumentException>(() => loop.CallAt(double.NaN, static () => { }));
        Assert.Throws<ArgumentException>(() => { _ = Sleep(double.NaN); });
        Assert.Throws<ArgumentException>(() => { _ = Sleep(double.NaN, 1); });
        Assert.Throws<ArgumentException>(() => { _ = WaitFor(Sleep(1), double.NaN); });
        Assert.Throws<ArgumentException>(() => { _ = Wait([loop.CreateFuture<int>()], double.NaN); });
        Assert.Throws<ArgumentException>(() => { _ = AsCompleted([loop.CreateFuture<int>()], double.NaN); });
        Assert.Throws<ArgumentException>(() => loop.CallLater(Timeout.InfiniteTimeSpan, static () => { }));
        await Sleep(0);
    });

    [Fact]
    public void Sleep_NegativeDelay_YieldsOnce() => LoopTest.Run(async () =>
    {
        var before = GetRunningLoop().Passes;
        await Sleep(-5);
        Assert.Equal((before + 1, 0.0), (GetRunningLoop().Passes, GetRunningLoop().Time));
    });

    [Fact]
    public void Sleep_PositiveDelayBelowTheClocksResolution_LetsTimePass() => LoopTest.Run(async () =>
    {
        await Sleep(1e-12);
        Assert.Equal(1e-9, GetRunningLoop().Time);
    });

    [Fact]
    public void Sleep_WithAResult_GivesIt() => LoopTest.Run(async () => Assert.Equal("tea", await Sleep(3, "tea")));

    [Fact]
    public void Sleep_TimeSpan_IsTheSameTime() => LoopTest.Run(async () =>
    {
        await Sleep(TimeSpan.FromMilliseconds(1500));
        Assert.Equal(1.5, GetRunningLoop().Time);
        await Sleep(TimeSpan.FromSeconds(-1));
        Assert.Equal(1.5, GetRunningLoop().Time);
    });

    [Fact]
    public void Sleep_InfinityAndHugeDelays_AreTooFarAwayToMatter() => LoopTest.Run(async () =>
    {
        var sleeper = CreateTask(Sleep(double.PositiveInfinity));
        var another = CreateTask(Sleep(double.MaxValue));
        await Sleep(10 * 365 * 24 * 3600.0);
        Assert.False(sleeper.Done || another.Done);
        sleeper.Cancel();
        another.Cancel();
        await Sleep(0);
        Assert.True(sleeper.Cancelled && another.Cancelled);
    });

    [Fact]
    public void Sleep_TinyDelayLateInTime_EndsAndDoesNotSpin() => LoopTest.Run(async () =>
    {
        // With time in floating point, a nanosecond is lost beside a year and the loop spins for ever.
        var loop = GetRunningLoop();
        await Sleep(365 * 24 * 3600.0);
        var passes = loop.Passes;
        for (var i = 0; i < 100; i++)
            await Sleep(1e-9);
        Assert.Equal(passes + 200, loop.Passes);
    });

    [Fact]
    public void Sleep_ManyTenths_AddUpExactly() => LoopTest.Run(async () =>
    {
        for (var i = 0; i < 10; i++)
            await Sleep(0.1);
        Assert.Equal(1.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_BeforeItIsDue_NeverRuns() => LoopTest.Run(async () =>
    {
        var timer = GetRunningLoop().CallLater(1, static () => Assert.Fail("It was cancelled."));
        Assert.False(timer.Cancelled);
        timer.Cancel();
        timer.Cancel();
        Assert.True(timer.Cancelled);
        await Sleep(2);
    });

    [Fact]
    public void Cancel_DueInTheSamePass_StillDoesNotRun() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        TimerHandle? second = null;
        loop.CallLater(1, () => second!.Cancel());
        second = loop.CallLater(1, static () => Assert.Fail("It was cancelled."));
        await Sleep(2);
    });

    [Fact]
    public void Cancel_AfterItRan_DoesNothing() => LoopTest.Run(async () =>
    {
        var runs = 0;
        var timer = GetRunningLoop().CallLater(1, () => runs++);
        await Sleep(2);
        timer.Cancel();
        await Sleep(2);
        Assert.Equal(1, runs);
    });

    [Fact]
    public void VirtualClock_AllTasksAsleep_JumpsToTheFirstDeadline() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        await Gather(Sleep(1), Sleep(3600), Sleep(60));
        Assert.Equal(3600.0, loop.Time);
    });

    [Fact]
    public void VirtualClock_NothingCanEverRun_ThrowsWithWhoWaitsForWhat()
    {
        using var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = static (_, _) => { } };
        var deadlock = Assert.Throws<DeadlockException>(() => loop.RunUntilComplete(WaitForEver()));
        Assert.Contains("WaitForEver()", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("wait_for=<Future pending>", deadlock.Message, StringComparison.Ordinal);

        static async Coroutine WaitForEver() => await new Future<int>();
    }

    [Fact]
    public void MonotonicClock_Timer_RunsNotBeforeItsTime() => LoopTest.RunInRealTime(async () =>
    {
        var loop = GetRunningLoop();
        var due = loop.Time + 0.003;
        await Sleep(0.003);
        Assert.True(loop.Time >= due);
    });
}
