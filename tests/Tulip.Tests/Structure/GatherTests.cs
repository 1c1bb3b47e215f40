namespace Tulip.Tests;

public sealed class GatherTests
{
    [Fact]
    public void Gather_Results_AreInTheOrderOfTheArguments() => LoopTest.Run(async () =>
    {
        var three = await Gather<int>(Sleep(3, 3), Sleep(1, 1), Sleep(2, 2));
        Assert.Equal([3, 1, 2], three);
        var two = await Gather(new[] { Sleep(3, 3), Sleep(1, 1) });
        Assert.Equal([3, 1], two);
        Assert.Equal((1, "two"), await Gather(Sleep(2, 1), Sleep(1, "two")));
        Assert.Equal((1, "two", 3.0), await Gather(Sleep(2, 1), Sleep(1, "two"), Sleep(1, 3.0)));
        Assert.Equal((1, "two", 3.0, 'f'), await Gather(Sleep(2, 1), Sleep(1, "two"), Sleep(1, 3.0), Sleep(1, 'f')));
        Assert.Equal(12.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Gather_Coroutines_StartAtTheCall() => LoopTest.Run(async () =>
    {
        var gathering = Gather(new[] { Sleep(1), Sleep(2) });
        Assert.Equal(3, AllTasks().Count);
        await Sleep(5);
        Assert.True(gathering.Done);
        await gathering;
    });

    [Fact]
    public void Gather_Nothing_IsDoneAtOnce() => LoopTest.Run(async () =>
    {
        var gathering = Gather<int>();
        Assert.True(gathering.Done);
        Assert.Empty(await gathering);
        Assert.Empty(await Gather(Enumerable.Empty<Coroutine<int>>()));
        Assert.Empty(await GatherSettled(Enumerable.Empty<Coroutine<int>>()));
    });

    [Fact]
    public void Gather_AllDoneAlready_IsDoneAtOnce() => LoopTest.Run(async () =>
    {
        var done = new Future<int>();
        done.SetResult(4);
        var gathering = Gather<int>(done, done);
        Assert.True(gathering.Done);
        var results = await gathering;
        Assert.Equal([4, 4], results);
    });

    [Fact]
    public void Gather_TheSameOneTwice_RunsItOnce() => LoopTest.Run(async () =>
    {
        var runs = 0;
        async Coroutine<int> Work()
        {
            await Sleep(1);
            return ++runs;
        }

        var task = CreateTask(Work());
        var twice = await Gather<int>(task, task);
        Assert.Equal([1, 1], twice);
        var coroutine = Work();
        var thrice = await Gather<int>(coroutine, coroutine, coroutine);
        Assert.Equal([2, 2, 2], thrice);
    });

    [Fact]
    public void Gather_FirstException_GoesOutAndTheOthersGoOn() => LoopTest.Run(async () =>
    {
        var slow = CreateTask(Sleep(5, 5));
        var failsFirst = CreateTask(Fail(1, "first"));
        var failsLater = CreateTask(Fail(2, "later"));
        var error = await Expect.Throws<FormatException>(async () => await Gather<int>(slow, failsLater, failsFirst));
        Assert.Equal(("first", 1.0), (error.Message, GetRunningLoop().Time));

        // The later failure counts as seen: nobody reports it.
        Assert.Equal(5, await slow);
        Assert.True(failsLater.Done);
    });

    [Fact]
    public void Gather_ChildCancelledByOthers_IsAnErrorAndCancelsNobody() => LoopTest.Run(async () =>
    {
        var first = CreateTask(Sleep(5, 5));
        var second = CreateTask(Sleep(5, 5));
        GetRunningLoop().CallLater(1, () => second.Cancel("by others"));
        var gathering = Gather<int>(first, second);
        Assert.Equal("by others", (await Expect.Cancelled(async () => await gathering)).CancelMessage);
        Assert.False(gathering.Cancelled);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        Assert.Equal(5, await first);
    });

    [Fact]
    public void Gather_AwaitingTaskCancelled_CancelsAllChildrenAndWaitsForThem() => LoopTest.Run(async () =>
    {
        async Coroutine<int> Slow(double cleanup)
        {
            try
            {
                return await Sleep(100, 1);
            }
            finally
            {
                await Sleep(cleanup);
            }
        }

        AsyncTask<int> first = CreateTask(Slow(1)), second = CreateTask(Slow(3));
        async Coroutine Work() => await Gather<int>(first, second);
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel("all of you");
        await Expect.Cancelled(async () => await task);
        Assert.True(first.Cancelled && task.Cancelled);

        // As in asyncio the first child that ends cancelled ends the gathering.
        Assert.Equal(2.0, GetRunningLoop().Time);
        await Expect.Cancelled(async () => await second);
    });

    [Fact]
    public void Cancel_Gathering_CancelsTheChildren() => LoopTest.Run(async () =>
    {
        AsyncTask<int> first = CreateTask(Sleep(100, 1)), second = CreateTask(Sleep(100, 1));
        var gathering = Gather<int>(first, second);
        await Sleep(1);
        Assert.True(gathering.Cancel());
        Assert.False(gathering.Done);
        await Expect.Cancelled(async () => await gathering);
        Assert.True(first.Cancelled && second.Cancelled);
        Assert.False(gathering.Cancel());
    });

    [Fact]
    public void Cancel_GatheringOfDoneChildren_ReturnsFalse() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var gathering = Gather<int>(future);
        future.SetResult(1);

        // The children are done, the gathering learns of it a hop later: there is nothing to cancel any more.
        Assert.False(gathering.Done);
        Assert.False(gathering.Cancel());
        var results = await gathering;
        Assert.Equal([1], results);
    });

    [Fact]
    public void GatherSettled_TellsHowEachEnded() => LoopTest.Run(async () =>
    {
        var cancelled = CreateTask(Sleep(5, 0));
        GetRunningLoop().CallLater(1, () => cancelled.Cancel());
        var settled = await GatherSettled<int>(Sleep(1, 1), Fail(2, "bad"), cancelled);
        Assert.Equal([true, false, false], settled.Select(one => one.Succeeded));
        Assert.Equal([false, false, true], settled.Select(one => one.Cancelled));
        Assert.Equal(1, settled[0].Result);
        Assert.IsType<FormatException>(settled[1].Exception);
        Assert.Same(settled[1].Exception, Assert.Throws<InvalidOperationException>(() => settled[1].Result).InnerException);
        Assert.IsType<CancelledException>(settled[2].Exception);
        Assert.True(settled[0] == settled[0] && settled[0] != settled[1]);
    });

    [Fact]
    public void GatherSettled_CancelledFromOutside_StillThrows() => LoopTest.Run(async () =>
    {
        AsyncTask<int> first = CreateTask(Sleep(100, 1)), second = CreateTask(Sleep(100, 1));
        async Coroutine Work() => await GatherSettled<int>(first, second);
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.True(first.Cancelled && second.Cancelled);
    });

    [Fact]
    public void GatherSettled_ChildThatRefusesTheCancel_TheCancelStillGoesOut() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Refuse()
        {
            try
            {
                return await Sleep(100, 1);
            }
            catch (CancelledException)
            {
                return 2;
            }
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);

        static async Coroutine Work() => await GatherSettled(Refuse(), Refuse());
    });

    [Fact]
    public void Gather_NobodyAwaitsItAndAChildFails_IsReportedOnce()
    {
        Future<int[]>? kept = null;
        var reports = LoopTest.RunReporting(async () =>
        {
            kept = Gather<int>(Fail(1, "bad"), Fail(1, "also bad"));
            await Sleep(2);
        });
        Assert.Equal("bad", Assert.Single(reports).Exception!.Message);
        GC.KeepAlive(kept);
    }

    private static async Coroutine<int> Fail(double delay, string message)
    {
        await Sleep(delay);
        throw new FormatException(message);
    }
}
