// ReadyQueue: what the next pass runs, first in, first out.
// Thread: loop thread only.
//   1. An entry is an Action or a LoopItem; its place in the ring is its sequence number modulo the capacity.
//   2. Sequence numbers grow by one for each entry and are never used twice, so that a Handle can be a number.
//   3. Cancelling an entry leaves a mark in its place: the order of the others does not change.
namespace Tulip;

internal sealed class ReadyQueue
{
    private const int InitialCapacity = 256;

    // A struct around the reference spares the covariance check that a store to an object[] makes.
    private struct Slot
    {
        public object? Item;
    }

    private static readonly object s_cancelled = new();

    private Slot[] _slots = new Slot[InitialCapacity];
    private int _mask = InitialCapacity - 1;
    private long _head;
    private long _tail;

    /// <summary>How many entries wait.</summary>
    public int Count => (int)(_tail - _head);

    /// <summary>Appends an entry and returns its sequence number.</summary>
    public long Enqueue(object item)
    {
        if (_tail - _head > _mask)
            Grow();

        var sequence = _tail++;
        _slots[(int)sequence & _mask].Item = item;
        return sequence;
    }

    /// <summary>Takes the oldest entry; null stands for one that was cancelled. The queue must not be empty.</summary>
    public object? Dequeue()
    {
        ref var slot = ref _slots[(int)_head++ & _mask];
        var item = slot.Item;
        slot.Item = null;
        return ReferenceEquals(item, s_cancelled) ? null : item;
    }

    /// <summary>Makes the entry do nothing when its turn comes; false if its turn is over or it was cancelled before.</summary>
    public bool Cancel(long sequence)
    {
        if (sequence < _head || sequence >= _tail)
            return false;

        ref var slot = ref _slots[(int)sequence & _mask];
        if (ReferenceEquals(slot.Item, s_cancelled))
            return false;

        slot.Item = s_cancelled;
        return true;
    }

    public bool IsCancelled(long sequence)
        => sequence >= _head && sequence < _tail && ReferenceEquals(_slots[(int)sequence & _mask].Item, s_cancelled);

    public void Clear()
    {
        Array.Clear(_slots);
        _head = _tail;
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        var mask = larger.Length - 1;
        for (var sequence = _head; sequence < _tail; sequence++)
            larger[(int)sequence & mask] = _slots[(int)sequence & _mask];

        _slots = larger;
        _mask = mask;
    }
}
