namespace Tulip;

/// <summary>Outcomes carried between futures and .NET tasks, and from one future to another.</summary>
internal static class FutureTasks
{
    /// <summary>A .NET task with the future's outcome. Any thread.</summary>
    public static Task<T> Export<T>(Future<T> future)
    {
        var completion = new TaskCompletionSource<T>();
        var loop = future.Loop;
        if (loop.IsRunning && !ReferenceEquals(EventLoop.RunningOrNull, loop))
        {
            if (!loop.TryPost(new CallbackItem(() => CopyWhenDone(future, completion), null, null, () => Cancel(completion))))
                completion.SetException(new InvalidOperationException("The event loop is closed."));
        }
        else if (future.Done)
        {
            Copy(future, completion);
        }
        else
        {
            CopyWhenDone(future, completion);
        }

        return completion.Task;
    }

    /// <summary>Ends a pending future as the .NET task ended.</summary>
    public static void Import<T>(Task<T> task, Future<T> future)
    {
        if (future.Done)
        {
            _ = task.Exception;
            return;
        }

        if (task.IsCanceled)
            future.Cancel();
        else if (task.IsFaulted)
            future.FinishFailed(System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(task.Exception.InnerException!));
        else
            future.FinishWith(task.Result);
    }

    /// <summary>Calls back by the ready queue when the future is done.</summary>
    public static void WhenDone(Future future, Action callback)
        => future.AddCallback(new InternalCallback(future, _ => callback()));

    /// <summary>Ends a .NET task when the future is done, or when its loop is closed. Loop thread only.</summary>
    public static void CopyWhenDone<T>(Future<T> future, TaskCompletionSource<T> completion)
        => future.AddCallback(new ExportCallback<T>(future, completion));

    /// <summary>Ends a .NET task as the future ended.</summary>
    /// <remarks>Not with RunContinuationsAsynchronously: what combines tasks, such as Task.WhenAll, would then be told by
    /// the thread pool, in an order of its own, while the loop's virtual time goes on. Awaits are safe without it: where a
    /// context is current that is not theirs, .NET posts them to the context they captured, or to the pool, never in line.</remarks>
    public static void Copy<T>(Future<T> future, TaskCompletionSource<T> completion)
        => Apart((future, completion), static end => End(end.future, end.completion));

    /// <summary>Ends a .NET task that nothing else will end. Any thread.</summary>
    public static void Cancel<T>(TaskCompletionSource<T> completion)
        => Apart(completion, static completion => completion.TrySetCanceled());

    /// <summary>Ends a .NET task so that who awaits it does not go on here.</summary>
    private static void Apart<TState>(TState state, Action<TState> end)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(DirectSynchronizationContext.Instance);
        try
        {
            end(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private static void End<T>(Future<T> future, TaskCompletionSource<T> completion)
    {
        if (future.Cancelled)
        {
            completion.TrySetCanceled();
        }
        else if (future.Failure is { } failure)
        {
            failure.MarkRetrieved();
            completion.TrySetException(failure.Exception);
        }
        else
        {
            completion.TrySetResult(future.ResultUnchecked);
        }
    }
}
