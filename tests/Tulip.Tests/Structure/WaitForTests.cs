namespace Tulip.Tests;

public sealed class WaitForTests
{
    [Fact]
    public void WaitFor_EndsInTime_GivesTheResult() => LoopTest.Run(async () =>
    {
        Assert.Equal("tea", await WaitFor(Sleep(1, "tea"), 2));
        Assert.Equal("tea", await WaitFor(Sleep(1, "tea"), null));
        Assert.Equal("tea", await WaitFor(CreateTask(Sleep(1, "tea")), TimeSpan.FromSeconds(2)));
        await WaitFor(Sleep(1), 2);
        Assert.Equal(4.0, GetRunningLoop().Time);
    });

    [Fact]
    public void WaitFor_TooSlow_CancelsItAndThrowsTimeout() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Slow()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
                log.Add("cancelled");
                throw;
            }
        }

        await Expect.Throws<TimeoutException>(async () => await WaitFor(Slow(), 1));
        Assert.Equal(["cancelled"], log);
        Assert.Equal((1.0, 0), (GetRunningLoop().Time, CurrentTask()!.Cancelling));
        var task = CreateTask(Slow());
        await Expect.Throws<TimeoutException>(async () => await WaitFor(task, 1));
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void WaitFor_FailsInTime_ThrowsItsException() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Fail()
        {
            await Sleep(1);
            throw new FormatException();
        }

        await Expect.Throws<FormatException>(static async () => await WaitFor(Fail(), 2));
    });

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NegativeInfinity)]
    public void WaitFor_NoTime_GivesOnlyWhatIsDone(double timeout) => LoopTest.Run(async () =>
    {
        var ran = false;
        async Coroutine<int> Work()
        {
            ran = true;
            return await Sleep(1, 1);
        }

        var done = new Future<int>();
        done.SetResult(4);
        Assert.Equal(4, await WaitFor(done, timeout));
        await Expect.Throws<TimeoutException>(async () => await WaitFor(Work(), timeout));
        Assert.False(ran);
        var pending = new Future<int>();
        await Expect.Throws<TimeoutException>(async () => await WaitFor(pending, timeout));
        Assert.True(pending.Cancelled);
        Assert.Equal(0.0, GetRunningLoop().Time);
    });

    [Fact]
    public void WaitFor_NoTime_WaitsForATaskThatTakesItsTimeToEnd() => LoopTest.Run(async () =>
    {
        async Coroutine<string> Refuse()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
                await Sleep(3);
            }

            return "late";
        }

        var task = CreateTask(Refuse());
        await Sleep(0);
        Assert.Equal("late", await WaitFor(task, 0));
        Assert.Equal(3.0, GetRunningLoop().Time);
    });

    [Fact]
    public void WaitFor_Timeout_WaitsForTheCancelledOneToEnd() => LoopTest.Run(async () =>
    {
        async Coroutine Slow()
        {
            try
            {
                await Sleep(100);
            }
            finally
            {
                await Sleep(5);
            }
        }

        await Expect.Throws<TimeoutException>(async () => await WaitFor(Slow(), 1));
        Assert.Equal(6.0, GetRunningLoop().Time);
    });

    [Fact]
    public void WaitFor_CancelSuppressed_GivesTheValue() => LoopTest.Run(async () =>
    {
        async Coroutine<string> Refuse()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
            }

            return "value";
        }

        Assert.Equal("value", await WaitFor(Refuse(), 1));
        Assert.Equal("value", await WaitFor(CreateTask(Refuse()), 1));
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void WaitFor_ExceptionDuringTheCancel_IsThrown() => LoopTest.Run(async () =>
    {
        async Coroutine<int> Fail()
        {
            try
            {
                return await Sleep(100, 1);
            }
            catch (CancelledException)
            {
                throw new FormatException();
            }
        }

        await Expect.Throws<FormatException>(async () => await WaitFor(Fail(), 1));
        await Expect.Throws<FormatException>(async () => await WaitFor(CreateTask(Fail()), 1));
    });

    [Fact]
    public void WaitFor_CancelledFromOutside_CancelsTheInnerAndStaysACancel() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(100));
        var outer = CreateTask(WaitFor(inner, 50));
        await Sleep(1);
        outer.Cancel("outside");
        Assert.Equal("outside", (await Expect.Cancelled(async () => await outer)).CancelMessage);
        Assert.True(inner.Cancelled);
        Assert.Equal(1.0, GetRunningLoop().Time);
    });

    [Fact]
    public void WaitFor_CompletionAndCancelInTheSamePass_TheCancelIsNotSwallowed() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var outer = CreateTask(WaitFor(future, 10));
        await LoopTest.Passes(2);
        future.SetResult(1);
        outer.Cancel();
        await Expect.Cancelled(async () => await outer);
    });

    [Fact]
    public void WaitFor_DeadlineAndCancelAtTheSameTime_StaysACancel() => LoopTest.Run(async () =>
    {
        foreach (var cancelFirst in new[] { true, false })
        {
            AsyncTask<Unit>? outer = null;
            if (cancelFirst)
                GetRunningLoop().CallLater(1, () => outer!.Cancel());
            outer = CreateTask(WaitFor(Sleep(100), 1));
            await Sleep(0);
            if (!cancelFirst)
                GetRunningLoop().CallLater(1, () => outer.Cancel());
            await Expect.Cancelled(async () => await outer);
        }
    });

    [Fact]
    public void WaitFor_InnerCancelledByOthers_IsCancelledNotTimedOut() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(100));
        GetRunningLoop().CallLater(1, () => inner.Cancel("by others"));
        Assert.Equal("by others", (await Expect.Cancelled(async () => await WaitFor(inner, 10))).CancelMessage);
    });

    [Fact]
    public void WaitFor_CompletesAtTheDeadline_EitherOutcomeIsWhole() => LoopTest.Run(async () =>
    {
        // Two timers for the same time: the one that was set first, the deadline's, is first.
        await Expect.Throws<TimeoutException>(static async () => await WaitFor(Sleep(1), 1));
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void WaitFor_Coroutine_RunsInTheCurrentTask() => LoopTest.Run(async () =>
    {
        static async Coroutine<IAsyncTask?> Who() => CurrentTask();
        Assert.Same(CurrentTask(), await WaitFor(Who(), 1));
    });

    [Fact]
    public void WaitFor_ManyInARow_LeaveNoTimers() => LoopTest.Run(async () =>
    {
        // The timers of those that end in time are dead and must not pile up, nor be reached.
        for (var i = 0; i < 5000; i++)
            await WaitFor(Sleep(0), 1000);
        Assert.Equal(0.0, GetRunningLoop().Time);
    });
}
