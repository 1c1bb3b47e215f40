namespace Tulip.Structure.Tests.Properties;

/// <summary>Events and barriers under random cancels: who has to go on does, and nobody else.</summary>
public sealed class EventProperties
{
    [Fact]
    public void AsyncEvent_SetWakesAllThatWaitThenAndNobodyElse() => Interleavings.Check(async choices =>
    {
        const int Size = 4;
        var flag = new AsyncEvent();
        var waits = new bool[Size];
        var mayGo = new bool[Size];
        var crowd = new Crowd(choices, Size, async who =>
        {
            switch (choices.Next(4))
            {
                case 0:
                    flag.Set();
                    for (var i = 0; i < Size; i++)
                        mayGo[i] = true;
                    break;
                case 1:
                    flag.Clear();
                    break;
                default:
                    mayGo[who] = flag.IsSet;
                    waits[who] = true;
                    try
                    {
                        await flag.Wait();
                        Assert.True(mayGo[who], "Woken without a reason.");
                    }
                    finally
                    {
                        waits[who] = false;
                    }

                    break;
            }
        });
        await crowd.Run(() =>
        {
            for (var i = 0; i < Size; i++)
                Assert.False(waits[i] && (mayGo[i] || flag.IsSet), "A task that was woken still waits.");
        });
    });

    [Fact]
    public void AsyncBarrier_LetsFullRoundsGoAndCountsThoseWhoWait() => Interleavings.Check(async choices =>
    {
        var barrier = new AsyncBarrier(1 + choices.Next(4));
        var waiting = 0;
        var broken = false;
        var crowd = new Crowd(choices, 5, async _ =>
        {
            switch (choices.Next(12))
            {
                case 0:
                    await barrier.Reset();
                    break;
                case 1 when choices.Next(4) == 0:
                    await barrier.Abort();
                    broken = true;
                    break;
                default:
                    waiting++;
                    try
                    {
                        Assert.InRange(await barrier.Wait(), 0, barrier.Parties - 1);
                    }
                    catch (BrokenBarrierException)
                    {
                    }
                    finally
                    {
                        waiting--;
                    }

                    break;
            }
        });
        await crowd.Run(() =>
        {
            Assert.Equal(barrier.NWaiting, waiting);
            Assert.True(waiting < barrier.Parties, "A full barrier does not open.");
            Assert.True(!barrier.Broken || (broken && waiting == 0), "Tasks wait at a broken barrier.");
        });
        Assert.Equal(0, barrier.NWaiting);
    });

    [Fact]
    public void AsyncBarrier_WithoutCancels_EachRoundHasEachNumberOnce() => Interleavings.Check(async choices =>
    {
        var parties = 1 + choices.Next(4);
        var barrier = new AsyncBarrier(parties);
        var numbers = new List<int>();
        var rounds = 1 + choices.Next(5);
        var pauses = new Crowd(choices, 0, _ => default);
        var tasks = Enumerable.Range(0, parties).Select(_ => CreateTask(Come())).ToArray();
        await Wait(tasks);
        foreach (var round in numbers.Chunk(parties))
            Assert.Equal(Enumerable.Range(0, parties), round.Order());
        Assert.Equal(rounds * parties, numbers.Count);

        async Coroutine Come()
        {
            for (var i = 0; i < rounds; i++)
            {
                await pauses.Pause();
                numbers.Add(await barrier.Wait());
            }
        }
    });
}
