// IoUring: the numbers and structures of io_uring, as the kernel's headers give them. Nothing else.
using System.Runtime.InteropServices;

namespace Tulip.Engines.Linux.Interop;

internal static class IoUring
{
    public const uint SetupCqSize = 1u << 3;
    public const uint SetupDisabled = 1u << 6;
    public const uint SetupSubmitAll = 1u << 7;
    public const uint SetupCoopTaskRun = 1u << 8;
    public const uint SetupTaskRunFlag = 1u << 9;
    public const uint SetupSingleIssuer = 1u << 12;
    public const uint SetupDeferTaskRun = 1u << 13;

    public const uint FeatureSingleMap = 1u << 0;
    public const uint FeatureNoDrop = 1u << 1;
    public const uint FeatureExtendedArgument = 1u << 8;
    public const uint FeatureSkipSuccess = 1u << 11;

    public const long OffsetRings = 0;
    public const long OffsetEntries = 0x1000_0000;

    public const uint SqCqOverflow = 1u << 1;
    public const uint SqTaskRun = 1u << 2;

    public const uint EnterGetEvents = 1u << 0;
    public const uint EnterExtendedArgument = 1u << 3;

    public const uint RegisterProbe = 8;
    public const uint RegisterEventFd = 4;
    public const uint RegisterEnableRings = 12;
    public const uint RegisterBufferRing = 22;

    public const ushort BufferRingIncremental = 2;

    public const byte OpNop = 0;
    public const byte OpFlush = 3;
    public const byte OpPollAdd = 6;
    public const byte OpSendMessage = 9;
    public const byte OpReceiveMessage = 10;
    public const byte OpAccept = 13;
    public const byte OpCancel = 14;
    public const byte OpRead = 22;
    public const byte OpWrite = 23;
    public const byte OpSend = 26;
    public const byte OpReceive = 27;
    public const byte OpSetLength = 55;

    public const uint FlushDataOnly = 1;

    public const byte EntryBufferSelect = 1 << 5;
    public const byte EntrySkipSuccess = 1 << 6;

    public const ushort AcceptMultishot = 1 << 0;
    public const ushort ReceiveMultishot = 1 << 1;
    public const uint PollMultishot = 1u << 0;

    public const uint CompletionBuffer = 1u << 0;
    public const uint CompletionMore = 1u << 1;
    public const uint CompletionBufferMore = 1u << 4;
    public const int CompletionBufferShift = 16;

    public const ushort ProbeSupported = 1;
}

/// <summary>One request (<c>io_uring_sqe</c>).</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct SubmissionEntry
{
    [FieldOffset(0)]
    public byte Opcode;
    [FieldOffset(1)]
    public byte Flags;
    [FieldOffset(2)]
    public ushort Priority;
    [FieldOffset(4)]
    public int Descriptor;
    [FieldOffset(8)]
    public ulong Offset;
    [FieldOffset(16)]
    public ulong Address;
    [FieldOffset(24)]
    public uint Length;
    [FieldOffset(28)]
    public uint OperationFlags;
    [FieldOffset(32)]
    public ulong UserData;
    [FieldOffset(40)]
    public ushort BufferGroup;
}

/// <summary>One result (<c>io_uring_cqe</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionEntry
{
    public ulong UserData;
    public int Result;
    public uint Flags;
}

/// <summary>Where the parts of the submission ring lie (<c>io_sqring_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubmissionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>Where the parts of the completion ring lie (<c>io_cqring_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Overflow;
    public uint Completions;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>What a new ring shall be and has become (<c>io_uring_params</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingParameters
{
    public uint SubmissionCount;
    public uint CompletionCount;
    public uint Flags;
    public uint PollThreadProcessor;
    public uint PollThreadIdle;
    public uint Features;
    public uint WorkQueue;
    public uint Reserved0;
    public uint Reserved1;
    public uint Reserved2;
    public SubmissionOffsets Submission;
    public CompletionOffsets Completion;
}

/// <summary>A ring of buffers to register (<c>io_uring_buf_reg</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BufferRingRegistration
{
    public ulong Address;
    public uint Entries;
    public ushort Group;
    public ushort Flags;
    public ulong Reserved0;
    public ulong Reserved1;
    public ulong Reserved2;
}

/// <summary>A buffer in such a ring (<c>io_uring_buf</c>); the first one's last field is the ring's tail.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProvidedBuffer
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public ushort Tail;
}

/// <summary>What stands before a received message (<c>io_uring_recvmsg_out</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReceivedMessage
{
    public uint NameLength;
    public uint ControlLength;
    public uint PayloadLength;
    public uint Flags;
}

/// <summary>How long to wait (<c>io_uring_getevents_arg</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WaitArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;
    public uint MinimumWaitMicroseconds;
    public TimeSpec* Timeout;
}

/// <summary>Whether an operation is known (<c>io_uring_probe_op</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProbedOperation
{
    public byte Opcode;
    public byte Reserved0;
    public ushort Flags;
    public uint Reserved1;
}
