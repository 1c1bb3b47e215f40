namespace Tulip;

/// <summary>The members of tasks for their stacks.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public static class TaskStacks
{
    extension(IAsyncTask task)
    {
        /// <summary>The calls that the task stands in, the outermost first (<c>get_stack</c>).</summary>
        /// <remarks>All of its coroutines, where asyncio can tell only the outermost one. For a task that failed, the calls
        /// that the exception went through; for one that is done otherwise, nothing.</remarks>
        /// <param name="limit">The most to give: the innermost ones of a stack, the outermost ones of a failure's; null for all.</param>
        /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
        /// <exception cref="InvalidOperationException">The task's loop runs on another thread.</exception>
        public IReadOnlyList<FrameCallGraphEntry> GetStack(int? limit = null)
        {
            if (limit is { } given)
                ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(limit));

            task.Loop.CheckThread();
            var failure = ((Future)task).Failure;
            var stack = failure is not null ? StackReader.ReadTrace(failure.Exception)
                : ReferenceEquals(EventLoop.RunningOrNull?.CurrentTask, task) ? new StackReader().ReadRunning(task, depth: 1)
                : new StackReader().ReadCoroutines(task);
            stack.Reverse();
            if (limit is not { } most || most >= stack.Count)
                return stack;
            return failure is null ? stack[^most..] : stack[..most];
        }

        /// <summary>Writes the calls that the task stands in, and for one that failed the exception (<c>print_stack</c>).</summary>
        /// <param name="writer">Where to, such as <c>Console.Error</c>.</param>
        /// <param name="limit">As for <c>GetStack</c>.</param>
        /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
        /// <exception cref="InvalidOperationException">The task's loop runs on another thread.</exception>
        public void PrintStack(TextWriter writer, int? limit = null)
        {
            ArgumentNullException.ThrowIfNull(writer);
            var stack = task.GetStack(limit);
            var failure = ((Future)task).Failure?.Exception;
            if (stack.Count == 0 && failure is null)
                writer.WriteLine($"No stack for {task}");
            else
                writer.WriteLine($"{(failure is null ? "Stack" : "Traceback")} for {task} (most recent call last):");

            foreach (var entry in stack)
                writer.WriteLine($"  {entry}");
            if (failure is not null)
                writer.WriteLine($"{failure.GetType().Name}: {failure.Message}");
        }
    }
}
