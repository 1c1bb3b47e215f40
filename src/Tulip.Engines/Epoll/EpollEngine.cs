// EpollEngine: readiness turned into completions.
// Thread: loop thread only, but for Wake.  Owns: the epoll and event descriptors, and every socket in its table.
// The kernel's rules, and what they mean here:
//   1. A socket is registered once, edge-triggered for both directions: no further epoll_ctl while it lives. An edge
//      marks the direction ready; it stays so until a call answers "not now", or reads less than there was room for
//      (then the next byte makes a new edge) with no hang-up announced.
//   2. An operation is first tried where readiness is known, and armed only by EAGAIN. A send is tried in Submit.
//   3. An event names a place and a generation. Those of a closed handle are ignored: its number may be another's by now.
//   4. The event descriptor of Wake is edge-triggered too: every write to it is an edge, so nobody has to read it.
//   5. What is no socket stays ready until a call answers "not now", for a terminal gives a line at a time; a file that
//      epoll does not take is always ready.
//   6. Datagrams are received many at a time; the direction stays ready after an error was announced until a call answers
//      "not now", for the kernel keeps the error of all but the first of them for the next call.
//   7. Files are worked on in a small ring of io_uring, made when the first one is, whose descriptor is watched like any other:
//      level-triggered, for results may be left in it.
//   8. A watched descriptor may be of any kind and belongs to others: one-shot, level-triggered, armed by each poll.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Files;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Epoll;

/// <summary>The engine over Linux's epoll: sockets are tried first and waited for only when they are not ready.</summary>
/// <remarks><threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call.</threadsafety></remarks>
public sealed unsafe class EpollEngine : IDescriptorEngine, IFileEngine, IWatchedEngine, IDescriptorTable
{
    private const ulong WakeData = ulong.MaxValue;
    private const ulong FilesData = ulong.MaxValue - 1;
    private const uint SocketEvents = LibC.EPOLLIN | LibC.EPOLLOUT | LibC.EPOLLRDHUP | LibC.EPOLLET;
    private const uint Failed = LibC.EPOLLERR | LibC.EPOLLHUP;

    private readonly SlotTable<EpollSlot> _slots = new();
    private readonly EpollWaiter _waiter = new();
    private readonly ReceiveBuffers _buffers = new();
    private readonly DatagramBuffers _datagramBuffers = new();
    private readonly LinuxDatagrams _datagrams;
    private readonly EpollCalls _calls;

    // Directions that are ready and have an operation.
    private readonly Queue<(IoHandle Slot, bool Writing)> _tries = new();
    private readonly Queue<IoCompletion> _ended = new();
    private UringFileRing? _files;
    private bool _triedFiles;
    private int _operations;
    private OperationNumbers _numbers;

    /// <summary>An engine with nothing open.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public EpollEngine()
    {
        Sockets = new LinuxSockets(this);
        _datagrams = new LinuxDatagrams(_datagramBuffers);
        _calls = new EpollCalls(_buffers, _datagrams, this);
    }

    /// <inheritdoc/>
    public string Name => "epoll";

    /// <inheritdoc/>
    public IoFeatures Features => IoFeatures.Descriptors | IoFeatures.SendFile;

    /// <inheritdoc/>
    public IIoSockets Sockets { get; }

    /// <inheritdoc/>
    public bool HasPending => _operations > 0 || _ended.Count > 0 || _files is { Files.HasPending: true };

    /// <inheritdoc/>
    public IoHandle Watch(int descriptor)
    {
        var index = _slots.Rent();
        ref var slot = ref _slots[index];
        slot.Descriptor = descriptor;
        slot.IsWatch = true;

        // Registered for nothing yet, to learn at once whether it can be; one-shot, for a hang-up is reported unasked.
        var error = _waiter.Control(LibC.EPOLL_CTL_ADD, descriptor, LibC.EPOLLONESHOT, DataOf(index));
        if (error >= 0)
        {
            slot.IsRegistered = true;
            return _slots.Handle(index);
        }

        _slots.Free(index);
        throw LinuxSockets.NotWatchable(descriptor, error);
    }

