namespace Tulip.Structure.Tests.Timeouts;

/// <summary>One timeout: what it turns into a <see cref="TimeoutException"/>, and what it lets pass.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public void WithTimeout_BodyTooSlow_ThrowsAtTheDeadlineAndTakesItsCancelBack() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        var thrown = await Expect.Throws<TimeoutException>(() => WithTimeout(2, async timeout =>
        {
            seen = timeout;
            await Sleep(10);
        }));
        Assert.IsType<CancelledException>(thrown.InnerException);
        Assert.True(seen!.Expired);
        Assert.Equal(2, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(0);
    });

    [Fact]
    public void WithTimeout_BodyInTime_GivesItsResultAndLeavesNoTimer() => LoopTest.Run(async () =>
    {
        Assert.Equal(7, await WithTimeout(2, _ => Sleep(1, 7)));
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void WithTimeout_Null_NeverExpires() => LoopTest.Run(async () =>
    {
        await WithTimeout(null, async timeout =>
        {
            Assert.Null(timeout.When);
            await Sleep(1_000_000);
            Assert.False(timeout.Expired);
        });
    });

    [Fact]
    public void WithTimeoutAt_TakesATimeOfTheLoopsClock() => LoopTest.Run(async () =>
    {
        await Sleep(3);
        await Expect.Throws<TimeoutException>(() => WithTimeoutAt(5, async timeout =>
        {
            Assert.Equal(5, timeout.When);
            await Sleep(10);
        }));
        Assert.Equal(5, GetRunningLoop().Time);
    });

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    public void WithTimeout_ZeroOrPast_StrikesAtTheFirstSuspensionInTheNextPass(double delay) => LoopTest.Run(async () =>
    {
        await Sleep(1);
        var reached = false;
        var passes = GetRunningLoop().Passes;
        await Expect.Throws<TimeoutException>(() => WithTimeout(delay, async timeout =>
        {
            reached = true;
            Assert.False(timeout.Expired);
            await Sleep(10);
        }));
        Assert.True(reached);
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.InRange(GetRunningLoop().Passes - passes, 1, 2);
    });

    [Fact]
    public void WithTimeout_ZeroAndABodyWithoutSuspension_Ends() => LoopTest.Run(async () =>
    {
        await WithTimeout(0, _ => Immediate());
        await Sleep(1);
        Assert.Equal(0, CurrentTask()!.Cancelling);

        static async Coroutine Immediate() => await default(Coroutine);
    });

    [Fact]
    public void WithTimeoutAt_PastAndABareYield_Expires() => LoopTest.Run(async () =>
    {
        await Sleep(5);
        await Expect.Throws<TimeoutException>(() => WithTimeoutAt(2, _ => Sleep(0)));
    });

    [Fact]
    public void WithTimeout_ForeignCancelBeforeTheDeadline_StaysACancel() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        var task = CreateTask(WithTimeout(5, async timeout =>
        {
            seen = timeout;
            await Sleep(10);
        }));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.False(seen!.Expired);
        Assert.Equal(1, task.Cancelling);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithTimeout_ForeignCancelInTheMomentOfTheDeadline_StaysACancel(bool cancelFirst) => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? task = null;
        var loop = GetRunningLoop();
        if (cancelFirst)
            loop.CallLater(5, () => task!.Cancel());
        task = CreateTask(WithTimeoutAt(5, _ => Sleep(10)));
        await Sleep(1);
        if (!cancelFirst)
            loop.CallAt(5, () => task.Cancel());
        await Expect.Cancelled(async () => await task);
        Assert.Equal(1, task.Cancelling);
        Assert.Equal(5, loop.Time);
    });

    [Fact]
    public void WithTimeout_TaskCancelledAndCaughtBefore_StillExpires() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Body());
        await Sleep(1);
        task.Cancel();
        Assert.Equal(1, await task);

        static async Coroutine<int> Body()
        {
            await Expect.Cancelled(() => Sleep(10));
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => Sleep(10)));
            return CurrentTask()!.Cancelling;
        }
    });

    [Fact]
    public void WithTimeout_BodyFailsAtTheDeadline_ThrowsTheFailure() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        await Expect.Throws<FormatException>(() => WithTimeout(1, async timeout =>
        {
            seen = timeout;
            try
            {
                await Sleep(10);
            }
            catch (CancelledException)
            {
                throw new FormatException();
            }
        }));
        Assert.True(seen!.Expired);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void WithTimeout_BodySwallowsTheCancel_GivesTheResult() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        Assert.Equal(3, await WithTimeout(1, async timeout =>
        {
            seen = timeout;
            await Expect.Cancelled(() => Sleep(10));
            return 3;
        }));
        Assert.True(seen!.Expired);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void WithTimeout_CleanUpThatAwaits_RunsToItsEnd() => LoopTest.Run(async () =>
    {
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ =>
        {
            try
            {
                await Sleep(10);
            }
            finally
            {
                await Sleep(4);
            }
        }));
        Assert.Equal(5, GetRunningLoop().Time);
    });
}
