// SlotTable: numbered places whose occupants have generations.
// Thread: the engine's.
//   1. A place and a generation name one occupant for ever: the generation grows when the place is given up.
//   2. A reference to a value is good until the next Rent, which may move the table.
namespace Tulip.Engines;

internal sealed class SlotTable<T>
    where T : struct
{
    private struct Entry
    {
        public int Generation;
        public int NextFree;
        public bool IsUsed;
        public T Value;
    }

    private const int None = -1;

    private Entry[] _entries = new Entry[16];
    private int _free = None;
    private int _end;

    /// <summary>How many places are occupied.</summary>
    public int Count { get; private set; }

    /// <summary>One more than the highest place ever used.</summary>
    public int End => _end;

    public ref T this[int index] => ref _entries[index].Value;

    /// <summary>Occupies a place; its value is the default.</summary>
    public int Rent()
    {
        int index;
        if (_free != None)
        {
            index = _free;
            _free = _entries[index].NextFree;
        }
        else
        {
            if (_end == _entries.Length)
                Array.Resize(ref _entries, _end * 2);
            index = _end++;
            _entries[index].Generation = 1;
        }

        _entries[index].IsUsed = true;
        Count++;
        return index;
    }

    /// <summary>Gives up a place: its occupant is known no longer.</summary>
    public void Free(int index)
    {
        ref var entry = ref _entries[index];
        entry.Value = default;
        entry.IsUsed = false;
        entry.Generation = entry.Generation == int.MaxValue ? 1 : entry.Generation + 1;
        entry.NextFree = _free;
        _free = index;
        Count--;
    }

    /// <summary>The place's occupant by name.</summary>
    public IoHandle Handle(int index) => new(index, _entries[index].Generation);

    /// <summary>Whether this occupant is still there.</summary>
    public bool IsLive(IoHandle handle) => IsLive(handle.Index, handle.Generation);

    /// <inheritdoc cref="IsLive(IoHandle)"/>
    public bool IsLive(int index, int generation)
        => (uint)index < (uint)_end && _entries[index].Generation == generation && _entries[index].IsUsed;

    /// <summary>The value of an occupant that is still there.</summary>
    /// <exception cref="ObjectDisposedException">It is not.</exception>
    public ref T Live(IoHandle handle)
    {
        if (!IsLive(handle.Index, handle.Generation))
            throw IoMisuse.Closed();
        return ref _entries[handle.Index].Value;
    }

    /// <summary>Whether the place is occupied by anyone.</summary>
    public bool IsUsed(int index) => (uint)index < (uint)_end && _entries[index].IsUsed;
}
