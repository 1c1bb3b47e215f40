// ReadyQueue: what the next pass runs, first in, first out.
// Thread: loop thread only.
//   1. An entry is an Action or a LoopItem; its place in the ring is its sequence number modulo the capacity.
//   2. Sequence numbers grow by one for each entry and are never used twice, so that a Handle can be a number.
//   3. Cancelling an entry leaves a mark in its place: the order of the others does not change.
//   4. It grows when it must and gets back to half when it has been nearly empty for a while: a burst's memory is not kept.
namespace Tulip;

internal sealed class ReadyQueue
{
    private const int InitialCapacity = 256;

    // Halved if the longest of so many passes would have fitted in an eighth.
    private const int PassesBeforeShrinking = 256;
    private const int SpareFactor = 8;

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
    private int _longest;
    private int _passesLeft = PassesBeforeShrinking;

    /// <summary>How many entries wait.</summary>
    public int Count => (int)(_tail - _head);

    /// <summary>How many entries it has room for.</summary>
    public int Capacity => _slots.Length;

    /// <summary>A pass begins: how many entries it has to run.</summary>
    public int BeginPass()
    {
        var count = Count;
        if (_slots.Length > InitialCapacity)
            NoteLength(count);
        return count;
    }

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

    /// <summary>Nothing will be run any more.</summary>
    public void Abandon()
    {
        while (Count > 0)
            (Dequeue() as LoopItem)?.Abandon();
    }

    private void Grow() => Resize(_slots.Length * 2);

    private void NoteLength(int count)
    {
        _longest = Math.Max(_longest, count);
        if (--_passesLeft > 0)
            return;

        if (_longest <= _slots.Length / SpareFactor)
            Resize(_slots.Length / 2);
        _longest = 0;
        _passesLeft = PassesBeforeShrinking;
    }

    private void Resize(int capacity)
    {
        var slots = new Slot[capacity];
        var mask = capacity - 1;
        for (var sequence = _head; sequence < _tail; sequence++)
            slots[(int)sequence & mask] = _slots[(int)sequence & _mask];

        _slots = slots;
        _mask = mask;
    }
}
