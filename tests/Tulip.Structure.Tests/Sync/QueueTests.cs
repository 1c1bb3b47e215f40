namespace Tulip.Structure.Tests.Sync;

public sealed class QueueTests
{
    [Fact]
    public void Get_WokenAndCancelledAtOnce_TheNextGetsTheItem() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        var first = CreateTask(queue.Get());
        var second = CreateTask(queue.Get());
        await Sleep(0);
        queue.PutNoWait(1);
        first.Cancel();
        Assert.Equal(1, await second);
        Assert.True(first.Cancelled);
    });

    [Fact]
    public void Put_WokenAndCancelledAtOnce_TheNextHasTheRoom() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>(1);
        queue.PutNoWait(0);
        var first = CreateTask(queue.Put(1));
        var second = CreateTask(queue.Put(2));
        await Sleep(0);
        Assert.Equal(0, queue.GetNoWait());
        first.Cancel();
        await second;
        Assert.True(first.Cancelled);
        Assert.Equal(2, queue.GetNoWait());
        Assert.True(queue.Empty);
    });

    [Fact]
    public void CancelledWaiters_AreNotKept() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>(1);
        for (var i = 0; i < 100; i++)
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ => { await queue.Get(); }));
        Assert.Equal("<AsyncQueue maxsize=1 items=0 getters=0 putters=0>", queue.ToString());
        queue.PutNoWait(1);
        for (var i = 0; i < 100; i++)
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => queue.Put(2)));
        Assert.Equal("<AsyncQueue maxsize=1 items=1 getters=0 putters=0>", queue.ToString());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shutdown_SendsAllThatWaitAway(bool immediate) => LoopTest.Run(async () =>
    {
        var empty = new AsyncQueue<int>();
        var getter = CreateTask(empty.Get());
        var full = new AsyncQueue<int>(1);
        full.PutNoWait(1);
        var putter = CreateTask(full.Put(2));
        await Sleep(0);
        empty.Shutdown(immediate);
        full.Shutdown(immediate);
        await Expect.Throws<QueueShutDownException>(async () => await getter);
        await Expect.Throws<QueueShutDownException>(async () => await putter);
        Assert.Throws<QueueShutDownException>(() => full.PutNoWait(3));
        if (!immediate)
            Assert.Equal(1, await full.Get());
        await Expect.Throws<QueueShutDownException>(async () => await full.Get());
        Assert.Throws<QueueShutDownException>(() => full.GetNoWait());
    });

    [Fact]
    public void Shutdown_Immediate_EndsJoin_AndWorkInHandMayStillBeReported() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        for (var i = 0; i < 3; i++)
            queue.PutNoWait(i);
        queue.GetNoWait();
        var join = CreateTask(queue.Join());
        await Sleep(0);
        queue.Shutdown(immediate: true);
        await Sleep(1);
        Assert.False(join.Done);
        queue.TaskDone();
        await join;
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
    });

    [Fact]
    public void Join_WaitsUntilAllIsDone() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        await queue.Join();
        queue.PutNoWait(1);
        var join = CreateTask(queue.Join());
        await Sleep(1);
        Assert.False(join.Done);
        await queue.Get();
        queue.TaskDone();
        await join;
    });

    [Fact]
    public void Orders_AreOldestLeastAndNewest() => LoopTest.Run(async () =>
    {
        Assert.Equal("2 1 3", await Through(new AsyncQueue<int>()));
        Assert.Equal("1 2 3", await Through(new AsyncPriorityQueue<int>()));
        Assert.Equal("3 1 2", await Through(new AsyncLifoQueue<int>()));

        static async Coroutine<string> Through(AsyncQueue<int> queue)
        {
            foreach (var item in new[] { 2, 1, 3 })
                await queue.Put(item);
            Assert.Equal(3, queue.QSize);
            return $"{await queue.Get()} {await queue.Get()} {await queue.Get()}";
        }
    });

    [Fact]
    public void NoWait_WithoutItemOrRoom_IsRefused()
    {
        var queue = new AsyncQueue<int>(1);
        Assert.Throws<QueueEmptyException>(() => queue.GetNoWait());
        queue.PutNoWait(1);
        Assert.True(queue.Full);
        Assert.Throws<QueueFullException>(() => queue.PutNoWait(2));
    }
}
