using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>The memory that a sleeping task takes.</summary>
internal sealed class SleepersMem : Benchmark
{
    private const int HoursAsleep = 10;
    private const int WarmUpCrowd = 1000;

    public override string Name => "sleepers_mem";

    public override string Summary => "resident bytes of each of many sleeping tasks, and the time to make one";

    public override long DefaultN => 1_000_000;

    public override bool CountsMemory => true;

    public override async Coroutine RunTulip(Round round)
    {
        if (round.IsWarmUp)
        {
            var tasks = new AsyncTask<Unit>[(int)Math.Min(round.N, WarmUpCrowd)];
            for (var i = 0; i < tasks.Length; i++)
                tasks[i] = Aio.CreateTask(Sleeper(TimeSpan.FromMilliseconds(1)));
            foreach (var task in tasks)
                await task;
            return;
        }

        round.Meter.Start();
        for (var i = 0; i < round.N; i++)
            Aio.StartSoon(Sleeper(TimeSpan.FromHours(HoursAsleep)));

        // The tasks take their first step, up to the sleep, before this one's next.
        await Aio.Sleep(0);
        round.Meter.Stop();
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        if (round.IsWarmUp)
        {
            for (var i = 0; i < Math.Min(round.N, WarmUpCrowd); i++)
                _ = SleeperTask(TimeSpan.FromMilliseconds(1));
            await SleeperTask(TimeSpan.FromMilliseconds(2));
            return;
        }

        // A list that holds the tasks would be counted with them; timers keep what awaits them alive.
        round.Meter.Start();
        for (var i = 0; i < round.N; i++)
            _ = SleeperTask(TimeSpan.FromHours(HoursAsleep));
        await Task.Yield();
        round.Meter.Stop();
    }

    private static async Coroutine Sleeper(TimeSpan delay) => await Aio.Sleep(delay);

    private static async Task SleeperTask(TimeSpan delay) => await Task.Delay(delay);
}
