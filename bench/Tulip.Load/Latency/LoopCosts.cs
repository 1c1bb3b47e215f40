namespace Tulip.Load.Latency;

/// <summary>What a loop takes for what it does itself, without the system.</summary>
internal static class LoopCosts
{
    private const int Samples = 500;
    private const int Operations = 1000;

    public static IEnumerable<Latency> Measure()
    {
        using var runner = new Runner();
        yield return Latency.Of("task", "a task of Tulip's: made, run, awaited", runner.Run(Timings.OnLoop(Samples, Operations, Tasks)));
        yield return Latency.Of("callback", "a callback through the ready queue", runner.Run(Timings.OnLoop(Samples, Operations, Callbacks)));
        yield return Latency.Of("sleep_0", "await Sleep(0)", runner.Run(Timings.OnLoop(Samples, Operations, Sleeps)));
    }

    private static async Coroutine Tasks(int count)
    {
        for (; count > 0; count--)
            await Aio.CreateTask(Nothing());
    }

    private static async Coroutine Sleeps(int count)
    {
        for (; count > 0; count--)
            await Aio.Sleep(0);
    }

    // One after the other: each of them is a pass of the loop.
    private static async Coroutine Callbacks(int count)
    {
        var loop = Aio.GetRunningLoop();
        var done = loop.CreateFuture<Unit>();
        loop.CallSoon(Next);
        await done;

        void Next()
        {
            if (--count > 0)
                loop.CallSoon(Next);
            else
                done.SetResult(default);
        }
    }

    private static async Coroutine Nothing()
    {
    }
}
