namespace Tulip.Structure.Tests.Timeouts;

/// <summary>Moving a deadline, and what is refused.</summary>
public sealed class TimeoutUseTests
{
    [Fact]
    public void Reschedule_Later_GivesMoreTime() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async timeout =>
        {
            timeout.Reschedule(loop.Time + 5);
            Assert.Equal(5, timeout.When);
            await Sleep(10);
        }));
        Assert.Equal(5, loop.Time);
    });

    [Fact]
    public void Reschedule_Null_TakesTheDeadlineAway() => LoopTest.Run(async () =>
    {
        await WithTimeout(1, async timeout =>
        {
            timeout.Reschedule(null);
            await Sleep(10);
        });
        Assert.Equal(10, GetRunningLoop().Time);
    });

    [Fact]
    public void Reschedule_ToThePast_ExpiresInTheNextPass() => LoopTest.Run(async () =>
    {
        await Sleep(3);
        await Expect.Throws<TimeoutException>(() => WithTimeout(null, async timeout =>
        {
            timeout.Reschedule(1);
            Assert.False(timeout.Expired);
            await Sleep(10);
        }));
        Assert.Equal(3, GetRunningLoop().Time);
    });

    [Fact]
    public void Reschedule_ByAnotherTask_Counts() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        var task = CreateTask(WithTimeout(null, async timeout =>
        {
            seen = timeout;
            await Sleep(10);
        }));
        await Sleep(1);
        seen!.Reschedule(2);
        await Expect.Throws<TimeoutException>(async () => await task);
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void Reschedule_AfterTheEnd_IsRefused() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        await WithTimeout(1, async timeout =>
        {
            seen = timeout;
            await Sleep(0);
        });
        Assert.Throws<InvalidOperationException>(() => seen!.Reschedule(5));
    });

    [Fact]
    public void Reschedule_AfterTheDeadline_IsRefused() => LoopTest.Run(async () =>
    {
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async timeout =>
        {
            try
            {
                await Sleep(10);
            }
            finally
            {
                Assert.Throws<InvalidOperationException>(() => timeout.Reschedule(5));
            }
        }));
    });

    [Fact]
    public void WithTimeout_NaN_IsRefusedAtTheCall()
    {
        Assert.Throws<ArgumentException>(() => { WithTimeout(double.NaN, _ => Sleep(1)); });
        Assert.Throws<ArgumentException>(() => { WithTimeoutAt(double.NaN, _ => Sleep(1)); });
        Assert.Throws<ArgumentException>(() => { WaitFor(Sleep(1), double.NaN); });
        Assert.Throws<ArgumentException>(() => { MoveOnAfter(double.NaN, _ => Sleep(1)); });
        Assert.Throws<ArgumentException>(() => { FailAfter(double.NaN, _ => Sleep(1)); });
    }

    [Fact]
    public void Reschedule_NaN_IsRefused() => LoopTest.Run(async () =>
        await WithTimeout(1, async timeout =>
        {
            Assert.Throws<ArgumentException>(() => timeout.Reschedule(double.NaN));
            await Sleep(0);
        }));

    [Fact]
    public void WithTimeout_AwaitedTwice_IsRefused() => LoopTest.Run(async () =>
    {
        var limited = WithTimeout(1, _ => Sleep(0));
        await limited;
        await Expect.Throws<InvalidOperationException>(async () => await limited);
    });

    [Fact]
    public void WithTimeout_MessageNamesItsState() => LoopTest.Run(async () =>
    {
        AsyncTimeout? seen = null;
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async timeout =>
        {
            seen = timeout;
            Assert.Equal("<AsyncTimeout [active] when=1>", timeout.ToString());
            await Sleep(2);
        }));
        Assert.Equal("<AsyncTimeout [expired]>", seen!.ToString());
    });
}
