namespace Tulip.Tests;

public sealed class CancelTests
{
    [Fact]
    public void Cancel_DoneTask_ChangesNothing() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(0, 1));
        await task;
        Assert.False(task.Cancel());
        Assert.Equal((0, false, 1), (task.Cancelling, task.Cancelled, task.Result()));
    });

    [Fact]
    public void Cancel_Pending_CountsEveryRequest() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(10));
        await Sleep(0);
        Assert.True(task.Cancel());
        Assert.True(task.Cancel());
        Assert.Equal(2, task.Cancelling);
        Assert.False(task.Done);
        await Expect.Cancelled(async () => await task);
        Assert.True(task.Cancelled);
        Assert.False(task.Cancel());
        Assert.Equal(2, task.Cancelling);
    });

    [Fact]
    public void Cancel_BeforeTheFirstStep_TheBodyNeverRuns() => LoopTest.Run(async () =>
    {
        var ran = false;
        async Coroutine Work()
        {
            try
            {
                ran = true;
                await Sleep(1);
            }
            finally
            {
                ran = true;
            }
        }

        var task = CreateTask(Work());
        task.Cancel("too late");
        Assert.False(task.Done);
        Assert.Equal("too late", (await Expect.Cancelled(async () => await task)).CancelMessage);
        Assert.False(ran);
        Assert.Equal(0.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_Sleeper_WakesAtOnceAndLeavesNoTimer() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(1000));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal(1.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_WhileAwaitingAFuture_CancelsItFirstAndTheTaskAStepLater() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        async Coroutine Wait() => await future;
        var task = CreateTask(Wait());
        await Sleep(0);
        task.Cancel();
        Assert.True(future.Cancelled);
        Assert.False(task.Done);
        await Sleep(0);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void Cancel_WhileAwaitingATask_GoesDownTheChain() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Level(int n)
        {
            try
            {
                if (n == 0)
                    await Sleep(100);
                else
                    await CreateTask(Level(n - 1));
            }
            catch (CancelledException)
            {
                log.Add($"level {n}");
                throw;
            }
        }

        var task = CreateTask(Level(3));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal(["level 0", "level 1", "level 2", "level 3"], log);
    });

    [Fact]
    public void Cancel_WhileAwaitingACoroutine_UnwindsFromTheInside() => LoopTest.Run(async () =>
    {
        var log = new List<int>();
        async Coroutine Level(int n)
        {
            try
            {
                if (n == 0)
                    await Sleep(100);
                else
                    await Level(n - 1);
            }
            finally
            {
                log.Add(n);
                await Sleep(1);
            }
        }

        var task = CreateTask(Level(3));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal([0, 1, 2, 3], log);
        Assert.Equal(5.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_InnerTaskRefuses_OuterGetsItsValueAndNoCancel() => LoopTest.Run(async () =>
    {
        async Coroutine<string> Refuse()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
                await Sleep(1);
            }

            return "refused";
        }

        async Coroutine<string> Outer() => await CreateTask(Refuse());
        var outer = CreateTask(Outer());
        await Sleep(1);
        outer.Cancel();
        Assert.Equal("refused", await outer);
        Assert.Equal((false, 1), (outer.Cancelled, outer.Cancelling));
    });

    [Fact]
    public void Cancel_BothTaskAndInnerFuture_TaskIsCancelledOnce() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var caught = 0;
        async Coroutine Wait()
        {
            try
            {
                await future;
            }
            catch (CancelledException)
            {
                caught++;
            }

            await Sleep(1);
        }

        var task = CreateTask(Wait());
        await Sleep(0);
        future.Cancel();

        // The wake-up is on its way: this cancel joins it.
        task.Cancel();
        await task;
        Assert.Equal((1, false), (caught, task.Cancelled));
    });

    [Fact]
    public void Cancel_TaskAboutToResumeWithAValue_LosesTheValue() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        async Coroutine<int> Wait() => await future;
        var task = CreateTask(Wait());
        await Sleep(0);
        future.SetResult(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
    });

    [Fact]
    public void Cancel_SleeperAboutToResume_IsCancelled() => LoopTest.Run(async () =>
    {
        // Both hops of a sleeper: its timer has run and the wake-up is queued, or the timer itself is queued.
        foreach (var passesAfterTheTimer in new[] { 0, 1 })
        {
            var loop = GetRunningLoop();
            AsyncTask<Unit>? task = null;
            void Cancel() => task!.Cancel("late");
            loop.CallLater(1, passesAfterTheTimer == 0 ? Cancel : () => loop.CallSoon(Cancel));
            task = CreateTask(Sleep(1));
            var error = await Expect.Cancelled(async () => await task);
            Assert.Equal("late", error.CancelMessage);
        }
    });

    [Fact]
    public void Cancel_TasksThatWaitInACircle_IsRefused()
    {
        using var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = static (_, _) => { } };
        loop.RunUntilComplete(Body());

        static async Coroutine Body()
        {
            AsyncTask<Unit>? second = null;
            async Coroutine First() => await second!;
            var first = CreateTask(First());
            async Coroutine Second() => await first;
            second = CreateTask(Second());
            await Sleep(0);
            await Sleep(0);
            var thrown = Assert.Throws<InvalidOperationException>(() => first.Cancel());
            Assert.Contains("circle", thrown.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => second.Cancel());
        }
    }
}
