namespace Tulip.Tests;

public sealed class AsTaskTests
{
    [Fact]
    public void AsTask_FromAnotherThread_EndsAsTheFutureEnds()
    {
        using var other = new LoopThread();
        Future<int> good = null!, bad = null!, cancelled = null!;
        other.Invoke(() =>
        {
            good = new Future<int>();
            bad = new Future<int>();
            cancelled = new Future<int>();
        });
        Task<int> goodTask = good.AsTask(), badTask = bad.AsTask(), cancelledTask = cancelled.AsTask();
        other.Invoke(static () => { });
        Assert.False(goodTask.IsCompleted || badTask.IsCompleted || cancelledTask.IsCompleted);
        other.Invoke(() =>
        {
            good.SetResult(5);
            bad.SetException(new FormatException());
            cancelled.Cancel();
        });
        Assert.Equal(5, goodTask.WaitGuarded());
        Assert.Throws<FormatException>(() => badTask.WaitGuarded());
        Assert.Throws<TaskCanceledException>(() => cancelledTask.WaitGuarded());
        Assert.Equal(5, good.AsTask().WaitGuarded());
        other.Invoke(static () => { });
        Assert.Empty(other.Reports);
    }

    [Fact]
    public void AsTask_OfADoneFutureOfALoopThatDoesNotRun_IsDone()
    {
        using var loop = new EventLoop(new VirtualClock());
        var future = loop.CreateFuture<int>();
        future.SetResult(1);
        Assert.Equal(1, future.AsTask().WaitGuarded());
        Assert.True(((Future)future).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public void AsTask_AwaitedInACoroutine_IsAOneWayStreet() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(5, 1));
        async Coroutine Work() => await inner.AsTask();
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Sleep(1);

        // A .NET task cannot be interrupted from outside, nor does it pass the cancel on.
        Assert.False(inner.Done || task.Done);
        await Expect.Cancelled(async () => await task);
        Assert.Equal(1, inner.Result());
    });

    [Fact]
    public void AsTask_Untyped_Works() => LoopTest.Run(async () =>
    {
        IAsyncTask task = CreateTask(Sleep(1));
        await task.AsTask();
        Assert.True(task.Done);
    });
}
