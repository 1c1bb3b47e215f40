// MemoryAccess: how long it takes until a value from memory is there, by following a chain through a buffer.
//   1. Each place of the chain is in a cache line of its own and names the next: no access can begin before the one before it ended.
//   2. The order is that of a linear congruential generator of full period (Hull and Dobell): one circle through all lines, which
//      no prefetcher foresees, made by writing from the front to the back.
using System.Numerics;

namespace Tulip.Load.Latency;

internal static class MemoryAccess
{
    private const int LineBytes = 64;
    private const int IntegersInLine = LineBytes / sizeof(int);
    private const long MostBytes = 1L << 30;
    private const long LeastBytes = 64L << 20;
    private const long PagesAtHand = 4L << 20;
    private const string PageRemark = "the buffer has more pages than the processor remembers: finding the page is part of it";
    private const int Samples = 500;
    private const int Steps = 10_000;
    private const int FarSteps = 1000;

    // The factor is 1 modulo 4 and the summand odd: that is the theorem's condition for a power of two.
    private const uint Factor = 1_664_525;
    private const uint Summand = 1_013_904_223;

    public static IEnumerable<Latency> Measure(MachineFacts machine)
    {
        var caches = machine.Caches;
        long[] texts = [3, 14];
        for (var level = 0; level < caches.Count; level++)
        {
            // Well inside of this cache, and well outside of the one before it.
            var bytes = level == 0 ? PowerOfTwo(caches[0] / 2) : PowerOfTwo((long)Math.Sqrt((double)caches[level - 1] * caches[level]));
            yield return Latency.Of(
                $"l{level + 1}", $"L{level + 1} cache ({Size(caches[level])}), a value in {Size(bytes)}", Follow(bytes, Steps), level < texts.Length ? texts[level] : null,
                bytes > PagesAtHand ? PageRemark : null);
        }

        var far = PowerOfTwo(Math.Clamp(caches[^1] * 4, LeastBytes, MostBytes));
        yield return Latency.Of("memory", $"main memory, a value in {Size(far)}", Follow(far, FarSteps), 250, FarRemark(far, caches[^1]));
    }

    /// <summary>A buffer whose lines are one circle.</summary>
    internal static int[] Chain(long bytes)
    {
        var lines = (uint)(bytes / LineBytes);
        var next = new int[lines * IntegersInLine];
        for (uint line = 0; line < lines; line++)
            next[line * IntegersInLine] = (int)((line * Factor + Summand & (lines - 1)) * IntegersInLine);
        return next;
    }

    private static Timings Follow(long bytes, int steps)
    {
        var next = Chain(bytes);
        var at = 0;
        var timings = Timings.Of(Samples, steps, count => at = EightByEight(next, at, count));
        GC.KeepAlive(at);
        return timings;
    }

    private static int EightByEight(int[] next, int at, int count)
    {
        for (; count > 0; count -= 8)
        {
            at = next[next[next[next[at]]]];
            at = next[next[next[next[at]]]];
        }

        return at;
    }

    private static string FarRemark(long bytes, long cache)
        => bytes < cache * 4 ? $"the same; and {100 * cache / bytes} % of the buffer may be in the cache before" : PageRemark;

    private static long PowerOfTwo(long atMost) => 1L << BitOperations.Log2((ulong)atMost);

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes >> 30} GiB",
        >= 1L << 20 => $"{bytes >> 20} MiB",
        _ => $"{bytes >> 10} KiB",
    };
}