    /// <inheritdoc/>
    public int DescriptorOf(IoHandle handle) => _slots.Live(handle).Descriptor;

    /// <inheritdoc/>
    public IoHandle Adopt(SafeFileHandle file, out bool tellsOfReader)
    {
        var (descriptor, kind) = LinuxFiles.TakeOver(file);
        tellsOfReader = kind == LinuxFileKind.PipeToWrite;
        return Add(descriptor, isFile: kind != LinuxFileKind.Socket);
    }

    /// <inheritdoc/>
    public IoToken Submit(in IoRequest request, out int result)
    {
        ref var slot = ref _slots.Live(request.Handle);
        var writing = request.IsWriting;
        ref var direction = ref writing ? ref slot.Write : ref slot.Read;
        if (direction.Operation != 0)
            throw IoMisuse.DirectionInUse(direction.Opcode);

        EpollPendingSend? pending = null;
        result = request.Opcode switch
        {
            IoOpcode.Send => EpollCalls.Send(slot, request, out pending),
            IoOpcode.SendFile => EpollCalls.SendFile(slot, request, out pending),
            IoOpcode.SendTo => _calls.SendTo(slot, request, out pending),
            IoOpcode.Connect => LinuxSockets.BeginConnect(slot.Descriptor, request.Address!),
            IoOpcode.Poll => ArmPoll(request.Handle.Index, ref slot, writing),
            IoOpcode.Accept or IoOpcode.Receive or IoOpcode.ReceiveFrom => -IoError.Again,
            _ => throw IoMisuse.NoOperation(Name, request.Opcode),
        };
        if (result != -IoError.Again && result != -IoError.InProgress)
            return IoToken.None;

        result = 0;
        direction.State = request.State;
        direction.Opcode = request.Opcode;
        direction.Pending = pending;
        direction.Operation = _numbers.Next();
        _operations++;

        // A send or a connect has just been told "not now"; for the others readiness may have shown before anybody asked.
        if (writing && request.Opcode != IoOpcode.Poll)
            direction.IsReady = false;
        else if (direction.IsReady)
            QueueTry(request.Handle.Index, ref direction, writing);
        return IoToken.Of(request.Handle, writing, direction.Operation);
    }

    /// <inheritdoc/>
    public int SendFileNow(int descriptor, IoFilePart part) => LinuxFiles.Send(descriptor, part);

    /// <inheritdoc/>
    public bool Can(FileOperation operation) => OpenFiles() is { } ring && ring.Files.Can(operation);

    /// <inheritdoc/>
    public bool IsRegular(SafeFileHandle file) => LinuxFiles.IsRegular(file);

    /// <inheritdoc/>
    public IoToken SubmitFile(in FileRequest request)
        => OpenFiles()?.Files.Begin(request) ?? throw new NotSupportedException("Files can be worked on only where io_uring works.");

    /// <inheritdoc/>
    public int ReadNow(SafeFileHandle file, long offset, Span<byte> target) => CachedReads.ReadNow(file, offset, target);

    /// <inheritdoc/>
    public int SendNow(IoHandle handle, ReadOnlySpan<byte> bytes) => EpollCalls.SendOne(_slots.Live(handle), bytes);

    /// <inheritdoc/>
    public void Cancel(IoToken token)
    {
        if (UringFiles.IsToken(token))
            _files?.Files.Cancel(token);
        if (token.IsNone || UringFiles.IsToken(token) || !_slots.IsUsed(token.Slot))
            return;

        ref var slot = ref _slots[token.Slot];
        ref var direction = ref token.IsWriting ? ref slot.Write : ref slot.Read;
        if (direction.Operation == token.Generation)
            End(ref direction, -IoError.Canceled);
    }

