namespace Tulip;

public static partial class Aio
{
    /// <summary>Runs coroutines at once and gives the first result; the others are cancelled. Not in asyncio.</summary>
    /// <remarks>
    /// <para>Each runs as a task. When this ends, all of them have ended, in whatever way: nothing of a race goes on behind
    /// it. The result of one that ends with a result all the same is dropped.</para>
    /// <para>One that fails, or is cancelled by somebody else, only leaves the race; its exception counts if all fail.
    /// What fails after the race was decided, while it is being cancelled, is told to the loop's exception handler.</para>
    /// <para>When the awaiting task is cancelled, all are cancelled, and when they have ended the cancel goes on: also if it
    /// comes in the moment of the first result. They are cancelled once only; later cancels wait for their end.</para>
    /// </remarks>
    /// <param name="coroutines">At least one; coroutines that have not been awaited. They begin, in this order, when the race is awaited.</param>
    /// <exception cref="ArgumentException">There is no coroutine.</exception>
    /// <exception cref="AggregateException">All failed: their exceptions in the order of <paramref name="coroutines"/>.</exception>
    /// <exception cref="CancelledException">The awaiting task was cancelled.</exception>
    /// <exception cref="InvalidOperationException">One of the coroutines has been awaited already.</exception>
    public static Coroutine<T> Race<T>(params IEnumerable<Coroutine<T>> coroutines)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        var entrants = coroutines.ToArray();
        if (entrants.Length == 0)
            throw new ArgumentException("There is nothing to race.", nameof(coroutines));

        return Run(entrants);

        static async Coroutine<T> Run(Coroutine<T>[] entrants) => await new RaceOperation<T>(GetRunningLoop()).Run(entrants);
    }

    /// <inheritdoc cref="Race{T}(IEnumerable{Coroutine{T}})"/>
    public static Coroutine Race(params IEnumerable<Coroutine> coroutines)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        return Untyped(Race(coroutines.Select(static coroutine => (Coroutine<Unit>)coroutine)));
    }
}
