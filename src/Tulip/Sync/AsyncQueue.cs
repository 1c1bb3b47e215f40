namespace Tulip;

/// <summary>A queue between tasks, first in, first out (<c>asyncio.Queue</c>).</summary>
/// <remarks>
/// Waiting is first come, first served. As in asyncio, an item can be taken by another task before the one that was
/// woken for it runs; that one then waits again.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety>
/// </remarks>
/// <typeparam name="T">The items' type.</typeparam>
public class AsyncQueue<T>
{
    private readonly ParkingLot _getters = new();
    private readonly ParkingLot _putters = new();
    private readonly AsyncEvent _finished = new();
    private readonly ItemStore<T> _items;
    private LoopPool<GetFrame<T>> _getFrames;
    private LoopPool<PutFrame<T>> _putFrames;
    private LoopBound _loop;
    private int _unfinished;
    private bool _shutDown;

    /// <summary>An empty queue.</summary>
    /// <param name="maxSize">How many items it holds; 0 or less for no limit.</param>
    public AsyncQueue(int maxSize = 0)
        : this(maxSize, new FifoStore<T>())
    {
    }

    private protected AsyncQueue(int maxSize, ItemStore<T> items)
    {
        MaxSize = maxSize;
        _items = items;
        _finished.Set();
    }

    /// <summary>How many items it holds at the most; 0 or less for no limit (<c>maxsize</c>).</summary>
    public int MaxSize { get; }

    /// <summary>How many items are in it (<c>qsize</c>).</summary>
    public int QSize => _items.Count;

    /// <summary>Whether there is no item in it (<c>empty</c>).</summary>
    public bool Empty => _items.Count == 0;

    /// <summary>Whether there is no room in it (<c>full</c>).</summary>
    public bool Full => MaxSize > 0 && _items.Count >= MaxSize;

    /// <summary>Puts an item in, waiting for room (<c>put</c>).</summary>
    /// <remarks>If the task is cancelled meanwhile, the item is not put in.</remarks>
    /// <exception cref="QueueShutDownException">The queue was shut down.</exception>
    public Coroutine Put(T item) => (_putFrames.TryRent() ?? new PutFrame<T>(this, _putters)).Call(item);

    /// <summary>Puts an item in (<c>put_nowait</c>).</summary>
    /// <exception cref="QueueFullException">There is no room.</exception>
    /// <exception cref="QueueShutDownException">The queue was shut down.</exception>
    public void PutNoWait(T item)
    {
        if (_shutDown)
            throw new QueueShutDownException();
        if (Full)
            throw new QueueFullException();

        _items.Put(item);
        _unfinished++;
        _finished.Clear();
        _getters.WakeNext();
    }

    /// <summary>Takes an item out, waiting for one (<c>get</c>).</summary>
    /// <remarks>If the task is cancelled meanwhile, no item is lost.</remarks>
    /// <exception cref="QueueShutDownException">The queue was shut down and is empty.</exception>
    public Coroutine<T> Get() => (_getFrames.TryRent() ?? new GetFrame<T>(this, _getters)).Call();

    /// <summary>Takes an item out (<c>get_nowait</c>).</summary>
    /// <exception cref="QueueEmptyException">There is none.</exception>
    /// <exception cref="QueueShutDownException">The queue was shut down and is empty.</exception>
    public T GetNoWait()
    {
        if (Empty)
            throw _shutDown ? new QueueShutDownException() : new QueueEmptyException();

        var item = _items.Take();
        _putters.WakeNext();
        return item;
    }

    /// <summary>An item that was taken out has been dealt with (<c>task_done</c>).</summary>
    /// <exception cref="InvalidOperationException">Called more often than items were put in (asyncio's ValueError).</exception>
    public void TaskDone()
    {
        if (_unfinished <= 0)
            throw new InvalidOperationException("TaskDone() called too many times.");

        if (--_unfinished == 0)
            _finished.Set();
    }

    /// <summary>Waits until every item that was put in has been dealt with (<c>join</c>).</summary>
    public async Coroutine Join()
    {
        if (_unfinished > 0)
            await _finished.Wait();
    }

    /// <summary>Takes no more items (<c>shutdown</c>). All that wait are woken; getting goes on until the queue is empty.</summary>
    /// <param name="immediate">Whether to drop the items; they count as dealt with.</param>
    public void Shutdown(bool immediate = false)
    {
        _shutDown = true;
        if (immediate)
        {
            for (; !Empty; _items.Take())
                _unfinished = Math.Max(0, _unfinished - 1);
            if (_unfinished == 0)
                _finished.Set();
        }

        _getters.WakeAll();
        _putters.WakeAll();
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<{GetType().Name.Split('`')[0]} maxsize={MaxSize} items={QSize} getters={_getters.Count} putters={_putters.Count}{(_shutDown ? " shutdown" : "")}>";

    /// <summary>Takes an item if there is one; false if the caller has to wait.</summary>
    internal bool TryGet(out T item)
    {
        if (Empty && !_shutDown)
        {
            item = default!;
            return false;
        }

        item = GetNoWait();
        return true;
    }

    /// <summary>Puts an item in if there is room; false if the caller has to wait.</summary>
    internal bool TryPut(T item)
    {
        if (Full && !_shutDown)
            return false;

        PutNoWait(item);
        return true;
    }

    internal EventLoop Bind() => _loop.Get(this);

    internal void WakeGetter() => _getters.WakeNext();

    internal void WakePutter() => _putters.WakeNext();

    internal void Recycle(GetFrame<T> frame) => _getFrames.Return(frame);

    internal void Recycle(PutFrame<T> frame) => _putFrames.Return(frame);
}

/// <summary>A queue that gives the least item first (<c>asyncio.PriorityQueue</c>); equal ones in the order in which they came.</summary>
/// <inheritdoc cref="AsyncQueue{T}" path="/remarks"/>
/// <typeparam name="T">The items' type.</typeparam>
public sealed class AsyncPriorityQueue<T> : AsyncQueue<T>
{
    /// <summary>An empty queue.</summary>
    /// <param name="maxSize">How many items it holds; 0 or less for no limit.</param>
    /// <param name="comparer">What is less; null for the type's own order.</param>
    public AsyncPriorityQueue(int maxSize = 0, IComparer<T>? comparer = null)
        : base(maxSize, new PriorityStore<T>(comparer ?? Comparer<T>.Default))
    {
    }
}

/// <summary>A queue that gives the newest item first (<c>asyncio.LifoQueue</c>).</summary>
/// <inheritdoc cref="AsyncQueue{T}" path="/remarks"/>
/// <typeparam name="T">The items' type.</typeparam>
public sealed class AsyncLifoQueue<T> : AsyncQueue<T>
{
    /// <summary>An empty queue.</summary>
    /// <param name="maxSize">How many items it holds; 0 or less for no limit.</param>
    public AsyncLifoQueue(int maxSize = 0)
        : base(maxSize, new LifoStore<T>())
    {
    }
}
