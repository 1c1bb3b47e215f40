// UringDatagrams: the slots that the kernel puts datagrams into, offered through a ring of their own.
// Thread: the engine's.  Owns: the slots, and the ring; both only from the first datagram socket on.
//   1. A slot is offered to the kernel or lent. What the kernel writes into it first says how long the address is.
//   2. The memory is kept alive until Dispose, or for ever if the kernel may still write to it.
using System.Runtime.InteropServices;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed unsafe class UringDatagrams
{
    public const ushort Group = 1;

    private const int Places = DatagramBuffers.Slots;

    private readonly DatagramBuffers _buffers = new();
    private readonly bool[] _isLent = new bool[Places];
    private ProvidedBuffer* _ring;
    private MessageHeader* _header;
    private GCHandle _root;
    private ushort _tail;
    private int _offered;

    /// <summary>Whether the kernel has any slot left.</summary>
    public bool HasOffers => _offered > 0;

    /// <summary>Whether there are slots at all.</summary>
    public bool IsUsed => _header is not null;

    /// <summary>What the kernel is to tell of each datagram.</summary>
    public MessageHeader* Header => _header;

    /// <summary>Offers all slots that are not lent through a new ring; an error number, negated, if the kernel refuses.</summary>
    public int Attach(UringRing ring)
    {
        var offers = (ProvidedBuffer*)NativeMemory.AlignedAlloc((nuint)(Places * sizeof(ProvidedBuffer)), (nuint)Environment.SystemPageSize);
        NativeMemory.Clear(offers, (nuint)(Places * sizeof(ProvidedBuffer)));
        var registration = new BufferRingRegistration { Address = (ulong)offers, Entries = Places, Group = Group };
        var error = ring.Register(IoUring.RegisterBufferRing, &registration, 1);
        if (error < 0)
        {
            NativeMemory.AlignedFree(offers);
            return error;
        }

        NativeMemory.AlignedFree(_ring);
        _ring = offers;
        _tail = 0;
        _offered = 0;
        if (_header is null)
        {
            _root = GCHandle.Alloc(_buffers.Allocate());
            _header = (MessageHeader*)NativeMemory.AllocZeroed((nuint)sizeof(MessageHeader));
            _header->NameLength = IoAddress.Capacity;
        }

        for (var slot = 0; slot < Places; slot++)
        {
            if (!_isLent[slot])
                Offer(slot);
        }

        return 0;
    }

    /// <summary>Lends the datagram that a result tells of.</summary>
    public void Lend(in CompletionEntry entry, ref IoCompletion completion)
    {
        var slot = (int)(entry.Flags >> IoUring.CompletionBufferShift);
        var about = (ReceivedMessage*)_buffers.Start(slot);
        _isLent[slot] = true;
        _offered--;
        completion.Result = entry.Result - DatagramBuffers.DatagramOffset;
        completion.Data = _buffers.Lend(slot, completion.Result);
        completion.AddressLength = LinuxDatagrams.LengthOf(about->NameLength);
        completion.IsTruncated = (about->Flags & LibC.MSG_TRUNC) != 0;
        completion.Lease = slot;
    }

    /// <summary>A result named a slot, but brought no datagram.</summary>
    public void Discard(uint flags)
    {
        _offered--;
        Offer((int)(flags >> IoUring.CompletionBufferShift));
    }

    public void Return(int slot)
    {
        _isLent[slot] = false;
        if (_ring is not null)
            Offer(slot);
    }

    /// <summary>Lets the memory go; the kernel must be done with it.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_ring);
        NativeMemory.Free(_header);
        _ring = null;
        _header = null;
        if (_root.IsAllocated)
            _root.Free();
    }

    private void Offer(int slot)
    {
        // The first place's last field is the ring's tail: fields are set one by one.
        var place = _ring + (_tail & (Places - 1));
        place->Address = (ulong)_buffers.Start(slot);
        place->Length = DatagramBuffers.SlotSize;
        place->Id = (ushort)slot;
        _offered++;
        Volatile.Write(ref _ring->Tail, ++_tail);
    }
}
