namespace Tulip.Tests;

public sealed class CoroutineTests
{
    [Fact]
    public void Call_WithoutAwait_DoesNotRun() => LoopTest.Run(async () =>
    {
        var ran = false;
        async Coroutine Work() => ran = true;
        var coroutine = Work();
        await LoopTest.Passes(3);
        Assert.False(ran);
        await coroutine;
        Assert.True(ran);
    });

    [Fact]
    public void Await_Coroutine_RunsInLineWithoutAHop() => LoopTest.Run(async () =>
    {
        var passes = GetRunningLoop().Passes;
        Assert.Equal(10, await Add(10));
        Assert.Equal(passes, GetRunningLoop().Passes);

        static async Coroutine<int> Add(int n) => n == 0 ? 0 : 1 + await Add(n - 1);
    });

    [Fact]
    public void Await_CoroutineThatFails_TheCallerCanCatchAndGoOn() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            try
            {
                await Fail(i);
            }
            catch (FormatException exception)
            {
                log.Add(exception.Message);
            }
        }

        Assert.Equal(["0", "1", "2"], log);

        static async Coroutine Fail(int n)
        {
            if (n == 1)
                await Sleep(1);
            throw new FormatException(n.ToString());
        }
    });

    [Fact]
    public void Await_Twice_ThrowsAndRunsTheBodyOnce() => LoopTest.Run(async () =>
    {
        var runs = 0;
        async Coroutine<int> Work(bool suspend)
        {
            runs++;
            if (suspend)
                await Sleep(1);
            return 1;
        }

        foreach (var suspend in new[] { false, true })
        {
            var coroutine = Work(suspend);
            await coroutine;
            var error = await Expect.Throws<InvalidOperationException>(async () => await coroutine);
            Assert.Contains("already awaited", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, runs);
    });

    [Fact]
    public void Await_AfterItsFrameServesAnotherCall_ThrowsAndLeavesThatCallAlone() => LoopTest.Run(async () =>
    {
        async Coroutine<int> Work(int n)
        {
            await Sleep(1);
            return n;
        }

        // Frames are used again: the old value must not reach the new call in the same frame.
        var old = Work(1);
        await old;
        var current = Work(2);
        var running = CreateTask(Work(3));
        await Sleep(0);
        await Expect.Throws<InvalidOperationException>(async () => await old);
        Assert.Throws<InvalidOperationException>(() => CreateTask(old));
        Assert.Equal(2, await current);
        Assert.Equal(3, await running);
    });

    [Fact]
    public void Await_WhileAnotherTaskAwaitsIt_Throws() => LoopTest.Run(async () =>
    {
        var coroutine = Sleep(1, 5);
        async Coroutine<int> Await() => await coroutine;
        var task = CreateTask(Await());
        await Sleep(0);
        await Expect.Throws<InvalidOperationException>(async () => await coroutine);
        Assert.Equal(5, await task);
    });

    [Fact]
    public void CreateTask_CoroutineThatIsAwaitedOrATask_Throws() => LoopTest.Run(async () =>
    {
        var coroutine = Sleep(1, 5);
        var task = CreateTask(coroutine);
        Assert.Throws<InvalidOperationException>(() => CreateTask(coroutine));
        Assert.Throws<InvalidOperationException>(() => Gather<int>(coroutine));
        await Expect.Throws<InvalidOperationException>(async () => await coroutine);
        Assert.Equal(5, await task);
        Assert.Throws<InvalidOperationException>(() => CreateTask(coroutine));
    });

    [Fact]
    public void Misuse_InsideTryFinally_RunsTheFinallyBlocks() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        var used = Sleep(0, 1);
        await used;

        async Coroutine AwaitTwice()
        {
            try
            {
                await used;
            }
            finally
            {
                log.Add("awaited twice");
            }
        }

        async Coroutine AwaitSelf()
        {
            try
            {
                await (AsyncTask<Unit>)CurrentTask()!;
            }
            finally
            {
                log.Add("awaited itself");
            }
        }

        await Expect.Throws<InvalidOperationException>(AwaitTwice);
        await Expect.Throws<InvalidOperationException>(async () => await CreateTask(AwaitSelf()));
        Assert.Equal(["awaited twice", "awaited itself"], log);
    });

    [Fact]
    public void Misuse_CaughtAtTheAwait_TheCoroutineGoesOn() => LoopTest.Run(async () =>
    {
        var used = Sleep(0, 1);
        await used;
        var log = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            try
            {
                await used;
            }
            catch (InvalidOperationException)
            {
                log.Add("caught");
            }

            await Sleep(1);
        }

        Assert.Equal(["caught", "caught", "caught"], log);
        Assert.Equal(3.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Await_ItsOwnTask_ThrowsOneHopLater() => LoopTest.Run(async () =>
    {
        var task = CreateTask(AwaitSelf());
        var error = await Expect.Throws<InvalidOperationException>(async () => await task);
        Assert.StartsWith("Task cannot await on itself: <Task", error.Message, StringComparison.Ordinal);

        static async Coroutine AwaitSelf()
        {
            await Sleep(0);
            await (AsyncTask<Unit>)CurrentTask()!;
        }
    });

    [Fact]
    public void Await_DefaultCoroutine_DoesNothing() => LoopTest.Run(async () =>
    {
        await default(Coroutine);
        Assert.Equal(0, await default(Coroutine<int>));
    });

    [Fact]
    public void Coroutine_MadeOnAnotherThread_RunsOnTheLoop() => LoopTest.RunInRealTime(async () =>
    {
        Coroutine<int> coroutine = default;
        var thread = new Thread(() => coroutine = Sleep(0, 4));
        thread.Start();
        Assert.True(thread.Join(LoopThread.Guard));
        Assert.Equal(4, await coroutine);
    });

    [Fact]
    public void Task_OfASleep_IsATaskLikeAnyOther() => LoopTest.Run(async () =>
    {
        var sleep = Sleep(1);
        var first = CreateTask(sleep);
        await first;
        Assert.Equal(1.0, GetRunningLoop().Time);
        var second = CreateTask(Sleep(1));
        await Sleep(0);
        second.Cancel();
        await Expect.Cancelled(async () => await second);
    });

    [Fact]
    public async Task Await_InATaskMethodOutsideALoop_ThrowsWhereItIsAwaited()
    {
        static async Coroutine<int> Work() => 1;
        await Assert.ThrowsAsync<InvalidOperationException>(static async () => await Sleep(1));
        await Assert.ThrowsAsync<InvalidOperationException>(static async () => await Work());
    }
}
