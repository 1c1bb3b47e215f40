namespace Tulip.Tests;

public sealed class CrowdTests
{
    private const int Many = 100_000;

    [Fact]
    public void Sleepers_ManyAtOnce_AllWakeAtTheirTime() => LoopTest.Run(async () =>
    {
        var woken = 0;
        async Coroutine Work(int n)
        {
            await Sleep(n % 1000);
            Assert.Equal(n % 1000, GetRunningLoop().Time);
            woken++;
        }

        await Gather(Enumerable.Range(0, Many).Select(Work));
        Assert.Equal((Many, 999.0), (woken, GetRunningLoop().Time));
    });

    [Fact]
    public void Tasks_ManyWaitingForOneFuture_AllGoOnInOrder() => LoopTest.Run(async () =>
    {
        var gate = new Future<int>();
        var log = new List<int>(Many);
        async Coroutine Work(int n)
        {
            await gate;
            log.Add(n);
        }

        var all = Gather(Enumerable.Range(0, Many).Select(Work));
        await Sleep(1);
        Assert.Equal(Many + 1, AllTasks().Count);
        gate.SetResult(1);
        await all;
        Assert.Equal(Enumerable.Range(0, Many), log);
    });

    [Fact]
    public void Tasks_ManyCancelledAtOnce_AllCleanUp() => LoopTest.Run(async () =>
    {
        var cleaned = 0;
        async Coroutine Work()
        {
            try
            {
                await Sleep(1000);
            }
            finally
            {
                cleaned++;
            }
        }

        var tasks = Enumerable.Range(0, Many).Select(_ => CreateTask(Work())).ToArray();
        await Sleep(1);
        foreach (var task in tasks)
            task.Cancel();
        await Wait(tasks);
        Assert.All(tasks, task => Assert.True(task.Cancelled));
        Assert.Equal((Many, 1.0), (cleaned, GetRunningLoop().Time));
    });

    [Fact]
    public void Waiters_ManyOnASemaphore_AreServedInOrderAlthoughSomeGiveUp() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(10);
        var served = new List<int>();
        async Coroutine Work(int n)
        {
            using (await semaphore.Acquire())
            {
                served.Add(n);
                await Sleep(1);
            }
        }

        var tasks = Enumerable.Range(0, 10_000).Select(n => CreateTask(Work(n))).ToArray();
        await Sleep(0);
        for (var n = 10; n < tasks.Length; n += 3)
            tasks[n].Cancel();
        await Wait(tasks);
        Assert.Equal(Enumerable.Range(0, 10_000).Where(n => n < 10 || (n - 10) % 3 != 0), served);
        Assert.False(semaphore.Locked);
    });
}
