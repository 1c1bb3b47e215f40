namespace Tulip;

public static partial class Aio
{
    /// <summary>Runs several things at once and gives their results in the order of the arguments (<c>asyncio.gather</c>).</summary>
    /// <remarks>
    /// Coroutines start as tasks at the call. The first error ends the future returned; the others go on, and their later
    /// errors count as seen. Cancelling the future cancels all of them.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is no current loop (<see cref="GetEventLoop"/>), or a coroutine has been awaited already.</exception>
    public static Future<T[]> Gather<T>(IEnumerable<IAwaitable<T>> awaitables)
    {
        ArgumentNullException.ThrowIfNull(awaitables);
        return Gather(awaitables.ToArray());
    }

    /// <inheritdoc cref="Gather{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<T[]> Gather<T>(params IAwaitable<T>[] awaitables)
    {
        ArgumentNullException.ThrowIfNull(awaitables);
        return GatheringFuture<T[]>.Start(GetEventLoop(), awaitables, settles: false, children => Results(awaitables, children));
    }

    /// <inheritdoc cref="Gather{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<T[]> Gather<T>(IEnumerable<Coroutine<T>> coroutines) => Gather(Box(coroutines));

    /// <inheritdoc cref="Gather{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<Unit[]> Gather(IEnumerable<Coroutine> coroutines) => Gather(Box(coroutines));

    /// <inheritdoc cref="Gather{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<(T1 First, T2 Second)> Gather<T1, T2>(IAwaitable<T1> first, IAwaitable<T2> second)
        => GatheringFuture<(T1, T2)>.Start(GetEventLoop(), [first, second], settles: false, c => (first.ResultOf(c[0]), second.ResultOf(c[1])));

    /// <inheritdoc cref="Gather{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<(T1 First, T2 Second, T3 Third)> Gather<T1, T2, T3>(
        IAwaitable<T1> first, IAwaitable<T2> second, IAwaitable<T3> third)
        => GatheringFuture<(T1, T2, T3)>.Start(
            GetEventLoop(),
            [first, second, third],
            settles: false,
            c => (first.ResultOf(c[0]), second.ResultOf(c[1]), third.ResultOf(c[2])));

    /// <inheritdoc cref="Gather{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<(T1 First, T2 Second, T3 Third, T4 Fourth)> Gather<T1, T2, T3, T4>(
        IAwaitable<T1> first, IAwaitable<T2> second, IAwaitable<T3> third, IAwaitable<T4> fourth)
        => GatheringFuture<(T1, T2, T3, T4)>.Start(
            GetEventLoop(),
            [first, second, third, fourth],
            settles: false,
            c => (first.ResultOf(c[0]), second.ResultOf(c[1]), third.ResultOf(c[2]), fourth.ResultOf(c[3])));

    /// <summary>Runs several things at once and gives how each ended, in the order of the arguments (<c>asyncio.gather(…, return_exceptions=True)</c>).</summary>
    /// <remarks>Coroutines start as tasks at the call. Cancelling the future returned cancels all of them, and it then
    /// ends with <see cref="CancelledException"/>.</remarks>
    /// <exception cref="InvalidOperationException">There is no current loop (<see cref="GetEventLoop"/>), or a coroutine has been awaited already.</exception>
    public static Future<Settled<T>[]> GatherSettled<T>(IEnumerable<IAwaitable<T>> awaitables)
    {
        ArgumentNullException.ThrowIfNull(awaitables);
        return GatherSettled(awaitables.ToArray());
    }

    /// <inheritdoc cref="GatherSettled{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<Settled<T>[]> GatherSettled<T>(params IAwaitable<T>[] awaitables)
    {
        ArgumentNullException.ThrowIfNull(awaitables);
        return GatheringFuture<Settled<T>[]>.Start(GetEventLoop(), awaitables, settles: true, children =>
        {
            var settled = new Settled<T>[children.Length];
            for (var i = 0; i < settled.Length; i++)
                settled[i] = Settled<T>.Of(awaitables[i], children[i]);
            return settled;
        });
    }

    /// <inheritdoc cref="GatherSettled{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<Settled<T>[]> GatherSettled<T>(IEnumerable<Coroutine<T>> coroutines) => GatherSettled(Box(coroutines));

    /// <inheritdoc cref="GatherSettled{T}(IEnumerable{IAwaitable{T}})"/>
    public static Future<Settled<Unit>[]> GatherSettled(IEnumerable<Coroutine> coroutines) => GatherSettled(Box(coroutines));

    private static T[] Results<T>(IAwaitable<T>[] awaitables, Future[] children)
    {
        var results = new T[children.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = awaitables[i].ResultOf(children[i]);
        return results;
    }

    private static IAwaitable<T>[] Box<T>(IEnumerable<Coroutine<T>> coroutines)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        return coroutines.Select(static coroutine => (IAwaitable<T>)coroutine).ToArray();
    }

    private static IAwaitable<Unit>[] Box(IEnumerable<Coroutine> coroutines)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        return coroutines.Select(static coroutine => (IAwaitable<Unit>)coroutine).ToArray();
    }
}
