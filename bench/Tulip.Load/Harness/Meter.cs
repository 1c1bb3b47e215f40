using System.Diagnostics;

namespace Tulip.Load.Harness;

/// <summary>What one round cost.</summary>
internal readonly record struct Sample(double Seconds, double CpuSeconds, long AllocatedBytes, long ResidentBytes);

/// <summary>Reads clock, processor time, allocations and, on demand, resident memory at both ends of a round.</summary>
internal sealed class Meter(bool countsMemory)
{
    private long _startTicks;
    private TimeSpan _startCpu;
    private long _startAllocated;
    private long _startResident;

    public Sample Last { get; private set; }

    public void Start()
    {
        // Innermost the clock: what is slow to read stays outside of what is measured.
        _startResident = countsMemory ? ProcessMemory.ResidentAfterCollection() : 0;
        _startAllocated = GC.GetTotalAllocatedBytes(precise: true);
        _startCpu = Environment.CpuUsage.TotalTime;
        _startTicks = Stopwatch.GetTimestamp();
    }

    public void Stop()
    {
        var elapsed = Stopwatch.GetElapsedTime(_startTicks);
        var cpu = Environment.CpuUsage.TotalTime - _startCpu;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - _startAllocated;
        var resident = countsMemory ? ProcessMemory.ResidentAfterCollection() - _startResident : 0;
        Last = new Sample(elapsed.TotalSeconds, cpu.TotalSeconds, allocated, resident);
    }
}
