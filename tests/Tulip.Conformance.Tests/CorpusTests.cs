// The committed sample of programs, whose traces CPython's asyncio recorded: Tulip's must be the same, line for line.
using System.Text.Json;
using Tulip.Conformance.Commands;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Tests;

public class CorpusTests
{
    private const int ShownDifferences = 10;
    private const int ProgramsOfEachMotif = 30;

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

    [Theory]
    [MemberData(nameof(Samples))]
    public void Traces_of_a_loop_inside_a_host_are_those_of_CPython(string sample)
    {
        var report = Replay.Run(CorpusReader.ReadEmbedded(sample), HostedDrive.Run);

        Assert.True(
            report.Differences.Count == 0,
            $"{report.Differences.Count} of {sample} differ (- CPython, + Tulip in a host):\n"
            + string.Join('\n', report.Differences.Take(ShownDifferences)));
        Assert.NotEqual(0, report.Identical);
    }

    [Fact]
    public void Traces_of_the_oracles_corpus_in_a_host_are_those_of_CPython()
    {
        var oracle = Environment.GetEnvironmentVariable("TULIP_ORACLE");
        Assert.SkipWhen(string.IsNullOrEmpty(oracle), "TULIP_ORACLE names no oracle: its whole corpus is replayed in a host only on demand.");
        var files = Directory.GetFiles(Path.Combine(oracle!, "corpus"), "*.jsonl.gz");
        Assert.NotEmpty(files);
        foreach (var file in files.Order())
        {
            using var stream = File.OpenRead(file);
            var report = Replay.Run(CorpusReader.Read(stream, file), HostedDrive.Run);
            TestContext.Current.SendDiagnosticMessage("{0} in a host: {1} identical, {2} different, {3} unsupported",
                Path.GetFileName(file), report.Identical, report.Differences.Count, report.Unsupported.Values.Sum());
            Assert.True(report.Differences.Count == 0, string.Join('\n', report.Differences.Take(ShownDifferences)));
            Assert.Empty(report.Unsupported);
            Assert.NotEqual(0, report.Identical);
        }
    }

    [Fact]
    public void The_sample_has_a_thousand_programs_and_many_for_each_motif()
    {
        var programs = AllPrograms();
        var motifs = programs
            .SelectMany(program => program.GetProperty("motifs").EnumerateArray().Select(motif => motif.GetString()!).Distinct())
            .CountBy(motif => motif)
            .ToList();

        Assert.InRange(programs.Count, 1000, int.MaxValue);
        Assert.Equal(33, motifs.Count);
        Assert.All(motifs, motif => Assert.InRange(motif.Value, ProgramsOfEachMotif, int.MaxValue));
    }

    [Fact]
    public void The_sample_uses_every_statement_of_the_language()
    {
        var language = Vocabulary.Default;
        IEnumerable<string> statements = [.. language.PlainStatements.Keys, .. language.WaitingStatements.Keys, .. language.Blocks.Keys];

        Assert.Empty(statements.Except(AllPrograms().SelectMany(Statements)));
    }

    private static List<JsonElement> AllPrograms()
        => [.. CorpusReader.EmbeddedNames.SelectMany(CorpusReader.ReadEmbedded).Select(record => record.Program)];

    private static IEnumerable<string> Statements(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Statements),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field =>
            field is { Name: "op", Value.ValueKind: JsonValueKind.String } ? [field.Value.GetString()!] : Statements(field.Value)),
        _ => [],
    };
}
