// UringFileRing: a small ring for files alone, beside an engine that waits in something else.
// Thread: the engine's.  Owns: the ring and the operations in it.
//   1. Its descriptor is readable while there are results to be taken, so that whatever waits for descriptors can wait for it.
//   2. The ring belongs to no thread: the engine may go on in another one while operations are in flight. A thread's end
//      takes the operations with it that it handed over: they end as cancelled.
using Tulip.Engines.Linux.Interop;
using Tulip.Engines.Uring;

namespace Tulip.Engines.Files;

internal sealed unsafe class UringFileRing : IUringEntries, IDisposable
{
    private const int Submissions = 256;

    // A result for each operation in the kernel, and for each attempt to cancel one.
    private const int Completions = UringFiles.MostInKernel * 2;

    private const int Busy = -16;
    private const int DrainAttempts = 200;
    private const long DrainNanoseconds = 10_000_000;

    private readonly UringRing _ring;

    private UringFileRing(UringRing ring)
    {
        _ring = ring;
        Files = new UringFiles(this);
    }

    public int Descriptor => _ring.Descriptor;

    public UringFiles Files { get; }

    /// <summary>Whether <see cref="Collect"/> would find something.</summary>
    public bool HasCompletions => _ring.HasCompletions || Files.HasEnded;

    /// <summary>A ring; null where io_uring does not work, or cannot read files.</summary>
    public static UringFileRing? TryCreate()
    {
        if (UringRing.TryCreate(Submissions, Completions, isShared: true, out var ring) < 0)
            return null;

        if (ring!.Enable() >= 0 && ring.Knows([IoUring.OpRead, IoUring.OpWrite, IoUring.OpFlush, IoUring.OpCancel]))
            return new UringFileRing(ring);

        ring.Dispose();
        return null;
    }

    public bool Knows(byte opcode) => _ring.Knows([opcode]);

    public SubmissionEntry* Reserve(byte opcode, int descriptor, ulong userData)
    {
        var entry = _ring.TryReserve(opcode, descriptor, userData);
        if (entry is not null)
            return entry;

        Enter(0, 0);
        return _ring.Reserve(opcode, descriptor, userData);
    }

    public void Cancel(ulong userData)
    {
        var entry = Reserve(IoUring.OpCancel, -1, userData | UringPort.CancelMark);
        entry->Flags = IoUring.EntrySkipSuccess;
        entry->Address = userData;
    }

    /// <summary>Hands over what is prepared.</summary>
    public void Flush()
    {
        if (_ring.Prepared > 0 || _ring.HasKernelWork)
            Enter(0, 0);
    }

    public void Collect(Span<IoCompletion> completions, ref int stored)
    {
        Files.TakeEnded(completions, ref stored);
        while (stored < completions.Length && _ring.TryTake(out var entry))
        {
            if (Files.Take(entry, ref completions[stored]))
                stored++;
        }
    }

    /// <summary>Ends what is in flight and closes the ring.</summary>
    public void Dispose()
    {
        var completions = new IoCompletion[64];
        Files.CancelAll();
        for (var attempt = 0; attempt < DrainAttempts && Files.HasPending; attempt++)
        {
            Enter(Files.Operations > 0 ? 1u : 0u, DrainNanoseconds);
            var stored = 0;
            Collect(completions, ref stored);
        }

        // Of what the kernel has not given back by now the memory stays pinned for ever: better lost than overwritten.
        _ring.Dispose();
    }

    private void Enter(uint minimum, long timeoutNanoseconds)
    {
        var result = _ring.Enter(minimum, timeoutNanoseconds);
        if (result < 0 && result is not UringPort.TimedOut and not Busy and not -IoError.Interrupted and not -IoError.Again)
            throw new InvalidOperationException($"io_uring failed with error {-result}.");
    }
}
