namespace Tulip.Structure.Tests.Sync;

public sealed class ConditionAndEventTests
{
    [Fact]
    public void Wait_Cancelled_HoldsTheLockWhenItThrows() => LoopTest.Run(async () =>
    {
        var condition = new AsyncCondition();
        var held = false;
        var task = CreateTask(WaitAndLook());
        await Sleep(0);
        await condition.Acquire();
        task.Cancel();
        await Sleep(1);
        Assert.False(task.Done);
        task.Cancel("again");
        await Sleep(1);
        Assert.False(task.Done);
        condition.Release();
        await Expect.Cancelled(async () => await task);
        Assert.True(held);
        Assert.False(condition.Locked);
        Assert.Equal(2, task.Cancelling);

        async Coroutine WaitAndLook()
        {
            using (await condition.Acquire())
            {
                try
                {
                    await condition.Wait();
                }
                finally
                {
                    held = condition.Locked;
                }
            }
        }
    });

    [Fact]
    public void Wait_NotifiedAndCancelledAtOnce_PassesTheNotificationOn() => LoopTest.Run(async () =>
    {
        var condition = new AsyncCondition();
        var woken = new List<string>();
        var first = CreateTask(WaitFor("first"));
        var second = CreateTask(WaitFor("second"));
        await Sleep(1);
        using (await condition.Acquire())
            condition.Notify();
        first.Cancel();
        await second;
        Assert.True(first.Cancelled);
        Assert.Equal(["second"], woken);

        async Coroutine WaitFor(string name)
        {
            using (await condition.Acquire())
                await condition.Wait();
            woken.Add(name);
        }
    });

    [Fact]
    public void Notify_WakesAsManyAsAsked_InOrder_AndTheyRunAfterTheRelease() => LoopTest.Run(async () =>
    {
        var condition = new AsyncCondition();
        var woken = new List<int>();
        var tasks = Enumerable.Range(0, 4).Select(n => CreateTask(WaitAs(n))).ToArray();
        await Sleep(1);
        using (await condition.Acquire())
        {
            condition.Notify(2);
            await Sleep(1);
            Assert.Empty(woken);
        }

        await Sleep(1);
        Assert.Equal([0, 1], woken);
        using (await condition.Acquire())
            condition.NotifyAll();
        await Wait(tasks);
        Assert.Equal([0, 1, 2, 3], woken);

        async Coroutine WaitAs(int n)
        {
            using (await condition.Acquire())
                await condition.Wait();
            woken.Add(n);
        }
    });

    [Fact]
    public void WaitAndNotify_WithoutTheLock_AreRefused() => LoopTest.Run(async () =>
    {
        var condition = new AsyncCondition();
        await Expect.Throws<InvalidOperationException>(() => condition.Wait());
        Assert.Throws<InvalidOperationException>(() => condition.Notify());
        Assert.Throws<InvalidOperationException>(condition.NotifyAll);
    });

    [Fact]
    public void Conditions_OnOneLock_ShareIt() => LoopTest.Run(async () =>
    {
        var gate = new AsyncLock();
        var (a, b) = (new AsyncCondition(gate), new AsyncCondition(gate));
        using (await a.Acquire())
        {
            Assert.True(b.Locked);
            b.NotifyAll();
        }
    });

    [Fact]
    public void Set_WakesEverybody_EvenIfClearedBeforeTheyRun() => LoopTest.Run(async () =>
    {
        var flag = new AsyncEvent();
        var tasks = Enumerable.Range(0, 3).Select(_ => CreateTask(flag.Wait())).ToArray();
        await Sleep(0);
        flag.Set();
        flag.Clear();
        await Wait(tasks);
        Assert.All(tasks, task => Assert.Null(task.Exception()));
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => flag.Wait()));
    });

    [Fact]
    public void Wait_OfASetEvent_DoesNotSuspend() => LoopTest.Run(async () =>
    {
        var flag = new AsyncEvent();
        flag.Set();
        flag.Set();
        var passes = GetRunningLoop().Passes;
        await flag.Wait();
        Assert.Equal(passes, GetRunningLoop().Passes);
        Assert.Equal("<AsyncEvent [set]>", flag.ToString());
    });
}
