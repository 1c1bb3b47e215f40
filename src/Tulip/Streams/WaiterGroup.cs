// WaiterGroup: the tasks that wait for one event of a connection, woken together.
// Thread: the loop's.
//   1. A waiter stays in the group until its task goes on, woken or cancelled: that is what wakes the others too.
//   2. A waiter whose wait went well serves the next one, so that waiting again and again allocates nothing.
namespace Tulip;

internal sealed class WaiterGroup(EventLoop loop)
{
    private readonly List<ReusableFuture> _waiters = [];
    private ReusableFuture? _spare;

    /// <summary>Waits until the group is woken; throws what it is woken with.</summary>
    public async Coroutine Wait()
    {
        var waiter = _spare ?? new ReusableFuture(loop);
        _spare = null;
        _waiters.Add(waiter);
        try
        {
            await waiter;
        }
        finally
        {
            _waiters.Remove(waiter);
            if (waiter.TryReset())
                _spare = waiter;
        }
    }

    public void Wake(Exception? exception)
    {
        foreach (var waiter in _waiters)
        {
            if (waiter.Done)
                continue;
            if (exception is null)
                waiter.SetResult(default);
            else
                waiter.SetException(exception);
        }
    }
}
