// How values, futures and tasks look in a trace.
using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tulip.Conformance.Interpreter;

/// <summary>An outcome that is shown without quotes.</summary>
internal sealed record Raw(string Text)
{
    public static readonly Raw Unbound = new("unbound");
}

internal static partial class Show
{
    public static string Value(object? value) => value switch
    {
        null => "null",
        Raw raw => raw.Text,
        bool flag => flag ? "true" : "false",
        string text => Json.Quote(text),
        Exception exception => "!" + Errors.Show(exception),
        Settled<object?> settled => settled.Exception is { } exception ? Value(exception) : Value(settled.Result),
        IEnumerable list => $"[{string.Join(',', list.Cast<object?>().Select(Value))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"Not a value of the language: {value}"),
    };

    /// <summary>A future's state; an exception counts as seen.</summary>
    public static string State(Future future)
    {
        if (!future.Done)
            return "pending";
        if (future.Cancelled)
            return "cancelled";
        return future.Exception() is { } exception ? "!" + Errors.Show(exception) : "=" + Value(Awaitables.Result(future));
    }

    /// <summary>A task's name; the library's own numbering is hidden.</summary>
    public static string TaskName(IAsyncTask task) => AutomaticName().IsMatch(task.Name) ? "Task-?" : task.Name;

    public static string TaskNames(IEnumerable<IAsyncTask> tasks) => $"[{string.Join(',', tasks.Select(TaskName))}]";

    /// <summary>Named tasks by name, then the others by number.</summary>
    public static IReadOnlyList<IAsyncTask> InOrder(IEnumerable<IAsyncTask> tasks) =>
    [
        .. tasks
            .Select(task => (Task: task, Match: AutomaticName().Match(task.Name)))
            .OrderBy(pair => pair.Match.Success)
            .ThenBy(pair => pair.Match.Success ? long.Parse(pair.Match.Groups[1].Value, CultureInfo.InvariantCulture) : 0)
            .ThenBy(pair => pair.Task.Name, StringComparer.Ordinal)
            .Select(pair => pair.Task),
    ];

    [GeneratedRegex(@"^Task-([0-9]+)\z")]
    private static partial Regex AutomaticName();
}
