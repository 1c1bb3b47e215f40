namespace Tulip.Tests;

public sealed class RunTests
{
    private static EventLoop NewVirtualLoop() => new(new VirtualClock());

    [Fact]
    public void Run_Coroutine_GivesItsResultAndClosesTheLoop()
    {
        EventLoop? loop = null;
        async Coroutine<int> Main()
        {
            loop = GetRunningLoop();
            return await Sleep(1, 5);
        }

        Assert.Equal(5, Aio.Run(Main(), NewVirtualLoop));
        Assert.True(loop!.IsClosed);
        Assert.Equal(5, Aio.Run(Main, NewVirtualLoop));
        Aio.Run(async () => await Sleep(1), NewVirtualLoop);
        Aio.Run(Sleep(1), NewVirtualLoop);
    }

    [Fact]
    public void Run_FailingCoroutine_ThrowsAndClosesTheLoop()
    {
        EventLoop? loop = null;
        async Coroutine Main()
        {
            loop = GetRunningLoop();
            await Sleep(1);
            throw new FormatException();
        }

        Assert.Throws<FormatException>(() => Aio.Run(Main(), NewVirtualLoop));
        Assert.True(loop!.IsClosed);
    }

    [Fact]
    public void Run_WithoutAFactory_SetsTheThreadsLoopMeanwhileOnly()
    {
        Aio.Run(async () => Assert.Same(GetRunningLoop(), GetEventLoop()));
        Assert.Throws<InvalidOperationException>(GetEventLoop);
    }

    [Fact]
    public void Run_LeftoverTasks_AreCancelledAndAwaited()
    {
        var log = new List<string>();
        async Coroutine Left(string name, double cleanup)
        {
            try
            {
                await Sleep(1000);
            }
            finally
            {
                await Sleep(cleanup);
                log.Add($"{name} at {GetRunningLoop().Time}");
            }
        }

        async Coroutine Main()
        {
            StartSoon(Left("slow", 5));
            StartSoon(Left("fast", 2));
            await Sleep(1);
            log.Add("main is done");
        }

        Aio.Run(Main(), NewVirtualLoop);
        Assert.Equal(["main is done", "fast at 3", "slow at 6"], log);
    }

    [Fact]
    public void Run_MainFails_LeftoverTasksAreCancelledToo()
    {
        var cleaned = false;
        async Coroutine Left()
        {
            try
            {
                await Sleep(1000);
            }
            finally
            {
                cleaned = true;
            }
        }

        async Coroutine Main()
        {
            StartSoon(Left());
            await Sleep(1);
            throw new FormatException();
        }

        Assert.Throws<FormatException>(() => Aio.Run(Main(), NewVirtualLoop));
        Assert.True(cleaned);
    }

    [Fact]
    public void Run_LeftoverTaskFailsWhenCancelled_IsReported()
    {
        var reports = new List<LoopErrorContext>();
        async Coroutine Left()
        {
            try
            {
                await Sleep(1000);
            }
            finally
            {
                Expect.Raise(new FormatException("in cleaning up"));
            }
        }

        async Coroutine<int> Main()
        {
            GetRunningLoop().ExceptionHandler = (_, report) => reports.Add(report);
            StartSoon(Left(), "left");
            await Sleep(1);
            return 1;
        }

        Assert.Equal(1, Aio.Run(Main(), NewVirtualLoop));
        var told = Assert.Single(reports);
        Assert.Equal("Unhandled exception during Aio.Run shutdown", told.Message);
        Assert.Equal("in cleaning up", told.Exception!.Message);
        Assert.Equal("left", ((IAsyncTask)told.Task!).Name);
    }

    [Fact]
    public void Run_LeftoverTaskRefusesTheCancel_IsAwaitedToItsEnd()
    {
        var ended = false;
        async Coroutine Left()
        {
            try
            {
                await Sleep(1000);
            }
            catch (CancelledException)
            {
                await Sleep(10);
            }

            ended = true;
        }

        Aio.Run(
            async () =>
            {
                StartSoon(Left());
                await Sleep(1);
            },
            NewVirtualLoop);
        Assert.True(ended);
    }

    [Fact]
    public void Run_LeftoverTaskThatCanNeverEnd_IsReportedNotWaitedForForEver()
    {
        var reports = new List<LoopErrorContext>();
        async Coroutine Left()
        {
            while (true)
            {
                try
                {
                    await new Future<int>();
                }
                catch (CancelledException)
                {
                }
            }
        }

        Aio.Run(
            async () =>
            {
                GetRunningLoop().ExceptionHandler = (_, report) => reports.Add(report);
                StartSoon(Left());
                await Sleep(1);
            },
            NewVirtualLoop);
        Assert.IsType<DeadlockException>(reports[0].Exception);
    }

    [Fact]
    public void Run_Deadlock_ThrowsAndUnwindsTheTasks()
    {
        var unwound = false;
        async Coroutine Main()
        {
            try
            {
                await new Future<int>();
            }
            finally
            {
                unwound = true;
            }
        }

        Assert.Throws<DeadlockException>(() => Aio.Run(Main(), NewVirtualLoop));
        Assert.True(unwound);
    }

    [Fact]
    public void Run_DefaultExecutor_IsWaitedForAndAbandonedFuturesAreCancelled()
    {
        using var started = new ManualResetEventSlim();
        using var finish = new ManualResetEventSlim();
        var finished = false;
        var cancelled = false;
        async Coroutine Main()
        {
            StartSoon(Left());
            await Sleep(0);
            Assert.True(started.Wait(LoopThread.Guard));
        }

        async Coroutine Left()
        {
            try
            {
                await ToThread(() =>
                {
                    started.Set();
                    finish.Wait(LoopThread.Guard);
                    finished = true;
                });
            }
            catch (CancelledException)
            {
                // The function cannot be stopped; only the wait for it is over. The end of the run waits for it.
                Assert.False(finished);
                cancelled = true;
                finish.Set();
                throw;
            }
        }

        Aio.Run(Main());
        Assert.True(cancelled && finished);
    }

    [Fact]
    public void Run_ThreadsEnded_ShutdownOrderIsTasksThenExecutor()
    {
        var log = new List<string>();
        async Coroutine Left()
        {
            try
            {
                await Sleep(1000);
            }
            finally
            {
                // Tasks that are cancelled at the end may still use the executor.
                log.Add(await ToThread(static () => "executor still works"));
            }
        }

        Aio.Run(
            async () =>
            {
                StartSoon(Left());
                await Sleep(1);
            },
            NewVirtualLoop);
        Assert.Equal(["executor still works"], log);
    }
}
