using System.Diagnostics;
using Tulip.Load.Peers;

namespace Tulip.Load.Harness;

/// <summary>Warms a benchmark up, runs its rounds, and reduces them to medians.</summary>
internal sealed class MeasuredRun(Benchmark benchmark, long n, int rounds)
{
    public const string Tulip = "tulip";
    private const string ThreadPool = "task";
    private const string OneThread = "task-one-thread";

    // The runtime compiles hot methods again on a thread of its own, and only after a tenth of a second in which
    // nothing new was compiled. A loop that never pauses keeps slow code for seconds: hence short rounds with pauses.
    private const double WarmUpSeconds = 2.5;
    private const double WarmUpRoundSeconds = 0.010;
    private const int PauseMilliseconds = 30;
    private const int SettleMilliseconds = 250;

    public static IReadOnlyList<string> Peers { get; } = [Tulip, ThreadPool, OneThread];

    private readonly Meter _meter = new(countsMemory: false);

    public Result Execute(string peerName)
    {
        var run = RunnerOf(peerName);
        WarmUp(run);

        var samples = new List<Sample>();
        var measured = benchmark.CountsMemory ? new Meter(countsMemory: true) : _meter;
        for (var i = 0; i < (benchmark.CountsMemory ? 1 : rounds); i++)
        {
            run(new Round(n, IsWarmUp: false, measured));
            samples.Add(measured.Last);
            Thread.Sleep(PauseMilliseconds);
        }

        return Result.Of(benchmark, peerName, n, samples);
    }

    private Action<Round> RunnerOf(string peerName)
    {
        if (peerName == Tulip)
        {
            var runner = new Runner();
            return round => runner.Run(benchmark.RunTulip(round));
        }

        TaskPeer peer = peerName == ThreadPool ? new ThreadPoolPeer() : new OneThreadPeer();
        return round => peer.Run(() => benchmark.RunTask(round, peer));
    }

    private void WarmUp(Action<Round> run)
    {
        var begin = Stopwatch.GetTimestamp();
        var size = Math.Min(n, 64);
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < WarmUpSeconds)
        {
            var start = Stopwatch.GetTimestamp();
            run(new Round(size, IsWarmUp: true, _meter));
            if (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpRoundSeconds)
                size = Math.Min(n, size * 2);
            else
                size = Math.Max(1, size / 2);
            Thread.Sleep(PauseMilliseconds);
        }

        GC.Collect();
        Thread.Sleep(SettleMilliseconds);
    }
}
