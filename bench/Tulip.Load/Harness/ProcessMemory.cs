using System.Diagnostics;
using System.Globalization;

namespace Tulip.Load.Harness;

/// <summary>Resident memory of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>Without what is garbage already, as a process that lives on would have it.</summary>
    public static long ResidentAfterCollection()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return FromStatus("VmRSS:") ?? Environment.WorkingSet;
    }

    /// <summary>Addresses that are taken, whether there is memory behind them or not; null where the system does not tell.</summary>
    public static long? Reserved() => FromStatus("VmSize:");

    public static long PeakKilobytes()
        => (FromStatus("VmHWM:") ?? Process.GetCurrentProcess().PeakWorkingSet64) / 1024;

    private static long? FromStatus(string key)
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
            return null;

        var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[key.Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
