namespace Tulip.Structure.Tests.Sync;

/// <summary>The hops and the edges of a queue's waits, which have neither futures nor compiled frames.</summary>
public sealed class QueueWaitTests
{
    [Fact]
    public void Calls_DoNothingUntilTheyAreAwaited() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        var put = queue.Put(1);
        Assert.True(queue.Empty);
        await put;
        var get = queue.Get();
        Assert.Equal(1, queue.QSize);
        queue.PutNoWait(2);
        Assert.Equal(1, await get);
    });

    [Fact]
    public void Get_AwaitedTwice_IsRefused() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        var get = queue.Get();
        Assert.Equal(1, await get);
        await Expect.Throws<InvalidOperationException>(async () => await get);

        // The frame is in use again by now: the old value must not name the new call.
        var next = queue.Get();
        await Expect.Throws<InvalidOperationException>(async () => await get);
        Assert.Equal(2, await next);
    });

    [Fact]
    public void Get_WithAnItemThere_TakesNoHop_AndWithoutOneTakesOne() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var queue = new AsyncQueue<int>();
        queue.PutNoWait(1);
        var passes = loop.Passes;
        await queue.Get();
        Assert.Equal(passes, loop.Passes);

        long woken = 0, resumed = 0;
        loop.CallSoon(() =>
        {
            queue.PutNoWait(2);
            woken = loop.Passes;
        });
        await queue.Get();
        resumed = loop.Passes;
        Assert.Equal(woken + 1, resumed);
    });

    [Fact]
    public void Get_WhoseItemWasTakenByAnother_WaitsAgainBehindTheOthers() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        var order = new List<string>();
        async Coroutine Getter(string name) => order.Add($"{name}{await queue.Get()}");
        var a = CreateTask(Getter("a"));
        var b = CreateTask(Getter("b"));
        await Sleep(0);
        queue.PutNoWait(1);
        Assert.Equal(1, queue.GetNoWait());
        await Sleep(0);
        Assert.Equal("<AsyncQueue maxsize=0 items=0 getters=2 putters=0>", queue.ToString());
        queue.PutNoWait(2);
        queue.PutNoWait(3);
        await a;
        await b;
        Assert.Equal(["b2", "a3"], order);
    });

    [Fact]
    public void Get_CancelledWhileItWaits_GoesOnOneHopLaterWithTheMessage() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var queue = new AsyncQueue<int>();
        long thrown = 0;
        string? message = null;
        var getter = CreateTask(Get());
        await Sleep(0);
        Assert.Contains("wait_for=<an item of <AsyncQueue", getter.ToString(), StringComparison.Ordinal);
        var cancelled = loop.Passes;
        Assert.True(getter.Cancel("enough"));
        queue.PutNoWait(1);
        Assert.True(getter.Cancel("too late"));
        await Wait([getter]);
        Assert.Equal(cancelled + 1, thrown);
        Assert.Equal("enough", message);
        Assert.Equal(1, queue.QSize);

        async Coroutine Get()
        {
            try
            {
                await queue.Get();
            }
            catch (CancelledException exception)
            {
                thrown = loop.Passes;
                message = exception.CancelMessage;
                throw;
            }
        }
    });

    [Fact]
    public void Get_RefusingACancel_WaitsAnew() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        var getter = CreateTask(Get());
        await Sleep(0);
        getter.Cancel();
        await Sleep(0);
        queue.PutNoWait(7);
        Assert.Equal(7, await getter);

        async Coroutine<int> Get()
        {
            try
            {
                return await queue.Get();
            }
            catch (CancelledException)
            {
                return await queue.Get();
            }
        }
    });

    [Fact]
    public void Get_InAnAsyncTaskMethod_RunsAsATaskOfItsOwn() => LoopTest.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        var method = Method();
        await Sleep(0);
        queue.PutNoWait(5);
        Assert.Equal(5, await method);

        async Task<int> Method() => await queue.Get();
    });

    [Fact]
    public void Queue_WaitedForOnASecondLoop_IsRefusedInTheAwait()
    {
        var queue = new AsyncQueue<int>();
        LoopTest.Run(async () => await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ => { await queue.Get(); })));
        LoopTest.Run(async () =>
        {
            await Expect.Throws<InvalidOperationException>(async () => await queue.Get());
            await queue.Put(1);
            Assert.Equal(1, await queue.Get());
        });
    }

    [Fact]
    public void PriorityQueue_WhoseComparerThrows_ThrowsInTheAwait() => LoopTest.Run(async () =>
    {
        var queue = new AsyncPriorityQueue<int>(comparer: Comparer<int>.Create((_, _) => throw new FormatException()));
        await queue.Put(1);
        await Expect.Throws<FormatException>(() => queue.Put(2));
    });

    [Fact]
    public void Items_AreNotKeptByTheQueuesFrames()
    {
        var queue = new AsyncQueue<object>(1);
        var item = Pass(queue);
        GC.Collect();
        Assert.False(item.IsAlive);
        GC.KeepAlive(queue);

        static WeakReference Pass(AsyncQueue<object> queue)
        {
            WeakReference item = null!;
            LoopTest.Run(async () =>
            {
                item = new WeakReference(new object());
                await queue.Put(item.Target!);
                await queue.Get();
            });
            return item;
        }
    }
}
