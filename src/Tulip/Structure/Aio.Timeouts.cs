namespace Tulip;

public static partial class Aio
{
    /// <summary>Runs a body, in the current task, for a limited time (<c>asyncio.timeout</c>).</summary>
    /// <remarks>
    /// At the deadline the task is cancelled inside the body; when that has unwound, this throws. A cancel from elsewhere
    /// stays a cancel. If the body ends with another exception, or with a result, that is what this ends with.
    /// </remarks>
    /// <param name="delay">Seconds from the moment this is awaited; zero or less cancels at the body's first suspension; null for no limit yet.</param>
    /// <param name="body">What to run. It may move the deadline and see whether it has come.</param>
    /// <exception cref="ArgumentException">The delay is NaN.</exception>
    /// <exception cref="TimeoutException">The deadline came first.</exception>
    public static Coroutine<T> WithTimeout<T>(double? delay, Func<AsyncTimeout, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunLimited(Limit(delay), relative: true, body);
    }

    /// <inheritdoc cref="WithTimeout{T}(double?, Func{AsyncTimeout, Coroutine{T}})"/>
    public static Coroutine WithTimeout(double? delay, Func<AsyncTimeout, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Untyped(RunLimited<Unit>(Limit(delay), relative: true, timeout => body(timeout)));
    }

    /// <inheritdoc cref="WithTimeout{T}(double?, Func{AsyncTimeout, Coroutine{T}})"/>
    public static Coroutine<T> WithTimeout<T>(TimeSpan delay, Func<AsyncTimeout, Coroutine<T>> body) => WithTimeout(delay.TotalSeconds, body);

    /// <inheritdoc cref="WithTimeout{T}(double?, Func{AsyncTimeout, Coroutine{T}})"/>
    public static Coroutine WithTimeout(TimeSpan delay, Func<AsyncTimeout, Coroutine> body) => WithTimeout(delay.TotalSeconds, body);

    /// <summary>Runs a body, in the current task, until a time of the loop's clock (<c>asyncio.timeout_at</c>).</summary>
    /// <inheritdoc cref="WithTimeout{T}(double?, Func{AsyncTimeout, Coroutine{T}})"/>
    /// <param name="when">Seconds on the loop's clock (<see cref="EventLoop.Time"/>); null for no limit yet.</param>
    /// <param name="body">What to run. It may move the deadline and see whether it has come.</param>
    public static Coroutine<T> WithTimeoutAt<T>(double? when, Func<AsyncTimeout, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunLimited(Limit(when), relative: false, body);
    }

    /// <inheritdoc cref="WithTimeoutAt{T}(double?, Func{AsyncTimeout, Coroutine{T}})"/>
    public static Coroutine WithTimeoutAt(double? when, Func<AsyncTimeout, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Untyped(RunLimited<Unit>(Limit(when), relative: false, timeout => body(timeout)));
    }

    private static long? Limit(double? timeout) => timeout is { } seconds ? LoopTime.FromSeconds(seconds, nameof(timeout)) : null;

    private static Coroutine Untyped(Coroutine<Unit> coroutine) => new(coroutine.Frame, coroutine.Token);

    private static async Coroutine<T> RunLimited<T>(long? limit, bool relative, Func<AsyncTimeout, Coroutine<T>> body)
    {
        var timeout = new AsyncTimeout();
        timeout.Enter(relative ? limit + GetRunningLoop().Clock.Now : limit);
        try
        {
            var result = await body(timeout);
            timeout.Leave(null);
            return result;
        }
        catch (Exception exception) when (timeout.Leave(exception))
        {
            throw TimedOut(exception);
        }
    }

    private static TimeoutException TimedOut(Exception cancelled) => new("The operation did not end in time.", cancelled);
}
