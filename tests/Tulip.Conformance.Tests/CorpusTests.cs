// The committed sample of programs, whose traces CPython's asyncio recorded: Tulip's must be the same, line for line.
using Tulip.Conformance.Commands;

namespace Tulip.Conformance.Tests;

public class CorpusTests
{
    private const int ShownDifferences = 10;

    public static TheoryData<string> Samples => [.. CorpusReader.EmbeddedNames];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Traces_are_those_of_CPython(string sample)
    {
        var report = Replay.Run(CorpusReader.ReadEmbedded(sample));

        Assert.True(
            report.Differences.Count == 0,
            $"{report.Differences.Count} of {sample} differ (- CPython, + Tulip):\n"
            + string.Join('\n', report.Differences.Take(ShownDifferences)));
        Assert.Empty(report.Unsupported);
        Assert.NotEqual(0, report.Identical);
    }
}
