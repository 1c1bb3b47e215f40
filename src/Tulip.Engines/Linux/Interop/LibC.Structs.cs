// The structures of those calls, as the kernel lays them out on 64-bit machines.
using System.Runtime.InteropServices;

namespace Tulip.Engines.Linux.Interop;

[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Returned;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec(long nanoseconds)
{
    public long Seconds = nanoseconds / 1_000_000_000;
    public long Nanoseconds = nanoseconds % 1_000_000_000;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessage
{
    public MessageHeader Header;
    public uint Length;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Linger
{
    public int OnOff;
    public int Seconds;
}

/// <summary>Events of epoll in memory of their own. Their layout depends on the processor: packed on x64, aligned elsewhere.</summary>
internal unsafe ref struct EpollEvents(byte* memory)
{
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>Bytes of one event.</summary>
    public static int Size => s_dataOffset + sizeof(ulong);

    public byte* Memory => memory;

    public readonly uint Flags(int index) => *(uint*)(memory + index * Size);

    public readonly ulong Data(int index) => *(ulong*)(memory + index * Size + s_dataOffset);

    public readonly void Set(int index, uint flags, ulong data)
    {
        *(uint*)(memory + index * Size) = flags;
        *(ulong*)(memory + index * Size + s_dataOffset) = data;
    }
}
