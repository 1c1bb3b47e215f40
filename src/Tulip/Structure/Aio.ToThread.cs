namespace Tulip;

public static partial class Aio
{
    /// <summary>Runs a blocking function in the loop's default executor, so many at once (<c>to_thread.run_sync(…, limiter=…)</c> in anyio).</summary>
    /// <remarks>
    /// Cold, as every coroutine. It borrows a token of the limiter for the function, not for the task, and the token
    /// comes back when the function has ended: also when the wait for it was cancelled, for the function cannot be stopped
    /// and its thread is busy until then.
    /// </remarks>
    /// <param name="function">The function; it must not touch the loop. It sees a copy of the caller's <see cref="ContextVar{T}"/>s
    /// and <see cref="AsyncLocal{T}"/>s.</param>
    /// <param name="limiter">Whose tokens are borrowed.</param>
    public static Coroutine<T> ToThread<T>(Func<T> function, CapacityLimiter limiter)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(limiter);
        return Run(function, limiter);

        static async Coroutine<T> Run(Func<T> function, CapacityLimiter limiter)
            => await new LimitedJob<T>(GetRunningLoop(), function).Run(limiter);
    }

    /// <inheritdoc cref="ToThread{T}(Func{T}, CapacityLimiter)"/>
    /// <param name="action">The function; it must not touch the loop. It sees a copy of the caller's <see cref="ContextVar{T}"/>s
    /// and <see cref="AsyncLocal{T}"/>s.</param>
    /// <param name="limiter">Whose tokens are borrowed.</param>
    public static Coroutine ToThread(Action action, CapacityLimiter limiter)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Untyped(ToThread<Unit>(
            () =>
            {
                action();
                return default;
            },
            limiter));
    }
}
