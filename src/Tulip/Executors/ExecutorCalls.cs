namespace Tulip;

/// <summary><c>submit(function, *arguments)</c> for every executor.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class ExecutorCalls
{
    extension(IExecutor executor)
    {
        /// <summary>Has the function called elsewhere with these arguments (<c>submit</c>).</summary>
        /// <remarks>The function's parameters have exactly the arguments' types: write <c>1000L</c> for a <c>long</c>.</remarks>
        /// <inheritdoc cref="IExecutor.Submit{T}(ExecutorCall{T}, CancellationToken)"/>
        public Task<TResult> Submit<T1, TResult>(Func<T1, TResult> function, T1 first, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(function, first), cancellationToken);

        /// <inheritdoc cref="Submit{T1, TResult}(IExecutor, Func{T1, TResult}, T1, CancellationToken)"/>
        public Task<TResult> Submit<T1, T2, TResult>(
            Func<T1, T2, TResult> function, T1 first, T2 second, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(function, first, second), cancellationToken);

        /// <inheritdoc cref="Submit{T1, TResult}(IExecutor, Func{T1, TResult}, T1, CancellationToken)"/>
        public Task<TResult> Submit<T1, T2, T3, TResult>(
            Func<T1, T2, T3, TResult> function, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(function, first, second, third), cancellationToken);

        /// <inheritdoc cref="Submit{T1, TResult}(IExecutor, Func{T1, TResult}, T1, CancellationToken)"/>
        public Task<TResult> Submit<T1, T2, T3, T4, TResult>(
            Func<T1, T2, T3, T4, TResult> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(function, first, second, third, fourth), cancellationToken);

        /// <inheritdoc cref="Submit{T1, TResult}(IExecutor, Func{T1, TResult}, T1, CancellationToken)"/>
        public Task Submit(Action action, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(action), cancellationToken);

        /// <inheritdoc cref="Submit{T1, TResult}(IExecutor, Func{T1, TResult}, T1, CancellationToken)"/>
        public Task Submit<T1>(Action<T1> action, T1 first, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(action, first), cancellationToken);

        /// <inheritdoc cref="Submit{T1, TResult}(IExecutor, Func{T1, TResult}, T1, CancellationToken)"/>
        public Task Submit<T1, T2>(Action<T1, T2> action, T1 first, T2 second, CancellationToken cancellationToken = default)
            => executor.Submit(ExecutorCall.Of(action, first, second), cancellationToken);
    }
}
