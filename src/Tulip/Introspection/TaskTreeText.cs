using System.Globalization;
using System.Text;

namespace Tulip;

/// <summary>A loop's tasks as a tree, in the form of <c>python -m asyncio pstree</c>.</summary>
internal static class TaskTreeText
{
    private sealed class Node(string label)
    {
        private Dictionary<string, Node>? _calls;

        public string Label { get; } = label;

        public List<Node> Children { get; } = [];

        public bool HasParent { get; private set; }

        /// <summary>The node of a call below this one; the same for the same call.</summary>
        public Node Call(FrameCallGraphEntry entry)
        {
            var label = entry.File is null ? entry.Method : $"{entry.Method} {Path.GetFileName(entry.File)}:{entry.Line}";
            if ((_calls ??= []).TryGetValue(label, out var call))
                return call;

            _calls.Add(label, call = new Node(" " + label));
            Children.Add(call);
            return call;
        }

        public void Adopt(Node child)
        {
            child.HasParent = true;
            if (!Children.Contains(child))
                Children.Add(child);
        }
    }

    public static string Format(TaskSnapshot snapshot)
    {
        if (snapshot.FindCycles() is { Count: > 0 } cycles)
            return FormatCycles(cycles);

        var text = new StringBuilder();
        foreach (var root in Build(snapshot))
            Append(text, root);
        return text.ToString();
    }

    private static string FormatCycles(List<List<Future>> cycles)
    {
        var text = new StringBuilder("ERROR: await-graph contains cycles - cannot print a tree!\n");
        foreach (var cycle in cycles)
            text.Append("\ncycle: ").AppendJoin(" → ", cycle.Select(TaskSnapshot.NameOf));
        return text.ToString();
    }

    private static IEnumerable<Node> Build(TaskSnapshot snapshot)
    {
        var nodes = new Dictionary<Future, Node>(ReferenceEqualityComparer.Instance);
        var all = new List<Node>();
        foreach (var task in snapshot.Tasks)
            NodeOf(task);

        var waiting = new HashSet<Future>(ReferenceEqualityComparer.Instance);
        foreach (var (waiter, awaited) in snapshot.Awaits)
        {
            waiting.Add(waiter);
            Innermost(waiter).Adopt(NodeOf(awaited));
        }

        foreach (var task in snapshot.Tasks.Where(task => !waiting.Contains(task)))
            Innermost(task);
        return all.Where(static node => !node.HasParent);

        Node NodeOf(Future future)
        {
            if (nodes.TryGetValue(future, out var node))
                return node;

            nodes.Add(future, node = new Node("(T) " + TaskSnapshot.NameOf(future)));
            all.Add(node);
            return node;
        }

        Node Innermost(Future future)
        {
            var node = NodeOf(future);
            var stack = snapshot.StackOf(future);
            for (var i = stack.Count - 1; i >= 0; i--)
                node = node.Call(stack[i]);
            return node;
        }
    }

    // A node that two others await is drawn below both, as in asyncio.
    private static void Append(StringBuilder text, Node root)
    {
        var open = new Stack<(Node Node, string Prefix, bool IsLast)>();
        open.Push((root, "", true));
        while (open.TryPop(out var next))
        {
            if (text.Length > 0)
                text.Append('\n');
            text.Append(next.Prefix).Append(next.IsLast ? "└── " : "├── ").Append(next.Node.Label);
            var prefix = next.Prefix + (next.IsLast ? "    " : "│   ");
            for (var i = next.Node.Children.Count - 1; i >= 0; i--)
                open.Push((next.Node.Children[i], prefix, i == next.Node.Children.Count - 1));
        }
    }
}

/// <summary>A loop's tasks as a table, in the form of <c>python -m asyncio ps</c>.</summary>
internal static class TaskTableText
{
    private const int Width = 180;

    public static string Format(TaskSnapshot snapshot)
    {
        var text = new StringBuilder();
        AppendRow(text, "tid", "task id", "task name", "coroutine stack", "awaiter chain", "awaiter name", "awaiter id");
        text.Append('\n').Append('-', Width);
        var thread = Environment.CurrentManagedThreadId.ToString(CultureInfo.InvariantCulture);
        var awaitedBy = snapshot.Awaits.ToLookup(static edge => edge.Awaited, static edge => edge.Waiter);
        foreach (var task in snapshot.Tasks)
        {
            var (id, name, stack) = (CallGraphText.Id(task), TaskSnapshot.NameOf(task), Chain(snapshot, task));
            if (!awaitedBy.Contains(task))
                AppendRow(text.Append('\n'), thread, id, name, stack, "", "", "0x0");
            foreach (var waiter in awaitedBy[task])
                AppendRow(text.Append('\n'), thread, id, name, stack, Chain(snapshot, waiter), TaskSnapshot.NameOf(waiter), CallGraphText.Id(waiter));
        }

        return text.ToString();
    }

    private static string Chain(TaskSnapshot snapshot, Future future) => string.Join(" -> ", snapshot.StackOf(future).Select(static entry => entry.Method));

    private static void AppendRow(StringBuilder text, string thread, string id, string name, string stack, string chain, string waiter, string waiterId)
        => text.Append($"{thread,-10} {id,-20} {name,-20} {stack,-50} {chain,-50} {waiter,-15} {waiterId,-15}");
}
