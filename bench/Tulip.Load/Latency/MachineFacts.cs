using System.Globalization;

namespace Tulip.Load.Latency;

/// <summary>What the system says of its processor.</summary>
/// <param name="Gigahertz">Cycles a nanosecond: the processor's own word, which a virtual machine may not know better.</param>
/// <param name="ClockSource">Where that is from.</param>
/// <param name="AdditionGigahertz">Additions a nanosecond where each needs the one before it: one a cycle on any processor, so that this
/// is nearer to the clock that the figures were measured at.</param>
/// <param name="Caches">Bytes of the data caches, level 1 first.</param>
/// <param name="CacheSource">Where those are from.</param>
internal sealed record MachineFacts(double Gigahertz, string ClockSource, double AdditionGigahertz, IReadOnlyList<long> Caches, string CacheSource)
{
    private const string Processors = "/proc/cpuinfo";
    private const string CacheFolder = "/sys/devices/system/cpu/cpu0/cache";
    private const double AssumedGigahertz = 3;
    private const int Samples = 500;
    private const int Additions = 12_800;

    private static readonly long[] s_assumedCaches = [32 << 10, 1 << 20, 32 << 20];

    public static MachineFacts Read()
    {
        var megahertz = Megahertz();
        var caches = DataCaches();
        return new MachineFacts(
            megahertz / 1000 ?? AssumedGigahertz,
            megahertz is null ? "assumed" : "as " + Processors + " says",
            1 / Timings.Of(Samples, Additions, Add).Best,
            caches ?? s_assumedCaches,
            caches is null ? "assumed" : "as the system says");
    }

    /// <summary>The load of the last minute; null where the system does not tell.</summary>
    public static double? Load()
    {
        const string Loads = "/proc/loadavg";
        return File.Exists(Loads) ? double.Parse(File.ReadAllText(Loads).Split(' ')[0], CultureInfo.InvariantCulture) : null;
    }

    // "Exclusive or" takes a cycle too, and keeps the compiler from adding in advance.
    private static void Add(int count)
    {
        long sum = count, one = count & 3 | 1, mask = count & 7;
        for (; count > 0; count -= 8)
        {
            sum = (sum + one ^ mask) + one ^ mask;
            sum = (sum + one ^ mask) + one ^ mask;
        }

        GC.KeepAlive(sum == 0 ? "" : null);
    }

    private static double? Megahertz()
    {
        if (!File.Exists(Processors))
            return null;

        // The processors' clocks differ from moment to moment: the fastest is the one that works.
        var clocks = File.ReadLines(Processors)
            .Where(line => line.StartsWith("cpu MHz", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.IndexOf(':') + 1)..], CultureInfo.InvariantCulture))
            .ToList();
        return clocks.Count > 0 ? clocks.Max() : null;
    }

    private static long[]? DataCaches()
    {
        if (!Directory.Exists(CacheFolder))
            return null;

        var sizes = new SortedDictionary<int, long>();
        foreach (var folder in Directory.GetDirectories(CacheFolder, "index*"))
        {
            if (Word(folder, "type") != "Instruction")
                sizes[int.Parse(Word(folder, "level"), CultureInfo.InvariantCulture)] = Bytes(Word(folder, "size"));
        }

        return sizes.Count == 3 ? [.. sizes.Values] : null;
    }

    private static string Word(string folder, string name) => File.ReadAllText(Path.Combine(folder, name)).Trim();

    private static long Bytes(string size)
    {
        var unit = size[^1] switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 };
        return long.Parse(unit == 1 ? size : size[..^1], CultureInfo.InvariantCulture) * unit;
    }
}
