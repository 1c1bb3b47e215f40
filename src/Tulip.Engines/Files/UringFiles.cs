// UringFiles: operations on files as requests to io_uring, whichever ring that is.
// Thread: the engine's.  Owns: for each operation a pin of its memory and a reference to its file, until the kernel's completion.
//   1. An operation is Waiting or InKernel; the user data of its request are its place, its generation, and FileMark.
//   2. Memory and file are given back once: when the kernel's completion has come, or for what it never got.
//   3. No more than MostInKernel are in the kernel at once, so that its results always find room; the rest waits in line.
//   4. What a signal or a full queue of the kernel's ended is begun again, unless its end was asked for.
//   5. A cancel is asked for once. What the kernel is just at ends by itself; a cancel that found nothing says nothing.
using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux.Interop;
using Tulip.Engines.Uring;

namespace Tulip.Engines.Files;

internal sealed unsafe class UringFiles
{
    /// <summary>In the user data of every request here; a socket's have it clear.</summary>
    public const ulong FileMark = 1UL << 31;

    public const int MostInKernel = 1024;

    private struct Slot
    {
        public object? State;
        public SafeFileHandle File;
        public MemoryHandle Pin;
        public long Offset;
        public int Length;
        public FileOperation Operation;
        public bool IsInKernel;
        public bool IsCancelled;
    }

    private readonly SlotTable<Slot> _slots = new();
    private readonly Queue<IoHandle> _waiting = new();
    private readonly Queue<IoCompletion> _ended = new();
    private readonly IUringEntries _entries;
    private readonly bool[] _can = new bool[(int)FileOperation.SetLength + 1];
    private int _inKernel;

    public UringFiles(IUringEntries entries)
    {
        _entries = entries;
        for (var operation = FileOperation.Read; (int)operation < _can.Length; operation++)
            _can[(int)operation] = entries.Knows(OpcodeOf(operation));
    }

    /// <summary>Operations that have not ended.</summary>
    public int Operations => _slots.Count;

    public bool HasEnded => _ended.Count > 0;

    public bool HasPending => _slots.Count > 0 || _ended.Count > 0;

    public bool Can(FileOperation operation) => (int)operation < _can.Length && _can[(int)operation];

    /// <summary>Whether a token is of an operation here.</summary>
    public static bool IsToken(IoToken token) => token.Index < 0;

    /// <summary>Takes an operation over, and gives it to the kernel if there is room.</summary>
    public IoToken Begin(in FileRequest request)
    {
        if (!Can(request.Operation))
            throw new NotSupportedException($"Files cannot be worked on with {request.Operation} here.");

        var handle = Hold(request);
        if (_inKernel >= MostInKernel)
            _waiting.Enqueue(handle);
        else
            Start(handle);
        return new IoToken(~handle.Index, handle.Generation);
    }

    public void Cancel(IoToken token)
    {
        var handle = new IoHandle(~token.Index, token.Generation);
        if (!_slots.IsLive(handle) || _slots[handle.Index].IsCancelled)
            return;

        ref var slot = ref _slots[handle.Index];
        slot.IsCancelled = true;
        if (slot.IsInKernel)
            _entries.Cancel(UserData(handle));
        else
            _ended.Enqueue(End(handle.Index, -IoError.Canceled));
    }

    public void CancelAll()
    {
        for (var index = 0; index < _slots.End; index++)
        {
            if (_slots.IsUsed(index))
                Cancel(new IoToken(~index, _slots.Handle(index).Generation));
        }
    }

    /// <summary>Takes a result with <see cref="FileMark"/>; false if that is no operation's end.</summary>
    public bool Take(in CompletionEntry entry, ref IoCompletion completion)
    {
        if ((entry.UserData & UringPort.CancelMark) != 0)
            return false;

        var handle = new IoHandle((int)(entry.UserData & (FileMark - 1)), (int)(entry.UserData >> 32));
        if (!_slots.IsLive(handle))
            return false;

        ref var slot = ref _slots[handle.Index];
        _inKernel--;
        slot.IsInKernel = false;
        var isPassing = -entry.Result is IoError.Interrupted or IoError.Again;
        if (isPassing && !slot.IsCancelled)
        {
            Start(handle);
            return false;
        }

        completion = End(handle.Index, isPassing ? -IoError.Canceled : entry.Result);
        while (_inKernel < MostInKernel && _waiting.TryDequeue(out var next))
        {
            if (_slots.IsLive(next))
                Start(next);
        }

        return true;
    }

    /// <summary>Ends that no result of the kernel's brought.</summary>
    public void TakeEnded(Span<IoCompletion> completions, ref int stored)
    {
        while (stored < completions.Length && _ended.TryDequeue(out completions[stored]))
            stored++;
    }

    private static ulong UserData(IoHandle handle) => ((ulong)(uint)handle.Generation << 32) | FileMark | (uint)handle.Index;

    private static byte OpcodeOf(FileOperation operation) => operation switch
    {
        FileOperation.Read => IoUring.OpRead,
        FileOperation.Write => IoUring.OpWrite,
        FileOperation.Flush or FileOperation.FlushData => IoUring.OpFlush,
        FileOperation.SetLength => IoUring.OpSetLength,
        _ => IoUring.OpNop,
    };

    private IoHandle Hold(in FileRequest request)
    {
        var added = false;
        request.File.DangerousAddRef(ref added);
        var index = _slots.Rent();
        ref var slot = ref _slots[index];
        slot.State = request.State;
        slot.File = request.File;
        slot.Offset = request.Offset;
        slot.Operation = request.Operation;
        switch (request.Operation)
        {
            case FileOperation.Read:
                slot.Pin = request.Target.Pin();
                slot.Length = request.Target.Length;
                break;
            case FileOperation.Write:
                slot.Pin = request.Source.Pin();
                slot.Length = request.Source.Length;
                break;
        }

        return _slots.Handle(index);
    }

    private void Start(IoHandle handle)
    {
        SubmissionEntry* entry;
        try
        {
            ref readonly var file = ref _slots[handle.Index];
            entry = _entries.Reserve(OpcodeOf(file.Operation), (int)file.File.DangerousGetHandle(), UserData(handle));
        }
        catch (InvalidOperationException)
        {
            // No room, for want of memory: an end like any other.
            _ended.Enqueue(End(handle.Index, -IoError.NoMemory));
            return;
        }

        ref var slot = ref _slots[handle.Index];
        slot.IsInKernel = true;
        _inKernel++;
        switch (slot.Operation)
        {
            case FileOperation.FlushData:
                entry->OperationFlags = IoUring.FlushDataOnly;
                break;
            case FileOperation.SetLength:
                entry->Offset = (ulong)slot.Offset;
                break;
            case FileOperation.Read or FileOperation.Write:
                entry->Offset = (ulong)slot.Offset;
                entry->Address = (ulong)slot.Pin.Pointer;
                entry->Length = (uint)slot.Length;
                break;
        }
    }

    private IoCompletion End(int index, int result)
    {
        ref var slot = ref _slots[index];
        var completion = new IoCompletion { State = slot.State, Opcode = IoOpcode.File, Result = result };
        slot.Pin.Dispose();
        slot.File.DangerousRelease();
        _slots.Free(index);
        return completion;
    }
}
