// UringTable: the engine's handles and operations, and the ends that no completion of the kernel's brings.
// Thread: the engine's.  Owns: every socket in it, through its slot.
//   1. An operation is a place (2 * slot, + 1 for the writing direction) and a number; both are the user data of its
//      requests in the kernel.
//   2. A descriptor is closed when its user has closed it and both directions have ended, so that no request ever
//      meets a number that is somebody else's by now.
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed class UringTable(UringSends sends) : IDescriptorTable
{
    private const int Closed = -1;

    private readonly SlotTable<UringSlot> _slots = new();
    private readonly Queue<IoCompletion> _ended = new();
    private OperationNumbers _numbers;

    /// <summary>Operations in flight.</summary>
    public int Operations { get; private set; }

    public bool HasEnded => _ended.Count > 0;

    public static ulong UserData(int place, int operation) => ((ulong)(uint)operation << 32) | (uint)place;

    public IoHandle Add(int descriptor)
    {
        var index = _slots.Rent();
        _slots[index].Descriptor = descriptor;
        return _slots.Handle(index);
    }

    public IoHandle AddWatch(int descriptor)
    {
        var handle = Add(descriptor);
        _slots[handle.Index].IsWatch = true;
        return handle;
    }

    public IoHandle AddFile(int descriptor)
    {
        var handle = Add(descriptor);
        _slots[handle.Index].IsFile = true;
        return handle;
    }

    public int Descriptor(IoHandle handle) => Live(handle).Descriptor;

    public bool IsLive(IoHandle handle) => _slots.IsLive(handle) && !_slots[handle.Index].IsClosing;

    /// <summary>The slot of a handle that is not closed; good until the next <see cref="Add"/>.</summary>
    public ref UringSlot Live(IoHandle handle)
    {
        if (!IsLive(handle))
            throw IoMisuse.Closed();
        return ref _slots[handle.Index];
    }

    public ref UringSlot Slot(int place) => ref _slots[IoToken.SlotOf(place)];

    public ref UringDirection Direction(int place)
    {
        ref var slot = ref _slots[IoToken.SlotOf(place)];
        return ref IoToken.IsWritingPlace(place) ? ref slot.Write : ref slot.Read;
    }

    /// <summary>Whether this operation is in flight.</summary>
    public bool IsInFlight(int place, int operation)
        => operation != 0 && _slots.IsUsed(IoToken.SlotOf(place)) && Direction(place).Operation == operation;

    /// <summary>A number for an operation that begins.</summary>
    public int NextOperation() => _numbers.Next();

    /// <summary>The operation has begun: its phase is set.</summary>
    public IoToken Begun(in IoRequest request, ref UringDirection direction, int place, int operation)
    {
        direction.State = request.State;
        direction.Opcode = request.Opcode;
        direction.Operation = operation;
        Operations++;
        return new IoToken(place, operation);
    }

    /// <summary>The operation has ended, and nothing is left of it in the kernel.</summary>
    public void Forget(int place)
    {
        ref var direction = ref Direction(place);
        if (direction.Send is not null)
            sends.Return(direction.Send);
        direction = default;
        Operations--;
        ReleaseIfOver(IoToken.SlotOf(place));
    }

    /// <summary>The operation has ended; whoever asks next for completions learns of it.</summary>
    public void EndLater(int place, int result)
    {
        ref var direction = ref Direction(place);
        _ended.Enqueue(new IoCompletion { State = direction.State, Opcode = direction.Opcode, Result = result });
        Forget(place);
    }

    public void TakeEnded(Span<IoCompletion> completions, ref int stored)
    {
        while (stored < completions.Length && _ended.TryDequeue(out completions[stored]))
            stored++;
    }

    /// <summary>Forbids the handle to its user; the descriptor goes with its last operation.</summary>
    public void Close(IoHandle handle, bool reset)
    {
        ref var slot = ref _slots[handle.Index];
        if (reset && !slot.IsWatch)
            LinuxSockets.ResetOnClose(slot.Descriptor);
        slot.IsClosing = true;
        ReleaseIfOver(handle.Index);
    }

    /// <summary>Closes the descriptor before its handle's operations have ended: those that the kernel still has hold the socket themselves.</summary>
    public void CloseDescriptor(IoHandle handle)
    {
        ref var slot = ref _slots[handle.Index];
        _ = LibC.close(slot.Descriptor);
        slot.Descriptor = Closed;
    }

    /// <summary>Handles that their users have not closed.</summary>
    public IEnumerable<IoHandle> LiveHandles()
    {
        for (var index = 0; index < _slots.End; index++)
        {
            if (_slots.IsUsed(index) && !_slots[index].IsClosing)
                yield return _slots.Handle(index);
        }
    }

    /// <summary>Closes every descriptor, whatever is in flight: the ring is gone.</summary>
    public void Dispose()
    {
        for (var index = 0; index < _slots.End; index++)
        {
            if (_slots.IsUsed(index))
                Release(index);
        }

        _ended.Clear();
        Operations = 0;
    }

    private void ReleaseIfOver(int index)
    {
        ref var slot = ref _slots[index];
        if (slot.IsClosing && slot.Read.Operation == 0 && slot.Write.Operation == 0)
            Release(index);
    }

    private void Release(int index)
    {
        ref var slot = ref _slots[index];
        slot.Read.Send?.Release();
        slot.Write.Send?.Release();
        if (!slot.IsWatch && slot.Descriptor != Closed)
            _ = LibC.close(slot.Descriptor);
        _slots.Free(index);
    }
}
