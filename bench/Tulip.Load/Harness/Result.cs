using System.Globalization;
using System.Text.Json.Nodes;

namespace Tulip.Load.Harness;

/// <summary>The line that is printed.</summary>
internal sealed record Result(string Bench, string Peer, long N, int Rounds, Sample Median, Sample Best, bool CountsMemory)
{
    public static Result Of(Benchmark benchmark, string peer, long n, IReadOnlyList<Sample> samples)
        => new(benchmark.Name, peer, n, samples.Count, Reduce(samples, Middle), Reduce(samples, values => values.Min()), benchmark.CountsMemory);

    public string ToJson()
    {
        var line = new JsonObject
        {
            ["bench"] = Bench,
            ["peer"] = Peer,
            ["n"] = N,
            ["rounds"] = Rounds,
            ["seconds"] = Rounded(Median.Seconds, 6),
            ["per_op_ns"] = PerOperation(Median.Seconds * 1e9, 2),
            ["cpu_per_op_ns"] = PerOperation(Median.CpuSeconds * 1e9, 2),
            ["best_cpu_per_op_ns"] = PerOperation(Best.CpuSeconds * 1e9, 2),
            ["allocated_bytes_per_op"] = PerOperation(Median.AllocatedBytes, 3),
            ["peak_rss_kb"] = ProcessMemory.PeakKilobytes(),
        };
        if (CountsMemory)
            line["bytes_per_task"] = PerOperation(Median.ResidentBytes, 1);
        return line.ToJsonString();
    }

    private static Sample Reduce(IReadOnlyList<Sample> samples, Func<IEnumerable<double>, double> how)
        => new(
            how(samples.Select(s => s.Seconds)),
            how(samples.Select(s => s.CpuSeconds)),
            (long)how(samples.Select(s => (double)s.AllocatedBytes)),
            (long)how(samples.Select(s => (double)s.ResidentBytes)));

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private JsonNode PerOperation(double total, int digits) => Rounded(total / N, digits);

    // A decimal is written as it is: 0.000012, not 1.2E-05.
    private static JsonNode Rounded(double value, int digits)
        => JsonValue.Create(decimal.Parse(value.ToString("F" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
}
