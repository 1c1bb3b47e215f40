namespace Tulip.Load.Latency;

/// <summary>How long something takes: a line of the table.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="What">What it is.</param>
/// <param name="MedianNanoseconds">The median of the samples; null if it could not be measured.</param>
/// <param name="BestNanoseconds">The best sample.</param>
/// <param name="TextCycles">Processor cycles that the texts give for it; null if they do not name it.</param>
/// <param name="Remark">What to know about the figure, or why there is none.</param>
internal sealed record Latency(string Name, string What, double? MedianNanoseconds, double? BestNanoseconds, long? TextCycles, string? Remark)
{
    public static Latency Of(string name, string what, Timings timings, long? textCycles = null, string? remark = null)
        => new(name, what, timings.Median, timings.Best, textCycles, remark);

    public static Latency Missing(string name, string what, string why, long? textCycles = null)
        => new(name, what, null, null, textCycles, why);
}
