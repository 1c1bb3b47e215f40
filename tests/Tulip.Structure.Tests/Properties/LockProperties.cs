namespace Tulip.Structure.Tests.Properties;

/// <summary>Locks, semaphores and conditions under random cancels: never too many inside, first come first served, and
/// nobody waits for what is free.</summary>
public sealed class LockProperties
{
    [Fact]
    public void AsyncLock_OneInside_FirstComeFirstServed_NothingLost() => Interleavings.Check(async choices =>
    {
        var gate = new AsyncLock();
        var line = new Line();
        var inside = 0;
        Crowd crowd = null!;
        crowd = new Crowd(choices, 4, async who =>
        {
            using (await line.Wait(who, gate.Acquire()))
            {
                Assert.Equal(1, ++inside);
                Assert.True(gate.Locked);
                try
                {
                    await crowd.Pause();
                }
                finally
                {
                    inside--;
                }
            }
        });
        crowd.OnCancel = line.Leave;
        await crowd.Run(() => Assert.True(line.Count == 0 || inside == 1, "Tasks wait for a free lock."));
        Assert.False(gate.Locked);
        Assert.Equal("<AsyncLock [unlocked]>", gate.ToString());
    });

    [Fact]
    public void AsyncSemaphore_NoMoreThanThePermits_FirstComeFirstServed_NothingLost()
        => Interleavings.Check(choices => Semaphore(choices, permits => new AsyncSemaphore(permits)));

    [Fact]
    public void AsyncBoundedSemaphore_NoMoreThanThePermits_FirstComeFirstServed_NothingLost() => Interleavings.Check(async choices =>
    {
        AsyncBoundedSemaphore gate = null!;
        await Semaphore(choices, permits => gate = new AsyncBoundedSemaphore(permits));
        Assert.Throws<SemaphoreFullException>(gate.Release);
    });

    [Fact]
    public void AsyncCondition_HoldsItsLockAndLosesNoNotification() => Interleavings.Check(async choices =>
    {
        var condition = new AsyncCondition();
        var items = 0;
        var inside = 0;
        var waiting = 0;
        Crowd crowd = null!;
        crowd = new Crowd(choices, 5, async _ =>
        {
            using (await condition.Acquire())
            {
                try
                {
                    Assert.Equal(1, ++inside);
                    if (choices.Next(2) == 0)
                        await Take();
                    else
                        Give();
                    await crowd.Pause();
                }
                finally
                {
                    Assert.Equal(0, --inside);
                }
            }
        });
        await crowd.Run(() => Assert.True(items == 0 || waiting == 0 || inside == 1, $"{waiting} tasks wait for {items} items that are there."));
        Assert.False(condition.Locked);
        Assert.Equal("<AsyncCondition [unlocked]>", condition.ToString());

        async Coroutine Take()
        {
            while (items == 0)
            {
                inside--;
                waiting++;
                try
                {
                    await condition.Wait();
                }
                finally
                {
                    waiting--;
                    Assert.Equal(1, ++inside);
                }
            }

            items--;
        }

        void Give()
        {
            var count = 1 + choices.Next(2);
            items += count;
            if (choices.Next(4) == 0)
                condition.NotifyAll();
            else
                condition.Notify(count);
        }
    });

    private static async Coroutine Semaphore(Choices choices, Func<int, AsyncSemaphore> make)
    {
        var permits = 1 + choices.Next(3);
        var gate = make(permits);
        var line = new Line();
        var inside = 0;
        Crowd crowd = null!;
        crowd = new Crowd(choices, 5, async who =>
        {
            using (await line.Wait(who, gate.Acquire()))
            {
                Assert.InRange(++inside, 1, permits);
                try
                {
                    await crowd.Pause();
                }
                finally
                {
                    inside--;
                }
            }
        });
        crowd.OnCancel = line.Leave;
        await crowd.Run(() => Assert.True(line.Count == 0 || inside == permits, "Tasks wait while there are permits."));

        // All permits are there again, and no more.
        for (var i = 0; i < permits; i++)
        {
            Assert.False(gate.Locked);
            await gate.Acquire();
        }

        Assert.True(gate.Locked);
        for (var i = 0; i < permits; i++)
            gate.Release();
    }
}
