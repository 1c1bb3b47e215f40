using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>Tasks that do nothing, made and awaited in batches.</summary>
internal sealed class Spawn : Benchmark
{
    private const int BatchSize = 10_000;

    public override string Name => "spawn";

    public override string Summary => "trivial tasks in batches of 10,000, each joined";

    public override long DefaultN => 1_000_000;

    public override async Coroutine RunTulip(Round round)
    {
        var tasks = new AsyncTask<Unit>[(int)Math.Min(BatchSize, round.N)];
        round.Meter.Start();
        for (var left = round.N; left > 0; left -= tasks.Length)
        {
            var count = (int)Math.Min(tasks.Length, left);
            for (var i = 0; i < count; i++)
                tasks[i] = Aio.CreateTask(Trivial());
            for (var i = 0; i < count; i++)
                await tasks[i];
        }

        round.Meter.Stop();
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        var tasks = new Task[(int)Math.Min(BatchSize, round.N)];
        round.Meter.Start();
        for (var left = round.N; left > 0; left -= tasks.Length)
        {
            var count = (int)Math.Min(tasks.Length, left);
            for (var i = 0; i < count; i++)
                tasks[i] = peer.Spawn(TrivialTask);
            for (var i = 0; i < count; i++)
                await tasks[i];
        }

        round.Meter.Stop();
    }

#pragma warning disable CS1998 // A trivial task awaits nothing.
    private static async Coroutine Trivial()
    {
    }

    private static async Task TrivialTask()
    {
    }
#pragma warning restore CS1998
}
