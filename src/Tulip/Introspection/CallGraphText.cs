using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tulip;

/// <summary>Call graphs as text, in the form of asyncio's.</summary>
internal static class CallGraphText
{
    private const int Indentation = 4;

    public static string Format(FutureCallGraph graph)
    {
        var text = new StringBuilder();
        var open = new Stack<(FutureCallGraph Graph, int Level)>();
        open.Push((graph, 0));
        while (open.TryPop(out var next))
        {
            Append(text, next.Graph, new string(' ', Indentation * next.Level));
            for (var i = next.Graph.AwaitedBy.Count - 1; i >= 0; i--)
                open.Push((next.Graph.AwaitedBy[i], next.Level + 1));
        }

        return text.ToString();
    }

    /// <summary>A number that names a future: a task's is that of its creation in its loop.</summary>
    public static string Id(Future future)
        => "0x" + (future is IAsyncTask task ? task.Id : RuntimeHelpers.GetHashCode(future)).ToString("x", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, FutureCallGraph graph, string indent)
    {
        if (text.Length > 0)
            text.Append('\n');
        text.Append(indent).Append(graph.Future is IAsyncTask task ? $"* Task(name='{task.Name}', id=" : "* Future(id=").Append(Id(graph.Future)).Append(')');
        if (graph.IsCycle)
            text.Append(" (cycle)");
        if (graph.CallStack.Count > 0)
        {
            text.Append('\n').Append(indent).Append("  + Call stack:");
            foreach (var entry in graph.CallStack)
                text.Append('\n').Append(indent).Append("  |   ").Append(entry);
        }

        if (graph.AwaitedBy.Count > 0)
            text.Append('\n').Append(indent).Append("  + Awaited by:");
    }
}
