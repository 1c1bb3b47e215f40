namespace Tulip.Structure.Tests.Sync;

public sealed class LockTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void Acquire_IsFirstComeFirstServed() => LoopTest.Run(async () =>
    {
        var gate = new AsyncLock();
        await gate.Acquire();
        var tasks = new[] { "a", "b", "c" }.Select(name => CreateTask(Hold(gate, name))).ToArray();
        await Sleep(1);
        gate.Release();
        await Wait(tasks);
        Assert.Equal(["a", "b", "c"], _log);
    });

    [Fact]
    public void Acquire_BetweenAReleaseAndTheWokenTask_DoesNotBarge() => LoopTest.Run(async () =>
    {
        var gate = new AsyncLock();
        await gate.Acquire();
        var waiter = CreateTask(Hold(gate, "waiter"));
        await Sleep(0);
        gate.Release();
        Assert.False(gate.Locked);
        await Hold(gate, "me");
        await waiter;
        Assert.Equal(["waiter", "me"], _log);
    });

    [Fact]
    public void WokenTask_ThatIsCancelled_HandsTheLockOn() => LoopTest.Run(async () =>
    {
        var gate = new AsyncLock();
        await gate.Acquire();
        var first = CreateTask(Hold(gate, "first"));
        var second = CreateTask(Hold(gate, "second"));
        await Sleep(0);
        gate.Release();
        first.Cancel();
        await Expect.Cancelled(async () => await first);
        await second;
        Assert.Equal(["second"], _log);
        Assert.False(gate.Locked);
    });

    [Fact]
    public void CancelledFirst_AndReleasedInTheSamePass_TheNextGoes() => LoopTest.Run(async () =>
    {
        var gate = new AsyncLock();
        await gate.Acquire();
        var first = CreateTask(Hold(gate, "first"));
        var second = CreateTask(Hold(gate, "second"));
        await Sleep(0);
        first.Cancel();
        gate.Release();
        await second;
        Assert.True(first.Cancelled);
        Assert.False(gate.Locked);
    });

    [Fact]
    public void Release_OfAFreeLock_IsRefused()
        => Assert.Throws<InvalidOperationException>(() => new AsyncLock().Release());

    [Fact]
    public void Releaser_ReleasesOnce() => LoopTest.Run(async () =>
    {
        var gate = new AsyncLock();
        var releaser = await gate.Acquire();
        releaser.Dispose();
        await gate.Acquire();
        releaser.Dispose();
        Assert.True(gate.Locked);
        gate.Release();
    });

    [Fact]
    public void Primitives_InAnotherLoop_AreRefusedOnlyWhereTheyHaveToWait()
    {
        var gate = new AsyncLock();
        var flag = new AsyncEvent();
        var queue = new AsyncQueue<int>();
        LoopTest.Run(async () =>
        {
            await gate.Acquire();
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ => { await gate.Acquire(); }));
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => flag.Wait()));
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ => { await queue.Get(); }));
            gate.Release();
        });
        LoopTest.Run(async () =>
        {
            using (await gate.Acquire())
                await Expect.Throws<InvalidOperationException>(async () => { await gate.Acquire(); });
            await Expect.Throws<InvalidOperationException>(() => flag.Wait());
            flag.Set();
            await flag.Wait();
            await Expect.Throws<InvalidOperationException>(async () => { await queue.Get(); });
            await queue.Put(1);
            Assert.Equal(1, await queue.Get());
        });
    }

    private async Coroutine Hold(AsyncLock gate, string name)
    {
        using (await gate.Acquire())
        {
            _log.Add(name);
            await Sleep(0);
        }
    }
}
