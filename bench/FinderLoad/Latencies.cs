using System.Diagnostics;

namespace FinderLoad;

/// <summary>Times, and where most of them are.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public void AddSince(long started) => Add(Stopwatch.GetElapsedTime(started));

    public void AddAll(Latencies others) => _milliseconds.AddRange(others._milliseconds);

    /// <summary>The time, in milliseconds, that so many of a hundred do not exceed.</summary>
    public double At(double percent)
    {
        _milliseconds.Sort();
        return _milliseconds[Math.Clamp((int)Math.Ceiling(_milliseconds.Count * percent / 100) - 1, 0, _milliseconds.Count - 1)];
    }

    public override string ToString() => $"p50 {At(50):F2} ms, p99 {At(99):F2} ms, p99.9 {At(99.9):F2} ms, highest {At(100):F2} ms ({Count:N0})";
}
