namespace Tulip;

/// <summary>What HttpClient's code does in a task's name, cancelled with that task.</summary>
internal static class TaskCancel
{
    /// <summary>The token of the task that runs on this thread; none if there is no task.</summary>
    public static CancellationToken RunningTasksToken => (EventLoop.RunningOrNull?.CurrentTask as IAsyncTask)?.AmbientToken ?? default;

    /// <summary>Runs something that either token cancels. If it was the task's, the exception has it: by that the task knows its own cancel,
    /// also when it has cleaned up first.</summary>
    public static async Task<T> Run<TState, T>(
        TState state, CancellationToken taskToken, CancellationToken callersToken, Func<TState, CancellationToken, Task<T>> run)
    {
        if (!taskToken.CanBeCanceled)
            return await run(state, callersToken).ConfigureAwait(false);

        using var either = callersToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(callersToken, taskToken)
            : null;
        try
        {
            return await run(state, either?.Token ?? taskToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (taskToken.IsCancellationRequested && !callersToken.IsCancellationRequested)
        {
            throw new TaskCanceledException(exception.Message, exception, taskToken);
        }
    }
}
