using Tulip.Load.Harness;

namespace Tulip.Load.Sched;

/// <summary>The benchmarks of the scheduler.</summary>
internal static class SchedBenchmarks
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new Spawn(), new Yield(), new PingPong(), new AwaitChain(), new AwaitChainSuspend(), new CallSoon(), new Timers(), new SleepersMem(),
        new Cancel(),
    ];

    public static Benchmark? Find(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name);
}
