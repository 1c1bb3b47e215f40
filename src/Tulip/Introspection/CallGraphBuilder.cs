// CallGraphBuilder: one capture of a future and of all that wait for it.
// Thread: the loop's.
//   1. A future is described once, however many ways lead to it.
//   2. Chains of tasks are as long as a program makes them: nothing here calls itself.
namespace Tulip;

internal sealed class CallGraphBuilder(int? limit)
{
    private readonly StackReader _stacks = new();
    private readonly Dictionary<Future, FutureCallGraph> _graphs = new(ReferenceEqualityComparer.Instance);

    /// <summary>The graph of a future, or of the task that is running.</summary>
    public FutureCallGraph Build(Future future, int depth)
    {
        var path = new HashSet<Future>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(FutureCallGraph Graph, Queue<Future> Waiters)>();
        Open(future, ReferenceEquals(EventLoop.RunningOrNull?.CurrentTask, future) ? ReadRunning((IAsyncTask)future, depth) : Read(future));
        while (open.TryPeek(out var top))
        {
            if (!top.Waiters.TryDequeue(out var waiter))
            {
                path.Remove(top.Graph.Future);
                open.Pop();
            }
            else if (path.Contains(waiter))
            {
                top.Graph.Add(new FutureCallGraph(waiter, [], isCycle: true));
            }
            else
            {
                if (!_graphs.TryGetValue(waiter, out var graph))
                    graph = Open(waiter, Read(waiter));
                top.Graph.Add(graph);
            }
        }

        return _graphs[future];

        FutureCallGraph Open(Future opened, List<FrameCallGraphEntry> stack)
        {
            var graph = new FutureCallGraph(opened, Cut(stack), isCycle: false);
            _graphs.Add(opened, graph);
            path.Add(opened);
            open.Push((graph, new Queue<Future>(Waiters.Of(opened))));
            return graph;
        }
    }

    private List<FrameCallGraphEntry> ReadRunning(IAsyncTask task, int depth) => limit == 0 ? [] : _stacks.ReadRunning(task, depth);

    private List<FrameCallGraphEntry> Read(Future future) => limit != 0 && future is IAsyncTask task ? _stacks.ReadCoroutines(task) : [];

    private List<FrameCallGraphEntry> Cut(List<FrameCallGraphEntry> stack)
    {
        if (limit is not { } most || Math.Abs((long)most) >= stack.Count)
            return stack;
        return most > 0 ? stack[^most..] : stack[..-most];
    }
}