    /// <inheritdoc/>
    public int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
    {
        var stored = 0;
        _files?.Flush();
        if (HasWork)
            timeoutNanoseconds = 0;

        var events = _waiter.Wait(timeoutNanoseconds, out var count);
        for (var i = 0; i < count; i++)
        {
            if (events.Data(i) is not WakeData and not FilesData)
                MarkReady(events.Data(i), events.Flags(i));
        }

        _files?.Collect(completions, ref stored);
        while (stored < completions.Length && _ended.TryDequeue(out completions[stored]))
            stored++;

        // Once around: a connection that always has more must not keep the others waiting.
        for (var tries = _tries.Count; tries > 0 && stored < completions.Length; tries--)
        {
            stored += TryNext(completions[stored..]);
        }

        return stored;
    }

    /// <inheritdoc/>
    public void Return(in IoCompletion completion)
    {
        if (completion.Opcode == IoOpcode.ReceiveFrom && !completion.Data.IsEmpty)
            _datagramBuffers.Return(completion.Lease);
        else if (!completion.Data.IsEmpty)
            _buffers.Return(completion.Lease);
    }

    /// <inheritdoc/>
    public void Close(IoHandle handle, bool reset = false)
    {
        if (!_slots.IsLive(handle))
            return;

        ref var slot = ref _slots[handle.Index];
        if (slot.Read.Operation != 0)
            End(ref slot.Read, -IoError.Canceled);
        if (slot.Write.Operation != 0)
            End(ref slot.Write, -IoError.Canceled);

        // Taken out by name: a duplicate of the descriptor elsewhere would keep it registered.
        if (!slot.IsWatch || slot.IsRegistered)
            _ = _waiter.Control(LibC.EPOLL_CTL_DEL, slot.Descriptor, 0, 0);
        if (!slot.IsWatch)
        {
            if (reset)
                LinuxSockets.ResetOnClose(slot.Descriptor);
            _ = LibC.close(slot.Descriptor);
        }

        _slots.Free(handle.Index);
    }

    /// <inheritdoc/>
    public void BeginWatch()
    {
    }

    /// <inheritdoc/>
    public bool HasWork => _ended.Count > 0 || _tries.Count > 0 || _files is { HasCompletions: true };

    /// <inheritdoc/>
    public void WaitForWork() => _waiter.WaitForEvents();

    /// <inheritdoc/>
    public void Wake() => _waiter.Wake();

    /// <summary>Closes every socket and the engine; operations in flight are dropped.</summary>
    public void Dispose()
    {
        for (var index = 0; index < _slots.End; index++)
        {
            if (_slots.IsUsed(index))
                Close(_slots.Handle(index));
        }

        _ended.Clear();
        _files?.Dispose();
        _waiter.Dispose();
        _datagrams.Dispose();
    }

    IoHandle IDescriptorTable.Add(int descriptor) => Add(descriptor, isFile: false);

    int IDescriptorTable.Descriptor(IoHandle handle) => _slots.Live(handle).Descriptor;

    /// <summary>The ring for files; null where io_uring does not work.</summary>
    private UringFileRing? OpenFiles()
    {
        if (_triedFiles)
            return _files;

        _triedFiles = true;
        var ring = UringFileRing.TryCreate();
        if (ring is not null && _waiter.Control(LibC.EPOLL_CTL_ADD, ring.Descriptor, LibC.EPOLLIN, FilesData) < 0)
        {
            ring.Dispose();
            ring = null;
        }

        return _files = ring;
    }

    private IoHandle Add(int descriptor, bool isFile)
    {
        var index = _slots.Rent();
        ref var slot = ref _slots[index];
        slot.Descriptor = descriptor;
        slot.IsFile = isFile;
        var error = _waiter.Control(LibC.EPOLL_CTL_ADD, descriptor, SocketEvents, DataOf(index));
        slot.Read.IsReady = slot.Write.IsReady = isFile && error == -IoError.NotPermitted;
        if (error >= 0 || slot.Read.IsReady)
            return _slots.Handle(index);

        _slots.Free(index);
        _ = LibC.close(descriptor);
        throw IoError.ToException(error);
    }

