namespace Tulip;

public static partial class Aio
{
    /// <summary>The tasks of a loop that are not done, each below the one that awaits it, with their calls (<c>python -m asyncio pstree</c>).</summary>
    /// <remarks>To have it of a loop that runs on another thread, <c>loop.CallSoonThreadsafe(() =&gt; Aio.PrintTaskTree(Console.Out))</c>;
    /// of a process that runs already, the same in a signal handler.</remarks>
    /// <param name="loop">The loop; null for the running one.</param>
    /// <returns>Lines with a line feed between them; if tasks wait for each other in a circle, that they do, and the circles.</returns>
    /// <exception cref="InvalidOperationException">The loop runs on another thread, or none is given and none runs on this one.</exception>
    public static string FormatTaskTree(EventLoop? loop = null) => TaskTreeText.Format(new TaskSnapshot(loop ?? GetRunningLoop()));

    /// <summary>Writes <see cref="FormatTaskTree"/>.</summary>
    /// <param name="writer">Where to, such as <c>Console.Out</c>.</param>
    /// <param name="loop">The loop; null for the running one.</param>
    /// <exception cref="InvalidOperationException">The loop runs on another thread, or none is given and none runs on this one.</exception>
    public static void PrintTaskTree(TextWriter writer, EventLoop? loop = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine(FormatTaskTree(loop));
    }

    /// <summary>The tasks of a loop that are not done, a line for each and each that awaits it (<c>python -m asyncio ps</c>).</summary>
    /// <inheritdoc cref="FormatTaskTree"/>
    /// <returns>Lines with a line feed between them, the first two a heading.</returns>
    public static string FormatTaskTable(EventLoop? loop = null) => TaskTableText.Format(new TaskSnapshot(loop ?? GetRunningLoop()));

    /// <summary>Writes <see cref="FormatTaskTable"/>.</summary>
    /// <param name="writer">Where to, such as <c>Console.Out</c>.</param>
    /// <param name="loop">The loop; null for the running one.</param>
    /// <exception cref="InvalidOperationException">The loop runs on another thread, or none is given and none runs on this one.</exception>
    public static void PrintTaskTable(TextWriter writer, EventLoop? loop = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine(FormatTaskTable(loop));
    }
}
