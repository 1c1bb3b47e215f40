using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>Tasks that only let each other run: a step of a task and its place in the ready queue.</summary>
internal sealed class Yield : Benchmark
{
    private const int TaskCount = 100;

    public override string Name => "yield";

    public override string Summary => "bare yields by 100 tasks";

    public override long DefaultN => TaskCount * 50_000;

    public override async Coroutine RunTulip(Round round)
    {
        var shares = Work.Divide(round.N, TaskCount);
        var tasks = new AsyncTask<Unit>[shares.Length];
        round.Meter.Start();
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = Aio.CreateTask(Yields(shares[i]));
        foreach (var task in tasks)
            await task;
        round.Meter.Stop();
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        var shares = Work.Divide(round.N, TaskCount);
        var tasks = new Task[shares.Length];
        round.Meter.Start();
        for (var i = 0; i < tasks.Length; i++)
        {
            var share = shares[i];
            tasks[i] = peer.Spawn(() => YieldsTask(share));
        }

        await Task.WhenAll(tasks);
        round.Meter.Stop();
    }

    private static async Coroutine Yields(long count)
    {
        for (; count > 0; count--)
            await Aio.Sleep(0);
    }

    private static async Task YieldsTask(long count)
    {
        for (; count > 0; count--)
            await Task.Yield();
    }
}
