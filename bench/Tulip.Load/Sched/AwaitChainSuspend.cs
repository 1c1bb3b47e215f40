using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>A method that awaits a method, ten deep, the innermost of which lets others run once.</summary>
internal sealed class AwaitChainSuspend : Benchmark
{
    private const int Depth = 10;

    public override string Name => "await_chain_suspend";

    public override string Summary => "calls ten awaits deep whose innermost yields once";

    public override long DefaultN => 1_000_000;

    public override async Coroutine RunTulip(Round round)
    {
        long sum = 0;
        round.Meter.Start();
        for (var i = round.N; i > 0; i--)
            sum += await Call(Depth);
        round.Meter.Stop();
        Work.Check(sum, round.N * Depth);
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        long sum = 0;
        round.Meter.Start();
        for (var i = round.N; i > 0; i--)
            sum += await CallTask(Depth);
        round.Meter.Stop();
        Work.Check(sum, round.N * Depth);
    }

    private static async Coroutine<int> Call(int depth)
    {
        if (depth > 1)
            return await Call(depth - 1) + 1;

        await Aio.Sleep(0);
        return 1;
    }

    private static async ValueTask<int> CallTask(int depth)
    {
        if (depth > 1)
            return await CallTask(depth - 1) + 1;

        await Task.Yield();
        return 1;
    }
}
