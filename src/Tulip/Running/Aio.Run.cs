namespace Tulip;

public static partial class Aio
{
    /// <summary>Runs a coroutine on a new loop until it is done, ends what it left behind, closes the loop (<c>asyncio.run</c>).</summary>
    /// <remarks>
    /// A program's entry: <c>static int Main() =&gt; Aio.Run(MainAsync());</c>. At the end, tasks that are left are cancelled
    /// and awaited, and the default executor's jobs are waited for. On the program's main thread Ctrl-C cancels the
    /// coroutine; see <see cref="Runner.Run{T}(Coroutine{T}, Context?)"/>.
    /// </remarks>
    /// <param name="main">A coroutine that has not been awaited, or a function that gives one; it is called at once, before the loop runs.</param>
    /// <param name="loopFactory">Makes the loop, for example one on a <see cref="VirtualClock"/>; null for the usual one.</param>
    /// <param name="debug">Whether the loop is in debug mode (<see cref="EventLoop.Debug"/>); null for the loop's own choice.</param>
    /// <returns>The coroutine's result; its exception is thrown.</returns>
    /// <exception cref="InvalidOperationException">A loop is running on this thread.</exception>
    /// <exception cref="KeyboardInterruptException">Ctrl-C was pressed.</exception>
    public static T Run<T>(Coroutine<T> main, Func<EventLoop>? loopFactory = null, bool? debug = null)
    {
        if (CurrentLoop.Running is not null)
            throw new InvalidOperationException("Aio.Run cannot be called from a running event loop: await the coroutine there.");

        using var runner = new Runner(loopFactory, debug);
        return runner.Run(main);
    }

    /// <inheritdoc cref="Run{T}(Coroutine{T}, Func{EventLoop}?, bool?)"/>
    public static void Run(Coroutine main, Func<EventLoop>? loopFactory = null, bool? debug = null) => Run((Coroutine<Unit>)main, loopFactory, debug);

    /// <inheritdoc cref="Run{T}(Coroutine{T}, Func{EventLoop}?, bool?)"/>
    public static T Run<T>(Func<Coroutine<T>> main, Func<EventLoop>? loopFactory = null, bool? debug = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Run(main(), loopFactory, debug);
    }

    /// <inheritdoc cref="Run{T}(Coroutine{T}, Func{EventLoop}?, bool?)"/>
    public static void Run(Func<Coroutine> main, Func<EventLoop>? loopFactory = null, bool? debug = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        Run(main(), loopFactory, debug);
    }
}
