using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>A method that awaits a method, ten deep, none of which suspends: the cost of a call.</summary>
internal sealed class AwaitChain : Benchmark
{
    private const int Depth = 10;

    public override string Name => "await_chain";

    public override string Summary => "calls ten awaits deep that end without suspending";

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

#pragma warning disable CS1998 // The innermost call awaits nothing.
    private static async Coroutine<int> Call(int depth) => depth == 1 ? 1 : await Call(depth - 1) + 1;

    private static async ValueTask<int> CallTask(int depth) => depth == 1 ? 1 : await CallTask(depth - 1) + 1;
#pragma warning restore CS1998
}
