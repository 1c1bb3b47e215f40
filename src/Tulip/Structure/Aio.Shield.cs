namespace Tulip;

public static partial class Aio
{
    /// <summary>Protects something from the cancelling of the task that awaits it (<c>asyncio.shield</c>).</summary>
    /// <remarks>
    /// A coroutine starts as a task at the call. When the awaiting task is cancelled, it gets
    /// <see cref="CancelledException"/> and the inner work goes on; if it is cancelled itself, so is the future returned.
    /// If it is done already it is returned as it is.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No loop runs on this thread, or the coroutine has been awaited already.</exception>
    public static Future<T> Shield<T>(Future<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (inner.Done)
            return inner;

        var outer = new Future<T>(inner.Loop);
        var onInnerDone = new RelayCallback(inner, outer, _ => Copy(inner, outer));
        inner.AddCallback(onInnerDone);
        outer.AddCallback(new InternalCallback(outer, _ =>
        {
            if (!inner.Done)
                inner.RemoveCallback(onInnerDone);
        }));
        return outer;

        static void Copy(Future<T> inner, Future<T> outer)
        {
            if (outer.Cancelled)
            {
                inner.MarkRetrieved();
            }
            else if (inner.Cancelled)
            {
                outer.Cancel();
            }
            else if (inner.Failure is { } failure)
            {
                failure.MarkRetrieved();
                outer.FinishFailed(failure.Info);
            }
            else
            {
                outer.FinishWith(inner.ResultUnchecked);
            }
        }
    }

    /// <inheritdoc cref="Shield{T}(Future{T})"/>
    public static Future<T> Shield<T>(Coroutine<T> inner) => Shield(EnsureFuture(inner));

    /// <inheritdoc cref="Shield{T}(Future{T})"/>
    public static Future<Unit> Shield(Coroutine inner) => Shield(EnsureFuture(inner));
}
