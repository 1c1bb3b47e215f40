namespace Tulip.Tests;

public sealed class AsyncSemaphoreTests
{
    [Fact]
    public void Acquire_FreePermit_GoesOnWithoutAHop() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(2);
        var passes = GetRunningLoop().Passes;
        await semaphore.Acquire();
        Assert.False(semaphore.Locked);
        await semaphore.Acquire();
        Assert.True(semaphore.Locked);
        Assert.Equal(passes, GetRunningLoop().Passes);
    });

    [Fact]
    public void Acquire_LimitsHowManyRunAtATime() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(3);
        int running = 0, most = 0;
        async Coroutine Work()
        {
            using (await semaphore.Acquire())
            {
                most = Math.Max(most, ++running);
                await Sleep(1);
                running--;
            }
        }

        await Gather(Enumerable.Range(0, 10).Select(_ => Work()));
        Assert.Equal((3, 0, 4.0), (most, running, GetRunningLoop().Time));
        Assert.False(semaphore.Locked);
    });

    [Fact]
    public void Acquire_Waiters_AreServedFirstComeFirstServed() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        var log = new List<int>();
        async Coroutine Work(int n)
        {
            await semaphore.Acquire();
            log.Add(n);
        }

        var all = Gather(Enumerable.Range(0, 100).Select(Work));
        await Sleep(0);
        for (var i = 0; i < 100; i++)
            semaphore.Release();
        await all;
        Assert.Equal(Enumerable.Range(0, 100), log);
    });

    [Fact]
    public void Acquire_WhileAWokenWaiterHasNotRun_DoesNotOvertakeIt() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        var log = new List<string>();
        async Coroutine Work(string name)
        {
            await semaphore.Acquire();
            log.Add(name);
            semaphore.Release();
        }

        var waiter = CreateTask(Work("waiter"));
        await Sleep(0);
        semaphore.Release();
        semaphore.Release();

        // A permit is free, but somebody who came first is on the way: newcomers queue.
        Assert.True(semaphore.Locked);
        await Work("newcomer");
        await waiter;
        Assert.Equal(["waiter", "newcomer"], log);
    });

    [Fact]
    public void Cancel_Waiter_IsSkipped() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        AsyncTask<Releaser> first = CreateTask(semaphore.Acquire()), second = CreateTask(semaphore.Acquire());
        await Sleep(0);
        first.Cancel();
        semaphore.Release();
        await Wait([first, second]);
        Assert.True(first.Cancelled && !second.Cancelled);
        Assert.True(semaphore.Locked);
    });

    [Fact]
    public void Cancel_WokenWaiter_HandsThePermitToTheNext() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        AsyncTask<Releaser> first = CreateTask(semaphore.Acquire()), second = CreateTask(semaphore.Acquire());
        await Sleep(0);
        semaphore.Release();
        first.Cancel();
        await Wait([first, second]);
        Assert.True(first.Cancelled && !second.Cancelled);
    });

    [Fact]
    public void Cancel_WokenWaiterWithNobodyBehind_GivesThePermitBack() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        var waiter = CreateTask(semaphore.Acquire());
        await Sleep(0);
        semaphore.Release();
        waiter.Cancel();
        await Wait([waiter]);
        Assert.True(waiter.Cancelled);
        Assert.False(semaphore.Locked);
        await semaphore.Acquire();
    });

    [Fact]
    public void Cancel_BeforeItWasAwoken_DoesNotHangTheOthers() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(1);
        var tasks = Enumerable.Range(0, 4).Select(_ => CreateTask(semaphore.Acquire())).ToArray();
        await Sleep(0);
        Assert.True(tasks[0].Done && semaphore.Locked);
        tasks[1].Cancel();
        tasks[2].Cancel();
        semaphore.Release();
        await Wait(tasks);
        Assert.Equal([false, true, true, false], tasks.Select(task => task.Cancelled));
        Assert.True(semaphore.Locked);
        semaphore.Release();
        Assert.False(semaphore.Locked);
    });

    [Fact]
    public void Releaser_DisposedTwice_ReleasesOnce() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(1);
        var releaser = await semaphore.Acquire();
        releaser.Dispose();
        releaser.Dispose();
        await semaphore.Acquire();
        Assert.True(semaphore.Locked);
    });

    [Fact]
    public void Release_MoreThanAcquired_RaisesTheNumberOfPermits() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        semaphore.Release();
        semaphore.Release();
        await semaphore.Acquire();
        await semaphore.Acquire();
        Assert.True(semaphore.Locked);
    });

    [Fact]
    public void OtherLoop_WithoutContention_IsAllowed()
    {
        var semaphore = new AsyncSemaphore(1);
        for (var i = 0; i < 2; i++)
        {
            LoopTest.Run(async () =>
            {
                using (await semaphore.Acquire())
                    await Sleep(1);
            });
        }
    }

    [Fact]
    public void OtherLoop_WhenItHasToWait_Throws()
    {
        var semaphore = new AsyncSemaphore(0);
        LoopTest.Run(async () =>
        {
            var waiter = CreateTask(semaphore.Acquire());
            await Sleep(0);
            waiter.Cancel();
            await Wait([waiter]);
        });
        LoopTest.Run(async () => await Expect.Throws<InvalidOperationException>(async () => await semaphore.Acquire()));
    }

    [Fact]
    public void NegativeValue_IsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(static () => new AsyncSemaphore(-1));

    [Fact]
    public void ToString_SaysValueAndWaiters() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(1);
        Assert.Equal("<AsyncSemaphore [unlocked, value:1]>", semaphore.ToString());
        await semaphore.Acquire();
        Assert.Equal("<AsyncSemaphore [locked]>", semaphore.ToString());
        var waiter = CreateTask(semaphore.Acquire());
        await Sleep(0);
        Assert.Equal("<AsyncSemaphore [locked, waiters:1]>", semaphore.ToString());
        semaphore.Release();
        await waiter;
    });
}
