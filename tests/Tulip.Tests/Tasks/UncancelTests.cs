namespace Tulip.Tests;

public sealed class UncancelTests
{
    [Fact]
    public void Uncancel_WithoutACancel_StaysAtZero() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(1));
        Assert.Equal((0, 0), (task.Uncancel(), task.Cancelling));
        await task;
    });

    [Fact]
    public void Uncancel_TakesOneRequestBackEachTime() => LoopTest.Run(async () =>
    {
        async Coroutine<int> Work()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
            }

            var task = CurrentTask()!;
            Assert.Equal(2, task.Cancelling);
            Assert.Equal(1, task.Uncancel());
            Assert.Equal(0, task.Uncancel());
            await Sleep(1);
            return task.Cancelling;
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        task.Cancel();
        Assert.Equal(0, await task);
    });

    [Fact]
    public void Uncancel_ToZeroBeforeDelivery_DropsTheCancel() => LoopTest.Run(async () =>
    {
        async Coroutine<string> Work()
        {
            var task = CurrentTask()!;
            task.Cancel();
            Assert.Equal(0, task.Uncancel());
            await Sleep(1);
            return "not cancelled";
        }

        Assert.Equal("not cancelled", await CreateTask(Work()));
    });

    [Fact]
    public void Uncancel_NotToZero_KeepsTheCancel() => LoopTest.Run(async () =>
    {
        async Coroutine Work()
        {
            var task = CurrentTask()!;
            task.Cancel();
            task.Cancel();
            Assert.Equal(1, task.Uncancel());
            await Sleep(1);
        }

        await Expect.Cancelled(async () => await CreateTask(Work()));
    });

    [Fact]
    public void Uncancel_ToZeroBeforeTheFirstStep_TheBodyRuns() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(1, 7));
        task.Cancel();
        task.Uncancel();
        Assert.Equal(7, await task);
    });

    [Fact]
    public void Uncancel_AfterTheCancelWasPassedOn_DoesNotTakeItBack() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(10));
        await Sleep(0);
        task.Cancel();
        Assert.Equal(0, task.Uncancel());
        await Expect.Cancelled(async () => await task);
    });

    [Fact]
    public void Cancelling_IsKeptByATaskThatSwallowsTheCancel() => LoopTest.Run(async () =>
    {
        async Coroutine<int> Work()
        {
            try
            {
                await Sleep(10);
            }
            catch (CancelledException)
            {
            }

            return CurrentTask()!.Cancelling;
        }

        var task = CreateTask(Work());
        await Sleep(0);
        task.Cancel();
        Assert.Equal(1, await task);
    });
}
