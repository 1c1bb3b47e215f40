using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>A method that awaits a method, ten deep.</summary>
internal abstract class Chain : Benchmark
{
    private const int Depth = 10;

    public sealed override long DefaultN => 1_000_000;

    public sealed override async Coroutine RunTulip(Round round)
    {
        long sum = 0;
        round.Meter.Start();
        for (var i = round.N; i > 0; i--)
            sum += await Call(Depth);
        round.Meter.Stop();
        Work.Check(sum, round.N * Depth);
    }

    public sealed override async Task RunTask(Round round, TaskPeer peer)
    {
        long sum = 0;
        round.Meter.Start();
        for (var i = round.N; i > 0; i--)
            sum += await CallTask(Depth);
        round.Meter.Stop();
        Work.Check(sum, round.N * Depth);
    }

    /// <summary>Gives the depth, by as many calls.</summary>
    protected abstract Coroutine<int> Call(int depth);

    /// <inheritdoc cref="Call"/>
    protected abstract ValueTask<int> CallTask(int depth);
}
