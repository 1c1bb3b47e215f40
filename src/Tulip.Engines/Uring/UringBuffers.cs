// UringBuffers: the memory that the kernel receives into, chosen by the kernel when bytes have come.
// Thread: the engine's.  Owns: blocks on the pinned object heap, and the ring through which they are offered.
//   1. A block is offered to the kernel, or used up and lent, or free to be offered again: used up with no lease left.
//   2. Gradually filled blocks (kernel 6.12) are filled from front to end in the order of the completions: Filled
//      is where the next completion's bytes begin. Other blocks are used up by one receive, however short.
//   3. All blocks are offered that can be. There are few at first, so that they stay in the processor's cache; each
//      receive that finds none adds one, up to the limit.
//   4. Blocks are kept alive until Dispose, or for ever if the kernel may still write to them.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed unsafe class UringBuffers(UringOptions options)
{
    public const ushort Group = 0;
    private const int Places = 256;

    private struct Block
    {
        public byte[] Array;
        public GCHandle Root;
        public int Filled;
        public int Leases;
        public bool IsOffered;
    }

    private readonly Block[] _blocks = new Block[Places];
    private ProvidedBuffer* _ring;
    private ushort _tail;
    private int _count;
    private int _offered;
    private bool _isGradual = options.MayFillGradually;

    /// <summary>Leases that were not given back.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Whether the kernel has any block left.</summary>
    public bool HasOffers => _offered > 0;

    /// <summary>Bytes of all blocks.</summary>
    public int Memory => _count * BlockSize;

    private int BlockSize => _isGradual ? options.BufferSize : options.WholeBufferSize;

    /// <summary>Offers the blocks through a new ring; an error number, negated, if the kernel refuses.</summary>
    public int Attach(UringRing ring)
    {
        var old = _ring;
        _ring = (ProvidedBuffer*)NativeMemory.AlignedAlloc((nuint)(Places * sizeof(ProvidedBuffer)), (nuint)Environment.SystemPageSize);
        NativeMemory.Clear(_ring, (nuint)(Places * sizeof(ProvidedBuffer)));
        NativeMemory.AlignedFree(old);
        var error = Register(ring);
        if (error == -IoError.InvalidArgument && _isGradual && _count == 0)
        {
            _isGradual = false;
            error = Register(ring);
        }

        if (error < 0)
            return error;

        _tail = 0;
        _offered = 0;
        for (var i = 0; i < _count; i++)
        {
            _blocks[i].IsOffered = false;
            OfferIfFree(i);
        }

        while (Memory < options.LeastBufferMemory)
            Add();
        return 0;
    }

    /// <summary>Lends what a completion says that was received.</summary>
    public ReadOnlyMemory<byte> Lend(uint flags, int length, out int lease)
    {
        lease = (int)(flags >> IoUring.CompletionBufferShift);
        ref var block = ref _blocks[lease];
        var bytes = new ReadOnlyMemory<byte>(block.Array, block.Filled, length);
        block.Filled += length;
        block.Leases++;
        Outstanding++;
        if (!_isGradual || (flags & IoUring.CompletionBufferMore) == 0)
        {
            block.IsOffered = false;
            _offered--;
        }

        return bytes;
    }

    /// <summary>A completion named a buffer, but brought no bytes.</summary>
    public void Discard(uint flags)
    {
        var index = (int)(flags >> IoUring.CompletionBufferShift);
        if (_isGradual && (flags & IoUring.CompletionBufferMore) != 0)
            return;

        _blocks[index].IsOffered = false;
        _offered--;
        OfferIfFree(index);
    }

    /// <summary>Takes a lease back.</summary>
    public void Return(int lease)
    {
        Outstanding--;
        if (--_blocks[lease].Leases == 0)
            OfferIfFree(lease);
    }

    /// <summary>A receive found no block: adds one if there may be more.</summary>
    public void Grow()
    {
        if (_count < Places && Memory + BlockSize <= options.MostBufferMemory)
            Add();
    }

    /// <summary>Lets the memory go; the kernel must be done with it.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_ring);
        _ring = null;
        for (var i = 0; i < _count; i++)
            _blocks[i].Root.Free();
        _count = 0;
    }

    private void Add()
    {
        var array = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        _blocks[_count] = new Block { Array = array, Root = GCHandle.Alloc(array) };
        OfferIfFree(_count++);
    }

    private void OfferIfFree(int index)
    {
        ref var block = ref _blocks[index];
        if (block.IsOffered || block.Leases != 0 || _ring is null)
            return;

        // The first place's last field is the ring's tail: fields are set one by one.
        var place = _ring + (_tail & (Places - 1));
        place->Address = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block.Array));
        place->Length = (uint)block.Array.Length;
        place->Id = (ushort)index;
        block.Filled = 0;
        block.IsOffered = true;
        _offered++;
        Volatile.Write(ref _ring->Tail, ++_tail);
    }

    private int Register(UringRing ring)
    {
        var registration = new BufferRingRegistration
        {
            Address = (ulong)_ring,
            Entries = Places,
            Group = Group,
            Flags = _isGradual ? IoUring.BufferRingIncremental : (ushort)0,
        };
        return ring.Register(IoUring.RegisterBufferRing, &registration, 1);
    }
}
