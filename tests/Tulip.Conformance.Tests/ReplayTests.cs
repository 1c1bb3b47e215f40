// The comparison itself: it must not call different traces identical, nor hide what it did not run.
using System.Text.Json;
using Tulip.Conformance.Commands;

namespace Tulip.Conformance.Tests;

public class ReplayTests
{
    private const string Program = """{"id":"p","objects":{},"funcs":{},"main":[{"op":"sleep","id":1,"ms":20}]}""";
    private static readonly string[] s_trace = ["0 main > main", "20 main sleep#1 =null", "20 main < =null", "20 loop shutdown []", "20 loop end"];

    [Fact]
    public void The_same_trace_is_identical() => Assert.Equal(1, Replay.Run([Record(Program, s_trace)]).Identical);

    [Fact]
    public void A_line_that_differs_is_shown_with_the_lines_before_it()
    {
        var report = Replay.Run([Record(Program, ["0 main > main", "21 main sleep#1 =null"])]);

        Assert.Equal(0, report.Identical);
        Assert.Equal(
            "p: line 2 differs\n      0 main > main\n    - 21 main sleep#1 =null\n    + 20 main sleep#1 =null",
            Assert.Single(report.Differences));
    }

    [Fact]
    public void A_trace_that_goes_on_differs()
    {
        var report = Replay.Run([Record(Program, s_trace[..^1])]);

        Assert.EndsWith("    - (end of the trace)\n    + 20 loop end", Assert.Single(report.Differences));
    }

    [Fact]
    public void A_trace_that_ends_early_differs()
    {
        var report = Replay.Run([Record(Program, [.. s_trace, "20 loop more"])]);

        Assert.EndsWith("    - 20 loop more\n    + (end of the trace)", Assert.Single(report.Differences));
    }

    [Fact]
    public void What_is_not_supported_is_counted_by_name()
    {
        var report = Replay.Run([Record(Program.Replace("sleep", "levitate"), s_trace)]);

        Assert.Equal(0, report.Identical);
        Assert.Equal(new KeyValuePair<string, int>("levitate", 1), Assert.Single(report.Unsupported));
    }

    private static CorpusRecord Record(string program, string[] trace) => new(JsonSerializer.Deserialize<JsonElement>(program), trace);
}
