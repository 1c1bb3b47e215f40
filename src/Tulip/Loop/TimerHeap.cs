// TimerHeap: what is to become ready later, ordered by deadline.
// Thread: loop thread only.
//   1. Equal deadlines come out in the order in which they were put in (the sequence number decides).
//   2. A cancelled entry stays until it comes to the top, or until more than half of over a hundred are dead:
//      then the heap is rebuilt without them (asyncio's rule).
//   3. An entry is dead when its owner says so (ITimerOwner.IsArmed): the heap never searches.
// Four children to a node: pushing, which is what most timers see before they are cancelled, touches half the levels.
namespace Tulip;

/// <summary>What a timer wakes.</summary>
internal interface ITimerOwner
{
    /// <summary>Whether the entry with this sequence number is still wanted.</summary>
    bool IsArmed(long sequence);

    /// <summary>The entry left the heap because it is due; what is to be put in the ready queue.</summary>
    LoopItem OnDue();
}

internal sealed class TimerHeap
{
    private const int Arity = 4;
    private const int MinimumDeadBeforeRebuild = 100;

    private struct Entry
    {
        public long When;
        public long Sequence;
        public ITimerOwner Owner;

        public readonly bool Precedes(in Entry other)
            => When < other.When || (When == other.When && Sequence < other.Sequence);
    }

    private Entry[] _entries = new Entry[16];
    private int _count;
    private int _dead;
    private long _sequence;

    /// <summary>How many entries the heap holds, dead ones among them.</summary>
    public int Count => _count;

    /// <summary>Adds an entry; the number returned names it to its owner and is never 0.</summary>
    public long Add(long when, ITimerOwner owner)
    {
        if (_count == _entries.Length)
            Array.Resize(ref _entries, _count * 2);

        var entry = new Entry { When = when, Sequence = ++_sequence, Owner = owner };
        SiftUp(_count++, entry);
        return entry.Sequence;
    }

    /// <summary>An owner disarmed one of its entries.</summary>
    public void NoteDisarmed()
    {
        if (++_dead > MinimumDeadBeforeRebuild && _dead > _count / 2)
            Rebuild();
    }

    /// <summary>The earliest deadline, after dropping dead entries from the top.</summary>
    public bool TryPeek(out long when)
    {
        while (_count > 0)
        {
            ref readonly var top = ref _entries[0];
            if (top.Owner.IsArmed(top.Sequence))
            {
                when = top.When;
                return true;
            }

            _dead--;
            RemoveTop();
        }

        when = 0;
        return false;
    }

    /// <summary>Moves everything that is due to the ready queue, in order.</summary>
    public void MoveDue(long now, ReadyQueue ready)
    {
        while (_count > 0 && _entries[0].When <= now)
        {
            var top = _entries[0];
            RemoveTop();
            if (top.Owner.IsArmed(top.Sequence))
                ready.Enqueue(top.Owner.OnDue());
            else
                _dead--;
        }
    }

    public void Clear()
    {
        Array.Clear(_entries, 0, _count);
        _count = 0;
        _dead = 0;
    }

    private void RemoveTop()
    {
        var last = _entries[--_count];
        _entries[_count] = default;
        if (_count > 0)
            SiftDown(0, last);
    }

    private void SiftUp(int index, in Entry entry)
    {
        var entries = _entries;
        while (index > 0)
        {
            var parent = (index - 1) / Arity;
            if (!entry.Precedes(entries[parent]))
                break;
            entries[index] = entries[parent];
            index = parent;
        }

        entries[index] = entry;
    }

    private void SiftDown(int index, in Entry entry)
    {
        var entries = _entries;
        while (true)
        {
            var first = index * Arity + 1;
            if (first >= _count)
                break;

            var least = first;
            var end = Math.Min(first + Arity, _count);
            for (var child = first + 1; child < end; child++)
            {
                if (entries[child].Precedes(entries[least]))
                    least = child;
            }

            if (!entries[least].Precedes(entry))
                break;
            entries[index] = entries[least];
            index = least;
        }

        entries[index] = entry;
    }

    private void Rebuild()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var entry = _entries[i];
            if (entry.Owner.IsArmed(entry.Sequence))
                _entries[kept++] = entry;
        }

        Array.Clear(_entries, kept, _count - kept);
        _count = kept;
        _dead = 0;
        for (var i = (_count - 2) / Arity; i >= 0 && _count > 1; i--)
        {
            // A copy: sifting overwrites the place that the entry comes from.
            var entry = _entries[i];
            SiftDown(i, entry);
        }
    }
}
