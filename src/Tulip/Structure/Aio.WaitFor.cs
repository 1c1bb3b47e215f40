namespace Tulip;

public static partial class Aio
{
    /// <summary>Awaits something for a limited time (<c>asyncio.wait_for</c>).</summary>
    /// <remarks>
    /// A coroutine runs in the current task. When the time is over, what is awaited is cancelled, and only when it has
    /// ended does this throw. If it ends with a result in spite of the cancel, the result is given. With a timeout of
    /// zero or less a coroutine is never started.
    /// </remarks>
    /// <param name="coroutine">What to await.</param>
    /// <param name="timeout">Seconds; null for no limit.</param>
    /// <exception cref="ArgumentException">The timeout is NaN.</exception>
    /// <exception cref="TimeoutException">The time was over first.</exception>
    public static Coroutine<T> WaitFor<T>(Coroutine<T> coroutine, double? timeout)
    {
        var limit = Limit(timeout);
        return limit is 0
            ? WaitForNothing(() => EnsureFuture(coroutine))
            : RunLimited(limit, relative: true, _ => coroutine);
    }

    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, double?)"/>
    public static Coroutine WaitFor(Coroutine coroutine, double? timeout) => Untyped(WaitFor((Coroutine<Unit>)coroutine, timeout));

    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, double?)"/>
    /// <param name="future">What to await.</param>
    /// <param name="timeout">Seconds; null for no limit.</param>
    public static Coroutine<T> WaitFor<T>(Future<T> future, double? timeout)
    {
        ArgumentNullException.ThrowIfNull(future);
        var limit = Limit(timeout);
        return limit is 0
            ? WaitForNothing(() => future)
            : RunLimited(limit, relative: true, _ => Await(future));

        static async Coroutine<T> Await(Future<T> future) => await future;
    }

    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, double?)"/>
    public static Coroutine<T> WaitFor<T>(Coroutine<T> coroutine, TimeSpan timeout) => WaitFor(coroutine, timeout.TotalSeconds);

    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, double?)"/>
    public static Coroutine WaitFor(Coroutine coroutine, TimeSpan timeout) => WaitFor(coroutine, timeout.TotalSeconds);

    /// <inheritdoc cref="WaitFor{T}(Future{T}, double?)"/>
    public static Coroutine<T> WaitFor<T>(Future<T> future, TimeSpan timeout) => WaitFor(future, timeout.TotalSeconds);

    // No time at all: what is done gives its result, what is not is cancelled; a coroutine never begins.
    private static async Coroutine<T> WaitForNothing<T>(Func<Future<T>> start)
    {
        var future = start();
        if (future.Done)
            return future.Result();

        await CancelAndWait(future);
        try
        {
            return future.Result();
        }
        catch (CancelledException exception)
        {
            throw TimedOut(exception);
        }
    }

    private static async Coroutine CancelAndWait(Future future)
    {
        // Not the future itself is awaited: the wait must be cancellable even if the future refuses to be.
        var waiter = future.Loop.CreateFuture<Unit>();
        var release = new RelayCallback(future, waiter, _ =>
        {
            if (!waiter.Done)
                waiter.SetResult(default);
        });
        future.AddCallback(release);
        try
        {
            future.Cancel();
            await waiter;
        }
        finally
        {
            future.RemoveCallback(release);
        }
    }
}
