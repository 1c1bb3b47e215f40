namespace Tulip.Tests;

public sealed class ShieldTests
{
    [Fact]
    public void Shield_Undisturbed_GivesResultOrException() => LoopTest.Run(async () =>
    {
        Assert.Equal("tea", await Shield(Sleep(1, "tea")));
        await Shield(Sleep(1));
        await Expect.Throws<FormatException>(static async () => await Shield(Fail(1)));
    });

    [Fact]
    public void Shield_DoneAlready_IsTheInnerItself() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        future.SetResult(1);
        Assert.Same(future, Shield(future));
        await Sleep(0);
    });

    [Fact]
    public void Shield_OuterCancelled_TheInnerGoesOn() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(5, "tea"));
        async Coroutine Work() => await Shield(inner);
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel("outer");
        Assert.Equal("outer", (await Expect.Cancelled(async () => await task)).CancelMessage);
        Assert.False(inner.Done);
        Assert.Equal(0, inner.Cancelling);
        Assert.Equal("tea", await inner);
        Assert.Equal(5.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Shield_InnerCancelled_TheOuterIsCancelled() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(5));
        var outer = Shield(inner);
        await Sleep(1);
        inner.Cancel();
        await Expect.Cancelled(async () => await outer);
        Assert.True(outer.Cancelled);
    });

    [Fact]
    public void Shield_OuterCancelledThenTheInnerFails_IsReportedAsNeverRetrieved()
    {
        var reports = LoopTest.RunReporting(static async () =>
        {
            var inner = CreateTask(Fail(2));
            var outer = Shield(inner);
            await Sleep(1);
            outer.Cancel();
            await Wait([inner]);
        });
        Assert.Equal("Task exception was never retrieved", Assert.Single(reports).Message);
    }

    [Fact]
    public void Shield_OuterCancelledInThePassInWhichTheInnerFails_IsNotReported()
    {
        var reports = LoopTest.RunReporting(static async () =>
        {
            var inner = new Future<int>();
            var outer = Shield(inner);
            inner.SetException(new FormatException());
            outer.Cancel();
            await LoopTest.Passes(3);
        });
        Assert.Empty(reports);
    }

    [Fact]
    public void Shield_AwaitedAgainInTheHandler_WaitsForTheEnd() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(5, "saved"));
        async Coroutine<string> Work()
        {
            try
            {
                return await Shield(inner);
            }
            catch (CancelledException)
            {
                return await inner;
            }
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        Assert.Equal("saved", await task);
    });

    [Fact]
    public void Shield_InAGather_ProtectsOnlyItsOwn() => LoopTest.Run(async () =>
    {
        AsyncTask<int> bare = CreateTask(Sleep(5, 1)), shielded = CreateTask(Sleep(5, 2));
        var gathering = Gather<int>(bare, Shield(shielded));
        await Sleep(1);
        gathering.Cancel();
        await Expect.Cancelled(async () => await gathering);
        Assert.True(bare.Cancelled);
        Assert.Equal(2, await shielded);
    });

    [Fact]
    public void Shield_ManyOverOneTask_LeaveNoCallbacksBehind() => LoopTest.Run(async () =>
    {
        var inner = new Future<int>();
        for (var i = 0; i < 100; i++)
            Shield(inner).Cancel();
        await Sleep(0);
        Assert.Equal("<Future pending>", inner.ToString());
    });

    private static async Coroutine<int> Fail(double delay)
    {
        await Sleep(delay);
        throw new FormatException();
    }
}
