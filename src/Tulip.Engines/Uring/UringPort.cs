// UringPort: the engine's way to the kernel: requests written into the ring, system calls, and the thread they are made on.
// Thread: the engine's, but for Wake and WaitForResults.  Owns: the ring, the buffers offered through it, and the event descriptors.
//   1. The ring belongs to the thread that enters it first. When nothing is in flight, a ring is made anew where the
//      engine goes on; otherwise going on elsewhere is an error.
//   2. The event descriptor is polled for ever (multishot, edge-triggered): every write to it completes once, so nobody
//      has to read it.
//   3. Another thread may wait for results, and takes nothing. It polls an event descriptor of the kernel's: the ring's own does not tell
//      of deferred work, which only this thread can do.
using Tulip.Engines.Files;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed unsafe class UringPort : IUringEntries, IDisposable
{
    public const ulong WakeData = ulong.MaxValue;
    public const ulong CancelMark = 1UL << 63;

    public const int TimedOut = -62;

    private const int Busy = -16;

    private static ReadOnlySpan<byte> NeededOpcodes =>
    [
        IoUring.OpPollAdd, IoUring.OpSendMessage, IoUring.OpAccept, IoUring.OpCancel, IoUring.OpSend, IoUring.OpReceive,
        IoUring.OpReceiveMessage,
    ];

    private readonly UringOptions _options;
    private readonly WakeEvent _wake;
    private UringRing _ring;
    private volatile WakeEvent? _results;
    private Thread? _thread;

    private UringPort(UringOptions options, UringRing ring, UringBuffers buffers)
    {
        _options = options;
        _ring = ring;
        Buffers = buffers;
        _wake = new WakeEvent();
        ArmWake();
    }

    public UringBuffers Buffers { get; }

    /// <summary>What files are read into, by calls of our own; its leases are told by their complement.</summary>
    public ReceiveBuffers FileBuffers { get; } = new();

    /// <summary>What datagrams are received into.</summary>
    public UringDatagrams Datagrams { get; } = new();

    public UringStatistics Statistics;

    public bool HasCompletions => _ring.HasCompletions;

    public bool HasOverflow => _ring.HasOverflow;

    /// <summary>Whether the kernel has to be entered, even without waiting.</summary>
    public bool NeedsEnter => _ring.Prepared > 0 || _ring.HasKernelWork;

    /// <summary>The first request that the kernel has not begun.</summary>
    public uint Head => _ring.Head;

    /// <summary>Whether this thread may enter the ring.</summary>
    public bool IsHere => _thread is null || _thread == Thread.CurrentThread;

    /// <summary>Whether the kernel can still be at work for the thread that the ring belonged to.</summary>
    public bool IsElsewhere => !IsHere && _thread!.IsAlive;

    /// <summary>Makes the port; an error number, negated, if io_uring does not work here.</summary>
    public static int TryCreate(UringOptions options, out UringPort? port)
    {
        port = null;
        var buffers = new UringBuffers(options);
        var error = TryCreateRing(options, buffers, null, out var ring);
        if (error >= 0)
            port = new UringPort(options, ring!, buffers);
        else
            buffers.Dispose();
        return error;
    }

    /// <summary>Makes this thread the one that enters.</summary>
    /// <param name="isIdle">Whether nothing is in flight.</param>
    /// <exception cref="InvalidOperationException">Something is in flight on another thread.</exception>
    public void Attach(bool isIdle)
    {
        if (_thread == Thread.CurrentThread)
            return;

        if (_thread is not null)
            Move(isIdle);
        var error = _ring.Enable();
        if (error < 0)
            throw new InvalidOperationException($"The kernel does not let this thread use the ring (error {-error}). {UringEngine.WayOut}");
        _thread = Thread.CurrentThread;
    }

    /// <summary>Room for one more request.</summary>
    public SubmissionEntry* Reserve(byte opcode, int descriptor, ulong userData)
    {
        var entry = _ring.TryReserve(opcode, descriptor, userData);
        if (entry is not null)
            return entry;

        Attach(isIdle: false);
        Enter(0, 0);
        return _ring.Reserve(opcode, descriptor, userData);
    }

    /// <summary>A request that only completes.</summary>
    public void Nothing(ulong userData) => Reserve(IoUring.OpNop, -1, userData);

    public void Receive(int descriptor, ulong userData)
    {
        var entry = Reserve(IoUring.OpReceive, descriptor, userData);
        entry->Flags = IoUring.EntryBufferSelect;
        entry->Priority = IoUring.ReceiveMultishot;
        entry->BufferGroup = UringBuffers.Group;
    }

    public void ReceiveFrom(int descriptor, ulong userData)
    {
        if (!Datagrams.IsUsed && Datagrams.Attach(_ring) is var error and < 0)
            throw IoError.ToException(error);

        var entry = Reserve(IoUring.OpReceiveMessage, descriptor, userData);
        entry->Flags = IoUring.EntryBufferSelect;
        entry->Priority = IoUring.ReceiveMultishot;
        entry->Address = (ulong)Datagrams.Header;
        entry->Length = 1;
        entry->BufferGroup = UringDatagrams.Group;
    }

    public void Accept(int descriptor, ulong userData)
    {
        var entry = Reserve(IoUring.OpAccept, descriptor, userData);
        entry->Priority = IoUring.AcceptMultishot;
        entry->OperationFlags = LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC;
    }

    public void Poll(int descriptor, ulong userData, bool forWriting)
    {
        var entry = Reserve(IoUring.OpPollAdd, descriptor, userData);
        entry->OperationFlags = forWriting ? LibC.EPOLLOUT : LibC.EPOLLIN | LibC.EPOLLRDHUP;
    }

    public void Send(int descriptor, ulong userData, UringSend send)
    {
        var isGathered = send.Message is not null;
        var entry = Reserve(isGathered ? IoUring.OpSendMessage : IoUring.OpSend, descriptor, userData);
        entry->Flags = IoUring.EntrySkipSuccess;
        entry->Address = isGathered ? (ulong)send.Message : (ulong)send.Address;
        entry->Length = isGathered ? 1u : (uint)send.Length;
        entry->OperationFlags = UringSend.Flags | LibC.MSG_WAITALL;
        send.Position = _ring.Tail - 1;
    }

    /// <summary>Asks for an operation's end. Only a request that comes too early or too late has a completion.</summary>
    public void Cancel(ulong userData)
    {
        var entry = Reserve(IoUring.OpCancel, -1, userData | CancelMark);
        entry->Flags = IoUring.EntrySkipSuccess;
        entry->Address = userData;
    }

    /// <summary>Hands over what is prepared, waits for results, and lets the kernel put them into the ring.</summary>
    public void Enter(uint minimum, long timeoutNanoseconds)
    {
        Statistics.Enters++;
        if (_ring.HasOverflow)
            Statistics.Overflows++;
        var result = _ring.Enter(minimum, timeoutNanoseconds);

        // A signal, the end of the time, results that have to be taken first, or too little memory: the caller comes again.
        if (result < 0 && result is not TimedOut and not Busy and not -IoError.Interrupted and not -IoError.Again)
            throw new InvalidOperationException($"io_uring failed with error {-result}. {UringEngine.WayOut}");
    }

    /// <summary>Has the kernel tell of results by an event descriptor from now on, for another thread.</summary>
    public void BeginWatch()
    {
        if (_results is not null)
            return;

        // A ring that belongs to another thread is replaced when this one enters.
        var results = new WakeEvent();
        if (IsHere && Tell(_ring, results) is var error and < 0)
        {
            results.Dispose();
            throw IoError.ToException(error);
        }

        _results = results;
    }

    /// <summary>Blocks until the ring has results for its thread, or a Wake. Another thread's, after BeginWatch.</summary>
    public void WaitForResults()
    {
        var poll = new PollDescriptor { Descriptor = _results!.Descriptor, Events = LibC.POLLIN };
        if (LibC.poll(&poll, 1, -1) < 0 && LibC.LastError != -IoError.Interrupted)
            throw IoError.ToException(LibC.LastError);
    }

    /// <summary>The results that were told of have been taken. What comes from now on is told again, and what came just before is
    /// seen in the ring.</summary>
    public void ForgetResults() => _results?.Clear();

    public bool TryTake(out CompletionEntry completion)
    {
        if (!_ring.TryTake(out completion))
            return false;

        Statistics.Completions++;
        return true;
    }

    /// <summary>Polls the event descriptor; again, if the kernel ended that.</summary>
    public void ArmWake()
    {
        var entry = Reserve(IoUring.OpPollAdd, _wake.Descriptor, WakeData);
        entry->Length = IoUring.PollMultishot;
        entry->OperationFlags = LibC.EPOLLIN;
    }

    public void Wake()
    {
        _wake.Set();
        _results?.Set();
    }

    public bool Knows(byte opcode) => _ring.Knows([opcode]);

    /// <summary>Closes the ring. The buffers stay: the caller knows whether the kernel is done with them.</summary>
    public void Dispose()
    {
        _ring.Dispose();
        _wake.Dispose();
        _results?.Dispose();
    }

    private static int Tell(UringRing ring, WakeEvent results)
    {
        var descriptor = results.Descriptor;
        return ring.Register(IoUring.RegisterEventFd, &descriptor, 1);
    }

    private static int TryCreateRing(UringOptions options, UringBuffers buffers, UringDatagrams? datagrams, out UringRing? ring)
    {
        var error = UringRing.TryCreate(options.Submissions, options.Completions, isShared: false, out ring);
        if (error < 0)
            return error;

        error = ring!.Knows(NeededOpcodes) ? buffers.Attach(ring) : -IoError.NotSupported;
        if (error >= 0 && datagrams is { IsUsed: true })
            error = datagrams.Attach(ring);
        if (error >= 0)
            return 0;

        ring.Dispose();
        ring = null;
        return error;
    }

    private void Move(bool isIdle)
    {
        if (!isIdle)
            throw new InvalidOperationException("The loop has operations in flight on another thread, and io_uring binds them to it. " + UringEngine.WayOut);

        var error = TryCreateRing(_options, Buffers, Datagrams, out var ring);
        if (error >= 0 && _results is { } results)
            error = Tell(ring!, results);
        if (error < 0)
        {
            ring?.Dispose();
            throw new InvalidOperationException($"No ring could be made for this thread (error {-error}). {UringEngine.WayOut}");
        }

        _ring.Dispose();
        _ring = ring!;
        _thread = null;
        Statistics.Moves++;
        ArmWake();
    }
}
