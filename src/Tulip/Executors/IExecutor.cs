namespace Tulip;

/// <summary>Something that runs blocking functions away from the loop (<c>concurrent.futures.Executor</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public interface IExecutor : IDisposable
{
    /// <summary>Has the function run elsewhere (<c>submit</c>).</summary>
    /// <param name="function">What to run.</param>
    /// <param name="cancellationToken">Takes the job back if it has not started; a job that runs cannot be stopped.</param>
    /// <returns>A task that ends with the function's result or exception.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
    Task<T> Submit<T>(Func<T> function, CancellationToken cancellationToken = default);

    /// <summary>Has the function called elsewhere with its arguments (<c>submit</c>).</summary>
    /// <param name="call">What to call.</param>
    /// <param name="cancellationToken">Takes the job back if it has not started; a job that runs cannot be stopped.</param>
    /// <returns>A task that ends with the function's result or exception.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
    /// <exception cref="ArgumentException">The executor runs jobs in other processes, and the function or an argument
    /// cannot be sent there.</exception>
    Task<T> Submit<T>(ExecutorCall<T> call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Submit(call.Invoke, cancellationToken);
    }

    /// <summary>Accepts no more jobs (<c>shutdown</c>).</summary>
    /// <param name="wait">Whether to return only when all accepted jobs have ended.</param>
    /// <param name="cancelPending">Whether to cancel the jobs that have not started.</param>
    void Shutdown(bool wait = true, bool cancelPending = false);
}
