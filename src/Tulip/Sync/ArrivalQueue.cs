namespace Tulip;

/// <summary>An unbounded queue that tasks wait for, first come first served, with the hops of asyncio's <c>Queue</c>:
/// an item can be taken by another task before the one that was woken for it runs; that one then waits again.</summary>
internal sealed class ArrivalQueue<T>(EventLoop loop)
{
    private readonly Queue<T> _items = new();
    private readonly WaiterQueue _getters = new();

    public void Put(T item)
    {
        _items.Enqueue(item);
        _getters.WakeNext();
    }

    public async Coroutine<T> Get()
    {
        while (_items.Count == 0)
        {
            var getter = _getters.Add(loop);
            try
            {
                await getter;
            }
            catch (CancelledException)
            {
                // Woken for an item that this task will not take: wake the next one for it.
                if (getter.WasWoken && _items.Count > 0)
                    _getters.WakeNext();
                throw;
            }
            finally
            {
                _getters.Depart(getter);
            }
        }

        return _items.Dequeue();
    }
}
