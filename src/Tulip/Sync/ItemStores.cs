namespace Tulip;

/// <summary>In what order a queue gives its items.</summary>
internal interface IItemStore<T>
{
    int Count { get; }

    void Put(T item);

    T Take();
}

internal sealed class FifoStore<T> : IItemStore<T>
{
    private readonly Queue<T> _items = new();

    public int Count => _items.Count;

    public void Put(T item) => _items.Enqueue(item);

    public T Take() => _items.Dequeue();
}

internal sealed class LifoStore<T> : IItemStore<T>
{
    private readonly Stack<T> _items = new();

    public int Count => _items.Count;

    public void Put(T item) => _items.Push(item);

    public T Take() => _items.Pop();
}

internal sealed class PriorityStore<T>(IComparer<T> comparer) : IItemStore<T>
{
    private readonly PriorityQueue<T, (T Item, long Sequence)> _items = new(new Order(comparer));
    private long _sequence;

    public int Count => _items.Count;

    public void Put(T item) => _items.Enqueue(item, (item, _sequence++));

    public T Take() => _items.Dequeue();

    private sealed class Order(IComparer<T> comparer) : IComparer<(T Item, long Sequence)>
    {
        public int Compare((T Item, long Sequence) x, (T Item, long Sequence) y)
        {
            var byItem = comparer.Compare(x.Item, y.Item);
            return byItem != 0 ? byItem : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
