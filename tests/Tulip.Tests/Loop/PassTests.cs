using System.Reflection;

namespace Tulip.Tests;

public sealed class PassTests
{
    [Fact]
    public void CallSoon_SeveralCallbacks_RunInTheOrderOfTheCalls() => LoopTest.Run(async () =>
    {
        var log = new List<int>();
        foreach (var n in Enumerable.Range(0, 600))
            GetRunningLoop().CallSoon(() => log.Add(n));
        Assert.Empty(log);
        await Sleep(0);
        Assert.Equal(Enumerable.Range(0, 600), log);
    });

    [Fact]
    public void CallSoon_FromACallback_WaitsForTheNextPass() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var passes = new List<long>();
        loop.CallSoon(() =>
        {
            passes.Add(loop.Passes);
            loop.CallSoon(() => passes.Add(loop.Passes));
        });
        loop.CallSoon(() => passes.Add(loop.Passes));
        await LoopTest.Passes(3);
        Assert.Equal([passes[0], passes[0], passes[0] + 1], passes);
    });

    [Fact]
    public void Queue_AfterABurst_GetsSmallAgain_AndKeepsOrderAndHandles() => LoopTest.Run(async () =>
    {
        const int Burst = 1_000_000;
        var loop = GetRunningLoop();
        var left = Burst;
        for (var i = 0; i < Burst; i++)
            loop.CallSoon(() => left--);
        await Sleep(0);
        Assert.Equal(0, left);
        Assert.True(RoomInQueue(loop) >= Burst);

        // A hundred entries a pass: more than the least capacity would hold in two passes, so that its ring is gone around.
        for (var pass = 0; pass < 5_000; pass++)
        {
            var log = new List<int>();
            Handle dropped = default;
            for (var i = 0; i < 100; i++)
            {
                var n = i;
                var handle = loop.CallSoon(() => log.Add(n));
                if (n == 50)
                    dropped = handle;
            }

            Assert.True(dropped.Cancel());
            await Sleep(0);
            Assert.Equal(99, log.Count);
            Assert.True(log.SequenceEqual(log.Order()));
        }

        Assert.InRange(RoomInQueue(loop), 100, Burst / 100);
    });

    [Fact]
    public void CallSoon_LambdaThatOnlyThrows_IsACallbackThatFails()
    {
        // Fits a callback as well as the refused asynchronous function: it must be taken for the first.
        var reports = LoopTest.RunReporting(static async () =>
        {
            GetRunningLoop().CallSoon(static () => throw new FormatException("in a callback"));
            await Sleep(0);
        });
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);
    }

    [Fact]
    public void CallSoon_CallbackThatSchedulesItselfForEver_DoesNotStarveTimers() => LoopTest.RunInRealTime(async () =>
    {
        var loop = GetRunningLoop();
        var stop = false;
        void Again()
        {
            if (!stop)
                loop.CallSoon(Again);
        }

        Again();
        await Sleep(0.001);
        stop = true;
        await Sleep(0);
    });

    [Fact]
    public void Pass_DueTimersAndReadyCallbacks_RunsTheReadyOnesFirst() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var log = new List<string>();
        loop.CallLater(0, () => log.Add("timer"));
        loop.CallSoon(() => log.Add("soon"));
        await Sleep(1);
        Assert.Equal(["soon", "timer"], log);
    });

    [Fact]
    public void Stop_BeforeTheRun_MakesOnePass()
    {
        using var loop = new EventLoop(new VirtualClock());
        var log = new List<string>();
        loop.CallSoon(() =>
        {
            log.Add("first pass");
            loop.CallSoon(() => log.Add("second pass"));
        });
        loop.Stop();
        loop.RunForever();
        Assert.Equal(["first pass"], log);
        Assert.Equal(1, loop.Passes);
        loop.Stop();
        loop.RunForever();
        Assert.Equal(["first pass", "second pass"], log);
    }

    [Fact]
    public void Stop_BeforeTheRunOfAnEmptyLoop_ReturnsWithoutWaiting()
    {
        using var loop = new EventLoop();
        loop.Stop();
        loop.RunForever();
        Assert.Equal(1, loop.Passes);
    }

    [Fact]
    public void Stop_InACallback_FinishesThePassFirst()
    {
        using var loop = new EventLoop(new VirtualClock());
        var log = new List<string>();
        loop.CallSoon(() =>
        {
            loop.Stop();
            loop.CallSoon(() => log.Add("next pass"));
        });
        loop.CallSoon(() => log.Add("same pass"));
        loop.RunForever();
        Assert.Equal(["same pass"], log);
    }

    [Fact]
    public void RunForever_AfterAStop_GoesOnWhereItStopped()
    {
        using var loop = new EventLoop(new VirtualClock());
        var ticks = 0;
        loop.CallLater(5, () => ticks++);
        loop.CallLater(1, loop.Stop);
        loop.CallLater(9, loop.Stop);
        loop.RunForever();
        Assert.Equal((0, 1.0), (ticks, loop.Time));
        loop.RunForever();
        Assert.Equal((1, 9.0), (ticks, loop.Time));
    }

    [Fact]
    public void Passes_OfAnIdleLoop_DoNotGrow()
    {
        using var other = new LoopThread();
        other.WaitUntilIdle();
        var before = other.Loop.Passes;

        // A loop that polls would make a pass now and then; this one is blocked in the pass that found nothing to do.
        for (var i = 0; i < 100; i++)
            Thread.Yield();
        Assert.Equal(before, other.Loop.Passes);

        // One wake-up: the pass that was waiting runs the callback, the next one waits again.
        other.Invoke(static () => { });
        other.WaitUntilIdle();
        Assert.Equal(before + 1, other.Loop.Passes);
    }

    [Fact]
    public void Passes_OfASleeper_AreNoMoreThanItsHops() => LoopTest.Run(async () =>
    {
        var before = GetRunningLoop().Passes;
        await Sleep(1_000_000);
        Assert.Equal(before + 2, GetRunningLoop().Passes);
    });

    // Asked of the queue itself: the process's memory is also that of the tests that run beside this one.
    private static int RoomInQueue(EventLoop loop)
    {
        var queue = typeof(EventLoop).GetField("_ready", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(loop)!;
        return (int)queue.GetType().GetProperty("Capacity")!.GetValue(queue)!;
    }
}
