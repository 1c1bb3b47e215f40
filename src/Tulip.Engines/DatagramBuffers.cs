// DatagramBuffers: where an engine puts the datagrams that it has received, until the loop gives them back.
// Thread: the engine's.  Owns: one array on the pinned object heap, from the first use on.
//   1. A datagram has a slot, which is large enough for any of UDP's. In a slot: what io_uring says of it, the sender's
//      address, the datagram.
//   2. A slot is free, or taken: to be received into, then lent. Who took the last one back gets it first: it is in the cache.
//   3. Slots are no multiple of a page, so that the beginnings of all of them do not share a few places of the processor's cache.
using System.Runtime.CompilerServices;

namespace Tulip.Engines;

internal sealed unsafe class DatagramBuffers
{
    public const int Slots = 64;
    public const int AddressOffset = 16;
    public const int DatagramOffset = AddressOffset + IoAddress.Capacity;
    public const int LargestDatagram = 64 * 1024;
    public const int SlotSize = DatagramOffset + LargestDatagram;

    private readonly int[] _free = new int[Slots];
    private byte[]? _memory;
    private byte* _start;
    private int _count;

    /// <summary>How many slots are free; none before <see cref="Allocate"/>.</summary>
    public int Free => _count;

    /// <summary>Gets the memory, if it is not there.</summary>
    public byte[] Allocate()
    {
        if (_memory is not null)
            return _memory;

        _memory = GC.AllocateUninitializedArray<byte>(Slots * SlotSize, pinned: true);
        _start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        for (var slot = Slots - 1; slot >= 0; slot--)
            Return(slot);
        return _memory;
    }

    /// <summary>Takes a free slot; there must be one.</summary>
    public int Take() => _free[--_count];

    public byte* Start(int slot) => _start + (nint)slot * SlotSize;

    /// <summary>What a completion lends of a slot: from the address on, to the datagram's end.</summary>
    public ReadOnlyMemory<byte> Lend(int slot, int length)
        => new(_memory, slot * SlotSize + AddressOffset, IoAddress.Capacity + length);

    public void Return(int slot) => _free[_count++] = slot;
}
