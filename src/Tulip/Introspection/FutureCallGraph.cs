namespace Tulip;

/// <summary>A future, the calls that it stands in, and who awaits it (asyncio's <c>FutureCallGraph</c>).</summary>
/// <remarks>
/// A picture of the moment at which it was taken. It has no cycles: where one closes, <see cref="IsCycle"/> says so.
/// <threadsafety>Any thread, but for <see cref="Future"/>.</threadsafety>
/// </remarks>
public sealed class FutureCallGraph
{
    private readonly List<FutureCallGraph> _awaitedBy = [];

    internal FutureCallGraph(Future future, IReadOnlyList<FrameCallGraphEntry> callStack, bool isCycle)
    {
        Future = future;
        CallStack = callStack;
        IsCycle = isCycle;
    }

    /// <summary>The future or task.</summary>
    public Future Future { get; }

    /// <summary>The calls of a task, the innermost first; empty for a future that is no task, and for what is done.</summary>
    public IReadOnlyList<FrameCallGraphEntry> CallStack { get; }

    /// <summary>The tasks that wait for it.</summary>
    public IReadOnlyList<FutureCallGraph> AwaitedBy => _awaitedBy;

    /// <summary>True where a circle closes, of tasks that wait for each other: the future is described further up already,
    /// and here it has neither calls nor anybody who awaits it.</summary>
    public bool IsCycle { get; }

    /// <summary>The graph as text: see <see cref="Aio.FormatCallGraph"/>.</summary>
    public override string ToString() => CallGraphText.Format(this);

    internal void Add(FutureCallGraph awaiting) => _awaitedBy.Add(awaiting);
}
