using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

/// <summary>The names by which the program knows the futures that it gave to a function that gives them back.</summary>
internal sealed class FutureLabels
{
    private readonly Dictionary<Future, string> _labels = [];

    /// <summary>Makes awaitables, leaving out what is unbound, and notes what the futures among them are called.</summary>
    public IReadOnlyList<IAwaitable<object?>> Make(Runtime run, JsonElement.ArrayEnumerator specs)
    {
        var made = new List<IAwaitable<object?>>();
        foreach (var spec in specs)
        {
            if (run.MakeAwaitable(spec) is not { } awaitable)
                continue;

            made.Add(awaitable);
            if (awaitable is Future future)
                _labels.TryAdd(future, spec.TextOrNull("var") ?? spec.TextOrNull("as") ?? "future");
        }

        return made;
    }

    public string Of(Future future) => _labels.GetValueOrDefault(future) ?? (future is IAsyncTask task ? Show.TaskName(task) : "future");
}
