namespace Tulip;

public static partial class Aio
{
    /// <summary>Who awaits whom, from a future or task outwards (<c>asyncio.capture_call_graph</c>).</summary>
    /// <remarks>
    /// <para>Nothing is recorded for it while a program runs; the graph is found out now, and is a picture of this moment.</para>
    /// <para>Places in the source come from the programs' symbols. Where there are none, the names remain. Of
    /// methods that run, as opposed to those that wait, optimised code may tell the line of a statement nearby, or leave out what was inlined.</para>
    /// </remarks>
    /// <param name="future">What to begin with; null for the current task.</param>
    /// <param name="depth">If that is the current task, where its calls begin: 1 at the code that calls this, 2 at its caller, and so on.</param>
    /// <param name="limit">How many calls of each task to keep: if positive the outermost, if negative the innermost, 0 for none; null for all.</param>
    /// <returns>Null if no future is given and no task is running.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The future's loop runs on another thread, or no future is given and no loop runs on this one.</exception>
    public static FutureCallGraph? CaptureCallGraph(Future? future = null, int depth = 1, int? limit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        future ??= CurrentTask() as Future;
        if (future is null)
            return null;

        future.Loop.CheckThread();
        return new CallGraphBuilder(limit).Build(future, depth);
    }

    /// <summary>The call graph as text (<c>asyncio.format_call_graph</c>); empty if no future is given and no task is running.</summary>
    /// <inheritdoc cref="CaptureCallGraph"/>
    /// <returns>Lines with a line feed between them.</returns>
    public static string FormatCallGraph(Future? future = null, int depth = 1, int? limit = null)
        => CaptureCallGraph(future, depth, limit)?.ToString() ?? "";

    /// <summary>Writes the call graph (<c>asyncio.print_call_graph</c>); nothing if no future is given and no task is running.</summary>
    /// <inheritdoc cref="CaptureCallGraph"/>
    /// <param name="writer">Where to, such as <c>Console.Out</c>.</param>
    /// <param name="future">What to begin with; null for the current task.</param>
    /// <param name="depth">If that is the current task, where its calls begin: 1 at the code that calls this, 2 at its caller, and so on.</param>
    /// <param name="limit">How many calls of each task to keep: if positive the outermost, if negative the innermost, 0 for none; null for all.</param>
    public static void PrintCallGraph(TextWriter writer, Future? future = null, int depth = 1, int? limit = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (CaptureCallGraph(future, depth, limit) is { } graph)
            writer.WriteLine(graph);
    }

    /// <summary>Notes for call graphs that something awaits a future (<c>asyncio.future_add_to_awaited_by</c>).</summary>
    /// <remarks>Only for waits made by callbacks of one's own: what awaits, gathers, shields or groups is known without it.</remarks>
    /// <param name="future">What is awaited.</param>
    /// <param name="waiter">What awaits it; once, however often it is noted.</param>
    /// <exception cref="InvalidOperationException">The future's loop runs on another thread.</exception>
    public static void FutureAddToAwaitedBy(Future future, Future waiter)
    {
        ArgumentNullException.ThrowIfNull(future);
        ArgumentNullException.ThrowIfNull(waiter);
        future.Loop.CheckThread();
        Waiters.Tell(future, waiter);
    }

    /// <summary>Takes <see cref="FutureAddToAwaitedBy"/> back (<c>asyncio.future_discard_from_awaited_by</c>); nothing if it was not noted.</summary>
    /// <param name="future">What was awaited.</param>
    /// <param name="waiter">What awaited it.</param>
    /// <exception cref="InvalidOperationException">The future's loop runs on another thread.</exception>
    public static void FutureDiscardFromAwaitedBy(Future future, Future waiter)
    {
        ArgumentNullException.ThrowIfNull(future);
        ArgumentNullException.ThrowIfNull(waiter);
        future.Loop.CheckThread();
        Waiters.Withdraw(future, waiter);
    }
}
