// TaskSnapshot: the tasks of a loop at one moment, their calls, and who awaits whom.
// Thread: the loop's.
namespace Tulip;

internal sealed class TaskSnapshot
{
    private readonly StackReader _reader = new();
    private readonly Dictionary<Future, List<FrameCallGraphEntry>> _stacks = new(ReferenceEqualityComparer.Instance);

    public TaskSnapshot(EventLoop loop)
    {
        loop.CheckThread();
        Tasks = [.. TaskRegistry.Of(loop).Snapshot().Cast<Future>()];
        foreach (var task in Tasks)
        {
            foreach (var waiter in Waiters.Of(task))
                Awaits.Add((waiter, task));
        }
    }

    /// <summary>In the order of their creation.</summary>
    public IReadOnlyList<Future> Tasks { get; }

    /// <summary>In the order of the tasks that are awaited.</summary>
    public List<(Future Waiter, Future Awaited)> Awaits { get; } = [];

    /// <summary>The coroutines, the innermost first; nothing for a future that is no task.</summary>
    public List<FrameCallGraphEntry> StackOf(Future future)
    {
        if (!_stacks.TryGetValue(future, out var stack))
            _stacks.Add(future, stack = future is IAsyncTask task ? _reader.ReadCoroutines(task) : []);
        return stack;
    }

    public static string NameOf(Future future) => future is IAsyncTask task ? task.Name : $"Future({CallGraphText.Id(future)})";

    /// <summary>Circles of futures that await each other, each from one of them to the same one.</summary>
    public List<List<Future>> FindCycles()
    {
        var cycles = new List<List<Future>>();
        var awaitedBy = Awaits.ToLookup(static edge => edge.Waiter, static edge => edge.Awaited, ReferenceEqualityComparer.Instance as IEqualityComparer<Future>);
        var places = new Dictionary<Future, int>(ReferenceEqualityComparer.Instance);
        var path = new List<Future>();
        var open = new Stack<Queue<Future>>();
        foreach (var root in Awaits.Select(static edge => edge.Waiter))
        {
            if (!places.ContainsKey(root))
                Enter(root);
            while (open.TryPeek(out var children))
            {
                if (!children.TryDequeue(out var child))
                {
                    // Left: it stays known, but is on the path no more.
                    open.Pop();
                    places[path[^1]] = -1;
                    path.RemoveAt(path.Count - 1);
                }
                else if (!places.TryGetValue(child, out var place))
                {
                    Enter(child);
                }
                else if (place >= 0)
                {
                    cycles.Add([.. path[place..], child]);
                }
            }
        }

        return cycles;

        void Enter(Future future)
        {
            places[future] = path.Count;
            path.Add(future);
            open.Push(new Queue<Future>(awaitedBy[future]));
        }
    }
}
