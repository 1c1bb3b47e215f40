// LinuxDatagrams: datagrams by system calls, many with one.
// Thread: the engine's.  Owns: the native memory that describes them to the kernel; the slots that are armed.
//   1. A message is armed when it has a slot to receive into; it stays so until something was received into it.
//   2. Many datagrams leave with one call only if each has an address. sendmmsg forgets the error of any but the first one,
//      and on a connected socket that can be the network's, which is told once: there each datagram has a call of its own.
//      What else can be wrong with a datagram is wrong again when it is the first one of the next call.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

internal sealed unsafe class LinuxDatagrams(DatagramBuffers buffers) : IDisposable
{
    private const int Batch = 32;
    private const int None = -1;

    private readonly int[] _slots = new int[Batch];
    private MultiMessage* _incoming;
    private MultiMessage* _outgoing;

    /// <summary>Receives what there is and there is room for.</summary>
    /// <param name="descriptor">A datagram socket.</param>
    /// <param name="completions">Receives a completion for each datagram, without its state.</param>
    /// <param name="mayHaveMore">Whether there may be more than that.</param>
    /// <returns>How many there were, 0 if all slots are lent; an error, negated.</returns>
    public int Receive(int descriptor, Span<IoCompletion> completions, out bool mayHaveMore)
    {
        var armed = Arm(Math.Min(completions.Length, Batch));
        mayHaveMore = true;
        if (armed == 0)
            return 0;

        int count;
        while ((count = LibC.recvmmsg(descriptor, _incoming, (uint)armed, LibC.MSG_DONTWAIT, null)) < 0)
        {
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }

        mayHaveMore = count == armed;
        for (var i = 0; i < count; i++)
        {
            ref var message = ref _incoming[i];
            completions[i] = new IoCompletion
            {
                Opcode = IoOpcode.ReceiveFrom,
                Result = (int)message.Length,
                More = true,
                AddressLength = LengthOf(message.Header.NameLength),
                IsTruncated = (message.Header.Flags & LibC.MSG_TRUNC) != 0,
                Data = buffers.Lend(_slots[i], (int)message.Length),
                Lease = _slots[i],
            };
            _slots[i] = None;
        }

        return count;
    }

    /// <summary>How long an address is that the kernel gave: it says more than there is room for if it was cut off.</summary>
    public static byte LengthOf(uint length) => (byte)Math.Min(length, IoAddress.Capacity);

    /// <summary>Whether receiving has failed for good, rather than told something of the network.</summary>
    public static bool IsFinal(int error)
        => -error is IoError.BadDescriptor or IoError.NotSocket or IoError.InvalidArgument or IoError.NotSupported or IoError.Canceled;

    /// <summary>Sends what there is room for.</summary>
    /// <param name="descriptor">A datagram socket.</param>
    /// <param name="pairs">Addresses and datagrams, as <see cref="IoOpcode.SendTo"/> has them.</param>
    /// <param name="isPinned">Whether they need not be pinned.</param>
    /// <returns>How many datagrams were sent, or the error of the first one, negated.</returns>
    public int Send(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> pairs, bool isPinned)
    {
        if (pairs[0].IsEmpty)
            return LinuxSockets.Send(descriptor, pairs[1].Span) is var result and < 0 ? result : 1;

        if (_outgoing is null)
            _outgoing = Allocate();
        pairs = pairs[..Math.Min(pairs.Length, Batch * 2)];
        if (isPinned)
            return Send(descriptor, pairs);

        var pins = ArrayPool<MemoryHandle>.Shared.Rent(pairs.Length);
        try
        {
            for (var i = 0; i < pairs.Length; i++)
                pins[i] = pairs[i].Pin();
            return Send(descriptor, pairs);
        }
        finally
        {
            for (var i = 0; i < pairs.Length; i++)
                pins[i].Dispose();
            ArrayPool<MemoryHandle>.Shared.Return(pins, clearArray: true);
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_incoming);
        NativeMemory.Free(_outgoing);
        _incoming = _outgoing = null;
    }

    private int Send(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> pairs)
    {
        var count = pairs.Length / 2;
        for (var i = 0; i < count; i++)
        {
            var address = pairs[2 * i].Span;
            var datagram = pairs[2 * i + 1].Span;
            ref var message = ref _outgoing[i];
            message.Header.Name = Unsafe.AsPointer(ref MemoryMarshal.GetReference(address));
            message.Header.NameLength = (uint)address.Length;
            message.Header.Vectors->Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(datagram));
            message.Header.Vectors->Length = (nuint)datagram.Length;
        }

        while (true)
        {
            var sent = LibC.sendmmsg(descriptor, _outgoing, (uint)count, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
            if (sent >= 0)
                return sent;
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }
    }

    /// <summary>Arms messages from the first one on; returns how many are.</summary>
    private int Arm(int count)
    {
        if (_incoming is null)
        {
            buffers.Allocate();
            _incoming = Allocate();
            _slots.AsSpan().Fill(None);
        }

        for (var i = 0; i < count; i++)
        {
            if (_slots[i] != None)
                continue;
            if (buffers.Free == 0)
                return i;

            _slots[i] = buffers.Take();
            ref var header = ref _incoming[i].Header;
            header.Name = buffers.Start(_slots[i]) + DatagramBuffers.AddressOffset;
            header.NameLength = IoAddress.Capacity;
            header.Vectors->Base = buffers.Start(_slots[i]) + DatagramBuffers.DatagramOffset;
            header.Vectors->Length = DatagramBuffers.LargestDatagram;
        }

        return count;
    }

    private static MultiMessage* Allocate()
    {
        var messages = (MultiMessage*)NativeMemory.AllocZeroed((nuint)(Batch * (sizeof(MultiMessage) + sizeof(IoVector))));
        var vectors = (IoVector*)(messages + Batch);
        for (var i = 0; i < Batch; i++)
        {
            messages[i].Header.Vectors = vectors + i;
            messages[i].Header.VectorCount = 1;
        }

        return messages;
    }
}