    private ulong DataOf(int index) => ((ulong)(uint)_slots.Handle(index).Generation << 32) | (uint)index;

    private int ArmPoll(int index, ref EpollSlot slot, bool writing)
    {
        if (!slot.IsWatch)
            return -IoError.Again;

        var flags = LibC.EPOLLONESHOT;
        if (!writing || slot.Read.Operation != 0)
            flags |= LibC.EPOLLIN | LibC.EPOLLRDHUP;
        if (writing || slot.Write.Operation != 0)
            flags |= LibC.EPOLLOUT;
        var error = _waiter.Control(LibC.EPOLL_CTL_MOD, slot.Descriptor, flags, DataOf(index));
        slot.Read.IsReady = slot.Write.IsReady = false;
        return error < 0 ? error : -IoError.Again;
    }

    private void MarkReady(ulong data, uint flags)
    {
        var index = (int)(uint)data;
        if (!_slots.IsLive(index, (int)(data >> 32)))
            return;

        ref var slot = ref _slots[index];
        if ((flags & (LibC.EPOLLRDHUP | Failed)) != 0)
            slot.IsHungUp = true;
        if ((flags & (LibC.EPOLLIN | LibC.EPOLLRDHUP | Failed)) != 0)
        {
            slot.Read.IsReady = true;
            if (slot.Read.Operation != 0)
                QueueTry(index, ref slot.Read, writing: false);
        }

        if ((flags & (LibC.EPOLLOUT | Failed)) != 0)
        {
            slot.Write.IsReady = true;
            if (slot.Write.Operation != 0)
                QueueTry(index, ref slot.Write, writing: true);
        }

        // One shot disarms both directions: the one that was not ready has to be armed again.
        if (slot.IsWatch && slot.Read.Operation != 0 && !slot.Read.IsReady)
            _ = ArmPoll(index, ref slot, writing: false);
        else if (slot.IsWatch && slot.Write.Operation != 0 && !slot.Write.IsReady)
            _ = ArmPoll(index, ref slot, writing: true);
    }

    private void QueueTry(int index, ref EpollDirection direction, bool writing)
    {
        if (direction.IsQueued)
            return;

        direction.IsQueued = true;
        _tries.Enqueue((_slots.Handle(index), writing));
    }

    private int TryNext(Span<IoCompletion> completions)
    {
        var (place, writing) = _tries.Dequeue();
        if (!_slots.IsLive(place))
            return 0;

        ref var slot = ref _slots[place.Index];
        ref var direction = ref writing ? ref slot.Write : ref slot.Read;
        direction.IsQueued = false;
        if (direction.Operation == 0)
            return 0;

        completions[0] = default;
        var count = direction.Opcode == IoOpcode.ReceiveFrom
            ? _calls.ReceiveFrom(ref slot, ref direction, completions)
            : _calls.Try(ref slot, ref direction, ref completions[0]) ? 1 : 0;

        // Accepting may have moved the table.
        direction = ref writing ? ref _slots[place.Index].Write : ref _slots[place.Index].Read;
        if (count > 0 && !completions[0].More)
            Forget(ref direction);
        else if (direction.IsReady)
            QueueTry(place.Index, ref direction, writing);
        return count;
    }

    private void End(ref EpollDirection direction, int result)
    {
        _ended.Enqueue(new IoCompletion { State = direction.State, Opcode = direction.Opcode, Result = result });
        Forget(ref direction);
    }

    private void Forget(ref EpollDirection direction)
    {
        direction.State = null;
        direction.Pending = null;
        direction.Operation = 0;
        direction.Opcode = IoOpcode.None;
        _operations--;
    }
}
