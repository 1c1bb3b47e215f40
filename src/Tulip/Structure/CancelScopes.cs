namespace Tulip;

/// <summary>Entering and leaving <see cref="CancelScope"/>s.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public static class CancelScopes
{
    extension(CancelScope)
    {
        /// <summary>Runs a body, in the current task, inside a scope that can be cancelled.</summary>
        /// <remarks>The scope's own cancel ends here: look at <see cref="CancelScope.CancelledCaught"/>. Any other
        /// exception passes.</remarks>
        /// <param name="body">What to run; it is given the scope.</param>
        /// <param name="shield">Whether the cancelling of the scopes around it is kept out.</param>
        /// <returns>The scope, ended.</returns>
        /// <exception cref="InvalidOperationException">No task is running.</exception>
        public static Coroutine<CancelScope> Run(Func<CancelScope, Coroutine> body, bool shield = false)
        {
            ArgumentNullException.ThrowIfNull(body);
            return RunIn(null, shield, body);
        }
    }

    internal static async Coroutine<CancelScope> RunIn(long? delay, bool shield, Func<CancelScope, Coroutine> body)
    {
        var scope = CancelScope.Enter(shield);
        try
        {
            scope.SetDeadline(Aio.GetRunningLoop().Clock.Now + delay);
            await body(scope);
            scope.Leave(null);
        }
        catch (Exception exception) when (scope.Leave(exception))
        {
            // The scope's own cancel: it ends here.
        }

        return scope;
    }
}

public static partial class Aio
{
    /// <summary>Runs a body, in the current task, for a limited time, and goes on when that is over (trio's <c>move_on_after</c>).</summary>
    /// <param name="delay">Seconds from the moment this is awaited; zero or less cancels at the body's first suspension.</param>
    /// <param name="body">What to run; it is given the scope, whose deadline it may move.</param>
    /// <returns>The scope; <see cref="CancelScope.CancelledCaught"/> says whether the time was over first.</returns>
    /// <exception cref="ArgumentException">The delay is NaN.</exception>
    public static Coroutine<CancelScope> MoveOnAfter(double delay, Func<CancelScope, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return CancelScopes.RunIn(LoopTime.FromSeconds(delay, nameof(delay)), shield: false, body);
    }

    /// <summary>Runs a body, in the current task, for a limited time (trio's <c>fail_after</c>).</summary>
    /// <param name="delay">Seconds from the moment this is awaited; zero or less cancels at the body's first suspension.</param>
    /// <param name="body">What to run; it is given the scope, whose deadline it may move.</param>
    /// <exception cref="ArgumentException">The delay is NaN.</exception>
    /// <exception cref="TimeoutException">The time was over first.</exception>
    public static Coroutine<T> FailAfter<T>(double delay, Func<CancelScope, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Run(LoopTime.FromSeconds(delay, nameof(delay)), body);

        static async Coroutine<T> Run(long delay, Func<CancelScope, Coroutine<T>> body)
        {
            T result = default!;
            var scope = await CancelScopes.RunIn(delay, shield: false, async scope => { result = await body(scope); });
            return scope is { CancelledCaught: true, DeadlineCame: true }
                ? throw new TimeoutException("The operation did not end in time.")
                : result;
        }
    }

    /// <inheritdoc cref="FailAfter{T}(double, Func{CancelScope, Coroutine{T}})"/>
    public static Coroutine FailAfter(double delay, Func<CancelScope, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Untyped(FailAfter<Unit>(delay, async scope =>
        {
            await body(scope);
            return default;
        }));
    }
}
