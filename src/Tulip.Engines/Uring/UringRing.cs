// UringRing: one io_uring: two rings in memory shared with the kernel, and the system calls on them.
// Thread: the one that enables it, from then on; before that any, one at a time.  Owns: descriptor and mappings.
//   1. Requests between the kernel's head and Tail are prepared; Enter hands all of them over, unless the kernel is
//      out of memory, and then they stay prepared.
//   2. With deferred task work nothing completes but in Enter; the kernel writes to no memory of ours in between.
using System.Runtime.CompilerServices;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed unsafe class UringRing : IDisposable
{
    private const int LeastSubmissions = 8;
    private const int NoMemory = -IoError.NoMemory;

    private readonly int _descriptor;
    private byte* _rings;
    private nuint _ringsLength;
    private SubmissionEntry* _entries;
    private nuint _entriesLength;

    private uint* _submissionHead;
    private uint* _submissionTail;
    private uint* _submissionFlags;
    private uint _submissionMask;
    private uint _submissionCount;
    private uint* _completionHead;
    private uint* _completionTail;
    private CompletionEntry* _completions;
    private uint _completionMask;
    private uint _taken;

    private UringRing(int descriptor) => _descriptor = descriptor;

    /// <summary>Readable while there are results.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Where the next request goes; counts on for ever.</summary>
    public uint Tail { get; private set; }

    /// <summary>The first request that the kernel has not begun.</summary>
    public uint Head => Volatile.Read(ref *_submissionHead);

    /// <summary>How many requests wait to be handed over.</summary>
    public uint Prepared => Tail - Head;

    public bool HasCompletions => _taken != Volatile.Read(ref *_completionTail);

    /// <summary>The kernel holds results back: the completion ring was full.</summary>
    public bool HasOverflow => (Volatile.Read(ref *_submissionFlags) & IoUring.SqCqOverflow) != 0;

    /// <summary>The kernel has results, or work that leads to some, and needs to be entered for them.</summary>
    public bool HasKernelWork => (Volatile.Read(ref *_submissionFlags) & (IoUring.SqCqOverflow | IoUring.SqTaskRun)) != 0;

    /// <summary>Makes a ring that does nothing before <see cref="Enable"/>; an error number, negated, if that cannot be.</summary>
    /// <param name="submissions">Requests that fit in.</param>
    /// <param name="completions">Results that fit in.</param>
    /// <param name="isShared">Whether several threads use it, one after the other; else it is bound to the one that enables it.</param>
    /// <param name="ring">The ring.</param>
    public static int TryCreate(int submissions, int completions, bool isShared, out UringRing? ring)
    {
        ring = null;
        ReadOnlySpan<uint> manners =
        [
            IoUring.SetupSingleIssuer | IoUring.SetupDeferTaskRun | IoUring.SetupTaskRunFlag,
            IoUring.SetupCoopTaskRun | IoUring.SetupTaskRunFlag,
        ];
        var error = -IoError.InvalidArgument;
        foreach (var manner in isShared ? manners[1..] : manners)
        {
            // A small limit of locked memory leaves room for small rings only.
            var (requests, results) = (submissions, completions);
            while ((error = TryCreate(requests, results, manner, out ring)) == NoMemory && requests > LeastSubmissions)
                (requests, results) = (requests / 2, Math.Max(results / 2, requests));
            if (error != -IoError.InvalidArgument)
                break;
        }

        return error;
    }

    /// <summary>Registers something with the ring; an error number, negated, if the kernel refuses.</summary>
    public int Register(uint operation, void* argument, int count)
        => LibC.io_uring_register(LibC.SYS_io_uring_register, _descriptor, (nint)operation, argument, count) < 0 ? LibC.LastError : 0;

    /// <summary>Binds the ring to this thread.</summary>
    public int Enable() => Register(IoUring.RegisterEnableRings, null, 0);

    /// <summary>The place of the next request; null if the ring is full.</summary>
    public SubmissionEntry* TryReserve(byte opcode, int descriptor, ulong userData)
    {
        if (Prepared == _submissionCount)
            return null;

        var entry = _entries + (Tail++ & _submissionMask);
        *entry = default;
        entry->Opcode = opcode;
        entry->Descriptor = descriptor;
        entry->UserData = userData;
        return entry;
    }

    /// <summary>The same once the kernel was entered, which makes room.</summary>
    /// <exception cref="InvalidOperationException">It has made none.</exception>
    public SubmissionEntry* Reserve(byte opcode, int descriptor, ulong userData)
    {
        var entry = TryReserve(opcode, descriptor, userData);
        return entry is not null ? entry : throw new InvalidOperationException("The kernel takes no more requests: it is out of memory.");
    }

    /// <summary>Hands over what is prepared, and collects results.</summary>
    /// <param name="minimum">How many results to wait for, counted with those that were not taken yet; 0 does not wait.</param>
    /// <param name="timeoutNanoseconds">The longest wait; negative for ever.</param>
    /// <returns>0 or more; an error number, negated.</returns>
    public int Enter(uint minimum, long timeoutNanoseconds)
    {
        Volatile.Write(ref *_submissionTail, Tail);
        nint result;
        if (minimum == 0 || timeoutNanoseconds < 0)
        {
            result = LibC.io_uring_enter(LibC.SYS_io_uring_enter, _descriptor, (nint)Prepared, (nint)minimum, (nint)IoUring.EnterGetEvents, null, 0);
        }
        else
        {
            var time = new TimeSpec(timeoutNanoseconds);
            var argument = new WaitArgument { Timeout = &time };
            const nint Flags = (nint)(IoUring.EnterGetEvents | IoUring.EnterExtendedArgument);
            result = LibC.io_uring_enter(LibC.SYS_io_uring_enter, _descriptor, (nint)Prepared, (nint)minimum, Flags, &argument, sizeof(WaitArgument));
        }

        return result < 0 ? LibC.LastError : (int)result;
    }

    public bool TryTake(out CompletionEntry completion)
    {
        if (!HasCompletions)
        {
            completion = default;
            return false;
        }

        completion = _completions[_taken & _completionMask];
        Volatile.Write(ref *_completionHead, ++_taken);
        return true;
    }

    /// <summary>Whether the kernel knows an operation.</summary>
    public bool Knows(ReadOnlySpan<byte> opcodes)
    {
        const int Most = 64;
        const int HeaderLength = 16;
        var memory = stackalloc byte[HeaderLength + Most * sizeof(ProbedOperation)];
        Unsafe.InitBlock(memory, 0, (uint)(HeaderLength + Most * sizeof(ProbedOperation)));
        if (Register(IoUring.RegisterProbe, memory, Most) < 0)
            return false;

        var operations = (ProbedOperation*)(memory + HeaderLength);
        foreach (var opcode in opcodes)
        {
            if ((operations[opcode].Flags & IoUring.ProbeSupported) == 0)
                return false;
        }

        return true;
    }

    public void Dispose()
    {
        if (_entries is not null)
            _ = LibC.munmap(_entries, _entriesLength);
        if (_rings is not null)
        {
            _ = LibC.munmap(_rings, _ringsLength);
            _ = LibC.close(_descriptor);
        }

        _entries = null;
        _rings = null;
    }

    private static int TryCreate(int submissions, int completions, uint manner, out UringRing? ring)
    {
        ring = null;
        var parameters = new RingParameters
        {
            CompletionCount = (uint)completions,
            Flags = manner | IoUring.SetupCqSize | IoUring.SetupSubmitAll | IoUring.SetupDisabled,
        };
        var descriptor = (int)LibC.io_uring_setup(LibC.SYS_io_uring_setup, submissions, &parameters);
        if (descriptor < 0)
            return LibC.LastError;

        const uint Needed = IoUring.FeatureSingleMap | IoUring.FeatureNoDrop | IoUring.FeatureExtendedArgument | IoUring.FeatureSkipSuccess;
        var made = new UringRing(descriptor);
        var error = (parameters.Features & Needed) == Needed ? made.Map(parameters) : -IoError.NotSupported;
        if (error >= 0)
        {
            ring = made;
            return 0;
        }

        _ = LibC.close(descriptor);
        return error;
    }

    private int Map(in RingParameters parameters)
    {
        ref readonly var submission = ref parameters.Submission;
        ref readonly var completion = ref parameters.Completion;
        _ringsLength = Math.Max(
            submission.Array + parameters.SubmissionCount * sizeof(uint),
            completion.Completions + parameters.CompletionCount * (nuint)sizeof(CompletionEntry));
        _entriesLength = parameters.SubmissionCount * (nuint)sizeof(SubmissionEntry);
        var rings = LibC.mmap(null, _ringsLength, LibC.PROT_READ_WRITE, LibC.MAP_SHARED_POPULATE, _descriptor, (nint)IoUring.OffsetRings);
        if ((nint)rings == -1)
            return LibC.LastError;

        var entries = LibC.mmap(null, _entriesLength, LibC.PROT_READ_WRITE, LibC.MAP_SHARED_POPULATE, _descriptor, (nint)IoUring.OffsetEntries);
        if ((nint)entries == -1)
        {
            var error = LibC.LastError;
            _ = LibC.munmap(rings, _ringsLength);
            return error;
        }

        _rings = (byte*)rings;
        _entries = (SubmissionEntry*)entries;
        _submissionHead = (uint*)(_rings + submission.Head);
        _submissionTail = (uint*)(_rings + submission.Tail);
        _submissionFlags = (uint*)(_rings + submission.Flags);
        _submissionMask = *(uint*)(_rings + submission.Mask);
        _submissionCount = parameters.SubmissionCount;
        _completionHead = (uint*)(_rings + completion.Head);
        _completionTail = (uint*)(_rings + completion.Tail);
        _completions = (CompletionEntry*)(_rings + completion.Completions);
        _completionMask = *(uint*)(_rings + completion.Mask);

        // Requests are used in their order: the indirection that the kernel offers stays as it is.
        var order = (uint*)(_rings + submission.Array);
        for (uint i = 0; i < _submissionCount; i++)
            order[i] = i;
        return 0;
    }
}
