namespace Tulip.Structure.Tests.Timeouts;

/// <summary>Timeouts inside timeouts: the outermost that has expired decides.</summary>
public sealed class NestedTimeoutTests
{
    [Fact]
    public void NestedTimeouts_InnerFirst_OnlyTheInnerExpires() => LoopTest.Run(async () =>
    {
        await WithTimeout(5, async outer =>
        {
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => Sleep(10)));
            Assert.False(outer.Expired);
            await Sleep(2);
        });
        Assert.Equal(3, GetRunningLoop().Time);
    });

    [Fact]
    public void NestedTimeouts_OuterFirst_TheInnerPassesTheCancelOn() => LoopTest.Run(async () =>
    {
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ =>
        {
            var thrown = await Expect.Cancelled(() => WithTimeout(5, _ => Sleep(10)));
            throw thrown;
        }));
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void NestedTimeouts_AtTheSameTime_TheOuterExpires() => LoopTest.Run(async () =>
    {
        Exception? inside = null;
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ =>
        {
            try
            {
                await WithTimeout(1, _ => Sleep(10));
            }
            catch (Exception exception)
            {
                inside = exception;
                throw;
            }
        }));
        Assert.IsType<CancelledException>(inside);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void NestedTimeouts_BothOverWhileTheLoopIsBusy_TheOuterExpires() => LoopTest.Run(async () =>
    {
        // Both deadlines are moved to the past in the same callback, so both strike in the same pass.
        var loop = GetRunningLoop();
        var inner = false;
        await Expect.Throws<TimeoutException>(() => WithTimeoutAt(2, async outer =>
        {
            try
            {
                await WithTimeoutAt(1, async timeout =>
                {
                    loop.CallSoon(() =>
                    {
                        outer.Reschedule(loop.Time);
                        timeout.Reschedule(loop.Time);
                    });
                    await Sleep(10);
                });
            }
            catch (TimeoutException)
            {
                inner = true;
            }
        }));
        Assert.False(inner);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void NestedTimeouts_InnerInTheCleanUpOfTheOuter_Works() => LoopTest.Run(async () =>
    {
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async outer =>
        {
            try
            {
                await Sleep(10);
            }
            finally
            {
                Assert.True(outer.Expired);
                await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => Sleep(10)));
            }
        }));
        Assert.Equal(2, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void ManyNestedTimeouts_AtTheSameTime_OnlyTheOutermostExpires() => LoopTest.Run(async () =>
    {
        var expired = new List<int>();
        await Nested(0);
        Assert.Equal([0], expired);
        Assert.Equal(0, CurrentTask()!.Cancelling);

        async Coroutine Nested(int level)
        {
            try
            {
                await WithTimeout(1, _ => level == 20 ? Sleep(10) : Nested(level + 1));
            }
            catch (TimeoutException)
            {
                expired.Add(level);
            }
        }
    });
}
