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
    public void AsTask_SeveralCombined_GoOnInTheirOrderAndAtTheirTime() => LoopTest.Run(async () =>
    {
        // A hop over the thread pool would let the virtual time go on to the next sleeper's.
        var next = CreateTask(Sleep(1000));
        var order = new List<int>();
        for (var round = 0; round < 100; round++)
        {
            var start = GetRunningLoop().Time;
            var tasks = Enumerable.Range(1, 3).Select(n => CreateTask(Sleep(n / 8.0, n)).AsTask()).ToArray();
            async Task Note(int n) => order.Add(await tasks[n]);
            var notes = Task.WhenAll(Note(0), Note(1), Note(2));
            Assert.Same(tasks[0], await Task.WhenAny(tasks));
            Assert.Equal(start + 0.125, GetRunningLoop().Time);
            await Task.WhenAll(tasks);
            await notes;
            Assert.Equal(start + 0.375, GetRunningLoop().Time);
        }

        Assert.Equal(Enumerable.Repeat<int[]>([1, 2, 3], 100).SelectMany(static three => three), order);
        next.Cancel();
        await Wait([next]);
    });

    [Fact]
    public void AsTask_AwaitedWithoutAContext_GoesOnAwayFromTheLoop()
    {
        using var other = new LoopThread();
        Future<int> future = null!;
        other.Invoke(() => future = new Future<int>());
        async Task<int> Outside()
        {
            await future.AsTask().ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }

        async Task<int> Started() => await RunCoroutineThreadsafe(Work(), other.Loop).ContinueWith(static _ => Environment.CurrentManagedThreadId, TaskScheduler.Default);
        async Coroutine Work() => await future;
        var (outside, started) = (Task.Run(Outside), Task.Run(Started));
        other.Invoke(static () => { });
        other.Invoke(() => future.SetResult(1));
        Assert.NotEqual(other.ThreadId, outside.WaitGuarded());
        Assert.NotEqual(other.ThreadId, started.WaitGuarded());
    }

    [Fact]
    public void AsTask_Untyped_Works() => LoopTest.Run(async () =>
    {
        IAsyncTask task = CreateTask(Sleep(1));
        await task.AsTask();
        Assert.True(task.Done);
    });
}
