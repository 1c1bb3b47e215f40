namespace Tulip;

/// <summary>In what order a queue gives its items.</summary>
internal abstract class ItemStore<T>
{
    public abstract int Count { get; }

    public abstract void Put(T item);

    public abstract T Take();
}

internal sealed class FifoStore<T> : ItemStore<T>
{
    private readonly Queue<T> _items = new();

    public override int Count => _items.Count;

    public override void Put(T item) => _items.Enqueue(item);

    public override T Take() => _items.Dequeue();
}

internal sealed class LifoStore<T> : ItemStore<T>
{
    private readonly Stack<T> _items = new();

    public override int Count => _items.Count;

    public override void Put(T item) => _items.Push(item);

    public override T Take() => _items.Pop();
}

internal sealed class PriorityStore<T>(IComparer<T> comparer) : ItemStore<T>
{
    private readonly PriorityQueue<T, (T Item, long Sequence)> _items = new(new Order(comparer));
    private long _sequence;

    public override int Count => _items.Count;

    public override void Put(T item) => _items.Enqueue(item, (item, _sequence++));

    public override T Take() => _items.Dequeue();

    private sealed class Order(IComparer<T> comparer) : IComparer<(T Item, long Sequence)>
    {
        public int Compare((T Item, long Sequence) x, (T Item, long Sequence) y)
        {
            var byItem = comparer.Compare(x.Item, y.Item);
            return byItem != 0 ? byItem : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
