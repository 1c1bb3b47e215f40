namespace Tulip;

/// <summary><c>run_in_executor(executor, function, *arguments)</c>.</summary>
/// <remarks>With arguments given apart from the function, the call is the same for every executor: a
/// <see cref="ProcessPoolExecutor"/> could not run a lambda that captures them.
/// <threadsafety>The loop's thread.</threadsafety></remarks>
public static class EventLoopCalls
{
    extension(EventLoop loop)
    {
        /// <summary>Calls a blocking function with its arguments away from the loop (<c>run_in_executor</c>). It starts at the call.</summary>
        /// <remarks>
        /// Cancelling the future takes the job back if it has not started. A function that runs cannot be stopped; its
        /// result is then dropped.
        /// </remarks>
        /// <param name="executor">Where to run it; null for the loop's default, a <see cref="ThreadPoolExecutor"/>.</param>
        /// <param name="call">The function and its arguments; it must not touch the loop.</param>
        /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
        /// <exception cref="ArgumentException">The executor runs jobs in other processes, and the function or an argument
        /// cannot be sent there.</exception>
        public Future<T> RunInExecutor<T>(IExecutor? executor, ExecutorCall<T> call)
        {
            ArgumentNullException.ThrowIfNull(call);
            loop.CheckCanSchedule();
            return ExecutorJob.Start(loop, executor ?? loop.Executors.GetOrCreate(), call);
        }

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor?, ExecutorCall{T})"/>
        public Future<TResult> RunInExecutor<T1, TResult>(IExecutor? executor, Func<T1, TResult> function, T1 first)
            => loop.RunInExecutor(executor, ExecutorCall.Of(function, first));

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor?, ExecutorCall{T})"/>
        public Future<TResult> RunInExecutor<T1, T2, TResult>(IExecutor? executor, Func<T1, T2, TResult> function, T1 first, T2 second)
            => loop.RunInExecutor(executor, ExecutorCall.Of(function, first, second));

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor?, ExecutorCall{T})"/>
        public Future<TResult> RunInExecutor<T1, T2, T3, TResult>(
            IExecutor? executor, Func<T1, T2, T3, TResult> function, T1 first, T2 second, T3 third)
            => loop.RunInExecutor(executor, ExecutorCall.Of(function, first, second, third));

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor?, ExecutorCall{T})"/>
        public Future<TResult> RunInExecutor<T1, T2, T3, T4, TResult>(
            IExecutor? executor, Func<T1, T2, T3, T4, TResult> function, T1 first, T2 second, T3 third, T4 fourth)
            => loop.RunInExecutor(executor, ExecutorCall.Of(function, first, second, third, fourth));

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor?, ExecutorCall{T})"/>
        public Future<Unit> RunInExecutor<T1>(IExecutor? executor, Action<T1> action, T1 first)
            => loop.RunInExecutor(executor, ExecutorCall.Of(action, first));

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor?, ExecutorCall{T})"/>
        public Future<Unit> RunInExecutor<T1, T2>(IExecutor? executor, Action<T1, T2> action, T1 first, T2 second)
            => loop.RunInExecutor(executor, ExecutorCall.Of(action, first, second));
    }
}
