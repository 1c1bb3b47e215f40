using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>Many tasks that each sleep once, for different times.</summary>
internal sealed class Timers : Benchmark
{
    private const int LongestMilliseconds = 1000;
    private const int LongestInWarmUp = 10;
    private const int Seed = 1;

    public override string Name => "timers";

    public override string Summary => "tasks that sleep once, for 0 to 1000 ms";

    public override long DefaultN => 1_000_000;

    public override int DefaultRounds => 3;

    public override async Coroutine RunTulip(Round round)
    {
        var delays = Delays(round);
        var tasks = new AsyncTask<Unit>[delays.Length];
        round.Meter.Start();
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = Aio.CreateTask(SleepOnce(delays[i]));
        foreach (var task in tasks)
            await task;
        round.Meter.Stop();
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        var delays = Delays(round);
        var tasks = new Task[delays.Length];
        round.Meter.Start();
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = SleepOnceTask(delays[i]);
        foreach (var task in tasks)
            await task;
        round.Meter.Stop();
    }

    private static TimeSpan[] Delays(Round round)
    {
        var random = new Random(Seed);
        var longest = round.IsWarmUp ? LongestInWarmUp : LongestMilliseconds;
        return Enumerable.Range(0, (int)round.N).Select(_ => TimeSpan.FromMilliseconds(random.Next(longest + 1))).ToArray();
    }

    private static async Coroutine SleepOnce(TimeSpan delay) => await Aio.Sleep(delay);

    private static async Task SleepOnceTask(TimeSpan delay) => await Task.Delay(delay);
}
