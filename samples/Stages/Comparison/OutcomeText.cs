using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Stages;

/// <summary>Outcomes as text: at length, and as a row of a table.</summary>
internal static partial class OutcomeText
{
    public static string Header { get; } = Row("way", "the caller", "stage known", "in hand", "the loop's handler", "trace leads to");

    public static IEnumerable<string> Describe(Way way, Outcome outcome)
    {
        yield return $"{way.Name}: {way.Description}";
        yield return $"  the caller:          {Caller(outcome)}";
        yield return $"  the stages' code:    {Stages(outcome)}";
        yield return $"  the loop's handler:  {Handler(outcome)}";
        if (outcome.Failure is { } failure)
            yield return $"  the trace:           {string.Join(" < ", Trace(failure))}";
    }

    public static string Row(Way way, Outcome outcome)
    {
        var report = outcome.Reports.FirstOrDefault();
        return Row(
            way.Name,
            outcome.GaveUp ? "heard nothing" : outcome.Thrown is null ? "has the result" : "caught it",
            outcome.Failure is null ? "-" : report is null ? "no" : "yes",
            report is null ? "-" : report.InHand.Count.ToString(CultureInfo.InvariantCulture),
            outcome.LoopHeard.Count == 0 ? "-" : "has it",
            outcome.Failure is { } failure ? Trace(failure)[^1] : "-");
    }

    private static string Row(params string[] cells) =>
        $"{cells[0],-10} {cells[1],-14} {cells[2],-12} {cells[3],-8} {cells[4],-19} {cells[5]}".TrimEnd();

    private static string Caller(Outcome outcome) => outcome switch
    {
        { Result: { } result } => $"'{result}' after {Seconds(outcome)} s",
        { Thrown: { } thrown } => $"{Brief(thrown)}, after {Seconds(outcome)} s",
        _ => $"hears nothing; gave up after {Seconds(outcome)} s",
    };

    private static string Stages(Outcome outcome) => outcome.Reports switch
    {
        [] when outcome.Failure is null => "nothing to report",
        [] => "cannot report it",
        [{ InHand: [] } report, ..] => $"stage {report.Stage} failed",
        [var report, ..] => $"stage {report.Stage} failed, in hand: {string.Join(", ", report.InHand.Select(value => $"'{value}'"))}",
    };

    private static string Handler(Outcome outcome) =>
        outcome.LoopHeard.Count == 0 ? "hears nothing" : string.Join("; ", outcome.LoopHeard.Select(Brief));

    private static string Brief(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";

    private static string Seconds(Outcome outcome) => outcome.Elapsed.ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>The methods of this program that the failure came through, from where it was thrown.</summary>
    private static IReadOnlyList<string> Trace(Exception failure) =>
    [
        .. new StackTrace(failure).GetFrames()
            .Select(frame => frame.GetMethod())
            .Where(method => method?.DeclaringType?.Assembly == typeof(OutcomeText).Assembly)
            .Select(method => SourceName(method!.DeclaringType!.Name, method.Name))
            .Distinct(),
    ];

    // The compiler calls a coroutine's body <Name>d__1.MoveNext and a lambda's <Name>b__1.
    private static string SourceName(string type, string method)
    {
        var generated = Generated().Match(method is "MoveNext" ? type : method);
        return !generated.Success ? method : method.Contains("b__", StringComparison.Ordinal) ? $"a lambda of {generated.Groups[1]}" : generated.Groups[1].Value;
    }

    [GeneratedRegex("^<(\\w+)>")]
    private static partial Regex Generated();
}
