namespace Tulip;

/// <summary>Jobs in executors, seen from the loop: a future here, a .NET task there.</summary>
internal static class ExecutorJob
{
    public static Future<T> Start<T>(EventLoop loop, IExecutor executor, Func<T> function)
        => Start(loop, takeBack => executor.Submit(function, takeBack));

    public static Future<T> Start<T>(EventLoop loop, IExecutor executor, ExecutorCall<T> call)
        => Start(loop, takeBack => executor.Submit(call, takeBack));

    private static Future<T> Start<T>(EventLoop loop, Func<CancellationToken, Task<T>> submit)
    {
        var takeBack = new CancellationTokenSource();
        var job = submit(takeBack.Token);
        var future = Watch(loop, job, holdTime: true);
        future.AddCallback(new InternalCallback(future, done =>
        {
            if (done.Cancelled)
                takeBack.Cancel();
        }));
        return future;
    }

    /// <summary>A future that ends as a .NET task ends. Cancelling it leaves the task alone.</summary>
    /// <param name="loop">The future's loop.</param>
    /// <param name="task">The .NET task.</param>
    /// <param name="holdTime">Whether virtual time stands still until the task has ended.</param>
    public static Future<T> Watch<T>(EventLoop loop, Task<T> task, bool holdTime)
    {
        var future = new Future<T>(loop);
        Count(loop, holdTime, 1);
        var counted = true;
        if (!holdTime)
        {
            // Nobody waits for it any more once the future is cancelled, and it may never end.
            future.AddCallback(new InternalCallback(future, _ => Uncount()));
        }

        task.ContinueWith(
            ended => loop.TryPost((Action)(() =>
            {
                Uncount();
                FutureTasks.Import(ended, future);
            })),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return future;

        void Uncount()
        {
            if (counted)
                Count(loop, holdTime, -1);
            counted = false;
        }
    }

    public static async Coroutine ShutdownDefault(EventLoop loop, TimeSpan timeout)
    {
        if (loop.Executors.BeginShutdown() is not { } executor)
            return;

        executor.Shutdown(wait: false);
        using var waiter = new ThreadPoolExecutor(1, "executor-shutdown");
        var ended = await loop.RunInExecutor(waiter, () => executor.Join(timeout));
        if (!ended)
        {
            loop.CallExceptionHandler(new LoopErrorContext(
                $"The executor did not finish joining its threads within {timeout.TotalSeconds} seconds"));
        }
    }

    private static void Count(EventLoop loop, bool holdTime, int change)
    {
        if (holdTime)
            loop.Idle.OutstandingJobs += change;
        else
            loop.Idle.ForeignWaits += change;
    }
}
