// Runs records and says where the traces part.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Commands;

internal sealed record ReplayReport(int Identical, IReadOnlyDictionary<string, int> Unsupported, IReadOnlyList<string> Differences);

internal static class Replay
{
    private const string UnsupportedPrefix = "unsupported: ";
    private const int LinesOfContext = 3;

    public static ReplayReport Run(IEnumerable<CorpusRecord> records, Func<EventLoop, Future, bool>? drive = null)
    {
        var identical = 0;
        var unsupported = new SortedDictionary<string, int>();
        var differences = new List<string>();
        foreach (var record in records)
        {
            var result = ProgramRun.Run(record.Program, drive);
            if (result.Error is { } error && error.StartsWith(UnsupportedPrefix))
            {
                var feature = error[UnsupportedPrefix.Length..];
                unsupported[feature] = unsupported.GetValueOrDefault(feature) + 1;
            }
            else if (result.Error is not null)
            {
                differences.Add($"{record.Id}: {result.Error}");
            }
            else if (Difference(record.Trace, result.Trace) is { } difference)
            {
                differences.Add($"{record.Id}: {difference}");
            }
            else
            {
                identical++;
            }
        }

        return new ReplayReport(identical, unsupported, differences);
    }

    /// <summary>The first line that differs, with those before it; null if none does.</summary>
    public static string? Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var line = 0;
        while (line < expected.Count && line < actual.Count && expected[line] == actual[line])
            line++;
        if (line == expected.Count && line == actual.Count)
            return null;

        var common = expected.Take(line).TakeLast(LinesOfContext).Select(text => $"\n      {text}");
        return $"line {line + 1} differs{string.Concat(common)}\n    - {LineOrEnd(expected, line)}\n    + {LineOrEnd(actual, line)}";
    }

    private static string LineOrEnd(IReadOnlyList<string> lines, int line) => line < lines.Count ? lines[line] : "(end of the trace)";
}
