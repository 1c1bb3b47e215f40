// LimitedJob: a blocking function that holds a limiter's token for as long as it runs.
// Thread: the loop's, but for Call, which an executor's thread runs.
//   1. Waiting -> Started | Abandoned, once, by whoever is first: the executor's thread or the task that is cancelled.
//   2. The token comes back once: when a started function has ended, or when it is abandoned before it starts.
namespace Tulip;

internal sealed class LimitedJob<T>(EventLoop loop, Func<T> function)
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Abandoned = 2;

    private int _state = Waiting;
    private Releaser? _token;

    public async Coroutine<T> Run(CapacityLimiter limiter)
    {
        _token = await limiter.AcquireOnBehalfOf(this);
        try
        {
            var context = Context.CopyCurrent();
            return await loop.RunInExecutor(null, () => Call(context));
        }
        finally
        {
            // Here it has ended, or the wait for it was cancelled, or the executor refused it.
            if (Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting)
                _token.Dispose();
        }
    }

    public override string ToString() => $"<job {function.Method.DeclaringType?.Name}.{function.Method.Name}()>";

    private T Call(Context context)
    {
        if (Interlocked.CompareExchange(ref _state, Started, Waiting) != Waiting)
            throw new OperationCanceledException();

        try
        {
            return context.Run(function);
        }
        finally
        {
            // Posted before the result is: the next function has the token when this one's task goes on.
            loop.TryPost((Action)_token!.Dispose);
        }
    }
}
