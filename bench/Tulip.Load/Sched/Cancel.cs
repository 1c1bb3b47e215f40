using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>Sleeping tasks that are cancelled and waited for; making them is not measured.</summary>
internal sealed class Cancel : Benchmark
{
    public override string Name => "cancel";

    public override string Summary => "sleeping tasks, cancelled and joined";

    public override long DefaultN => 100_000;

    public override async Coroutine RunTulip(Round round)
    {
        var tasks = new AsyncTask<Unit>[(int)round.N];
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = Aio.CreateTask(Sleeper());
        await Aio.Sleep(0);

        round.Meter.Start();
        foreach (var task in tasks)
            task.Cancel();
        await Aio.Wait(tasks);
        round.Meter.Stop();
        Work.Check(tasks.Count(task => task.Cancelled), round.N);
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        using var source = new CancellationTokenSource();
        var tasks = new Task[(int)round.N];
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = SleeperTask(source.Token);

        round.Meter.Start();
        source.Cancel();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        round.Meter.Stop();
        Work.Check(tasks.Count(task => task.IsCanceled), round.N);
    }

    private static async Coroutine Sleeper() => await Aio.Sleep(TimeSpan.FromHours(1));

    private static async Task SleeperTask(CancellationToken token) => await Task.Delay(TimeSpan.FromHours(1), token);
}
