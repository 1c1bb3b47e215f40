// ThreadPress: threads that press on everything any thread may use, in rounds, each with a loop of its own.
//   1. A round ends when its time is over: then every thread looks at what became of what it asked for.
//   2. After it no task lives and the exception handler was told nothing.
using System.Diagnostics;

namespace Tulip.Stress;

/// <summary>Something was lost or done twice; the message says what, and the seed.</summary>
internal sealed class StressException(string message) : Exception(message);

internal sealed class ThreadPress(int seed)
{
    private const int Threads = 4;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan s_betweenNews = TimeSpan.FromSeconds(30);

    private long _asked;
    private int _rounds;

    public string Summary => $"{_rounds} rounds, {_asked} calls, first seed {seed}";

    /// <summary>Rounds until the time is over; at least one.</summary>
    public void Run(TimeSpan duration, Action<string>? progress = null)
    {
        var clock = Stopwatch.StartNew();
        var news = s_betweenNews;
        do
        {
            var left = duration - clock.Elapsed;
            Round(seed + _rounds, left < s_round ? left : s_round);
            _rounds++;
            if (clock.Elapsed > news)
            {
                progress?.Invoke($"{clock.Elapsed:hh\\:mm\\:ss}  {Summary}");
                news += s_betweenNews;
            }
        }
        while (clock.Elapsed < duration);
    }

    private void Round(int roundSeed, TimeSpan duration)
    {
        var reports = new List<LoopErrorContext>();
        var loop = new EventLoop { ExceptionHandler = (_, report) => reports.Add(report) };
        var runner = new Thread(loop.RunForever) { IsBackground = true, Name = "loop" };
        runner.Start();

        // Runs as a callback too: a loop that does not run yet may be used by one thread only.
        using var running = new ManualResetEventSlim();
        loop.CallSoonThreadsafe(running.Set);
        Require(running.Wait(s_guard), roundSeed, "the loop does not start");

        var clock = Stopwatch.StartNew();
        var pressers = Enumerable.Range(0, Threads).Select(number => new Presser(loop, (roundSeed * Threads) + number)).ToArray();
        foreach (var presser in pressers)
            presser.Start(() => clock.Elapsed < duration);
        foreach (var presser in pressers)
            Require(presser.Join(s_guard + duration), roundSeed, "a thread hangs");

        var left = 0;
        loop.CallSoonThreadsafe(() =>
        {
            left = AllTasks(loop).Count;
            loop.Stop();
        });
        Require(runner.Join(s_guard), roundSeed, "the loop does not stop");
        loop.Close();
        foreach (var presser in pressers)
        {
            var complaint = presser.Complaint();
            Require(complaint is null, roundSeed, complaint ?? "");
            _asked += presser.Asked;
        }

        Require(left == 0, roundSeed, $"{left} tasks are left");
        Require(reports.Count == 0, roundSeed, $"the exception handler was told: {string.Join(", ", reports.Select(report => $"{report.Message} {report.Exception}"))}");
    }

    private static void Require(bool holds, int roundSeed, string otherwise)
    {
        if (!holds)
            throw new StressException($"Seed {roundSeed}: {otherwise}.");
    }
}
