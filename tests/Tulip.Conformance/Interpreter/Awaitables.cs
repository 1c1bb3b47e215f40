// The language is dynamic, the library is typed: everything that can be awaited is an IAwaitable<object?>, and what it
// really is is decided here. A coroutine gives an object; a future gives an object, or an array if it gathers.
namespace Tulip.Conformance.Interpreter;

internal static class Awaitables
{
    public static async Coroutine<object?> Await(IAwaitable<object?> awaitable) => awaitable switch
    {
        Coroutine<object?> coroutine => await coroutine,
        Future<object?> future => await future,
        Future<object?[]> gathering => await gathering,
        Future<Settled<object?>[]> settling => await settling,
        _ => throw Unknown(awaitable),
    };

    public static Future Shield(IAwaitable<object?> awaitable) => awaitable switch
    {
        Coroutine<object?> coroutine => Aio.Shield(coroutine),
        Future<object?> future => Aio.Shield(future),
        Future<object?[]> gathering => Aio.Shield(gathering),
        Future<Settled<object?>[]> settling => Aio.Shield(settling),
        _ => throw Unknown(awaitable),
    };

    public static Coroutine<object?> WaitFor(IAwaitable<object?> awaitable, double? timeout) => awaitable switch
    {
        Coroutine<object?> coroutine => Aio.WaitFor(coroutine, timeout),
        Future<object?> future => Aio.WaitFor(future, timeout),
        Future<object?[]> gathering => Aio.WaitFor(gathering, timeout).Boxed(),
        Future<Settled<object?>[]> settling => Aio.WaitFor(settling, timeout).Boxed(),
        _ => throw Unknown(awaitable),
    };

    public static Future Gather(IEnumerable<IAwaitable<object?>> awaitables, bool settled)
        => settled ? Aio.GatherSettled(awaitables) : Aio.Gather(awaitables);

    public static Future<object?> EnsureFuture(IAwaitable<object?> awaitable) => awaitable switch
    {
        Coroutine<object?> coroutine => Aio.EnsureFuture(coroutine),
        Future<object?> future => Aio.EnsureFuture(future),
        _ => throw Unknown(awaitable),
    };

    /// <summary>The result of a future that is done.</summary>
    public static object? Result(Future future) => future switch
    {
        Future<object?> one => one.Result(),
        Future<object?[]> gathering => gathering.Result(),
        Future<Settled<object?>[]> settling => settling.Result(),
        _ => throw Unknown(future),
    };

    extension(Coroutine coroutine)
    {
        /// <summary>The same coroutine with a result: a library function that returns nothing may give something in Python.</summary>
        public async Coroutine<object?> Giving(object? value)
        {
            await coroutine;
            return value;
        }
    }

    extension<T>(Coroutine<T> coroutine)
    {
        public async Coroutine<object?> Boxed() => await coroutine;

        public async Coroutine<object?> Giving(object? value)
        {
            await coroutine;
            return value;
        }
    }

    private static UnsupportedException Unknown(object awaitable) => new($"awaiting {awaitable.GetType()}");
}
