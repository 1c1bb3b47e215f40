namespace Tulip.Tests;

/// <summary>What happens again and again allocates nothing. Alone on the machine: other tests would make the collector
/// count theirs, and the runtime replaces code while it is warm.</summary>
[Collection(nameof(StandardError))]
public sealed class AllocationTests
{
    private const int Warm = 20_000;
    private const int Measured = 20_000;

#if DEBUG
    private const string? WhyNot = "State machines are classes in Debug builds; run the tests in Release.";
#else
    private const string? WhyNot = null;
#endif

    [Fact(Skip = WhyNot)]
    public void Yield_InAHundredTasks_AllocatesNothing()
    {
        LoopTest.Run(static async () =>
        {
            const int Tasks = 100;
            var stop = false;
            async Coroutine Yielder()
            {
                while (!stop)
                    await Sleep(0);
            }

            for (var i = 0; i < Tasks; i++)
                StartSoon(Yielder());
            await LoopTest.Passes(Warm / Tasks * 10);
            var before = GC.GetAllocatedBytesForCurrentThread();
            await LoopTest.Passes(Measured / Tasks);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            stop = true;
            await LoopTest.Passes(2);
        });
    }

    [Fact(Skip = WhyNot)]
    public void AwaitChain_TenDeepWithoutSuspending_AllocatesNothing()
    {
        LoopTest.Run(static async () =>
        {
            static async Coroutine<int> Level(int n) => n == 0 ? 1 : await Level(n - 1);
            for (var i = 0; i < Warm; i++)
                await Level(10);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Measured; i++)
                await Level(10);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        });
    }

    [Fact(Skip = WhyNot)]
    public void AwaitChain_TenDeepWithASuspension_AllocatesNothing()
    {
        LoopTest.Run(static async () =>
        {
            static async Coroutine Level(int n)
            {
                if (n == 0)
                    await Sleep(0);
                else
                    await Level(n - 1);
            }

            for (var i = 0; i < Warm; i++)
                await Level(10);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Measured; i++)
                await Level(10);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        });
    }

    [Fact(Skip = WhyNot)]
    public void CallSoon_AllocatesNothing()
    {
        LoopTest.Run(static async () =>
        {
            var loop = GetRunningLoop();
            var left = Warm;
            var done = new Future<Unit>();
            Action? again = null;
            again = () =>
            {
                if (--left > 0)
                    loop.CallSoon(again!);
                else
                    done.SetResult(default);
            };
            loop.CallSoon(again);
            await done;

            left = Measured;
            done = new Future<Unit>();
            var before = GC.GetAllocatedBytesForCurrentThread();
            loop.CallSoon(again);
            await done;
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        });
    }

    [Fact(Skip = WhyNot)]
    public void CallSoon_InTheMainTaskOfARun_AllocatesNothing()
    {
        // That task has a context of its own, which is empty as long as nobody sets a variable.
        Aio.Run(
            static async () =>
            {
                var loop = GetRunningLoop();
                Action nothing = static () => { };
                for (var i = 0; i < Warm; i++)
                {
                    loop.CallSoon(nothing);
                    await Sleep(0);
                }

                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < Measured; i++)
                {
                    loop.CallSoon(nothing);
                    await Sleep(0);
                }

                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            },
            static () => new EventLoop(new VirtualClock()));
    }

    [Fact(Skip = WhyNot)]
    public void Sleep_InVirtualTime_AllocatesNothing()
    {
        LoopTest.Run(static async () =>
        {
            for (var i = 0; i < Warm; i++)
                await Sleep(1);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Measured; i++)
                await Sleep(1);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        });
    }

    [Fact(Skip = WhyNot)]
    public void Queue_BetweenTwoTasks_AllocatesNothing()
    {
        LoopTest.Run(static async () =>
        {
            var there = new AsyncQueue<int>(1);
            var back = new AsyncQueue<int>(1);
            async Coroutine Echo()
            {
                while (await there.Get() is var item && item > 0)
                    await back.Put(item);
            }

            var echo = CreateTask(Echo());
            async Coroutine Exchange(int times)
            {
                for (var i = 1; i <= times; i++)
                {
                    await there.Put(i);
                    await back.Get();
                }
            }

            await Exchange(Warm);
            var before = GC.GetAllocatedBytesForCurrentThread();
            await Exchange(Measured);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            await there.Put(0);
            await echo;
        });
    }
}
