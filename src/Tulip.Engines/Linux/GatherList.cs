// GatherList: several pieces of memory held still for one system call.
// Thread: the engine's.  Owns: one pin per piece, from construction to Release.
using System.Buffers;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

internal unsafe struct GatherList
{
    /// <summary>The most pieces that one call sends; the rest is for the next.</summary>
    public const int Capacity = 64;

    private readonly MemoryHandle[] _pins;
    private readonly int[] _lengths;

    public GatherList(ReadOnlySpan<ReadOnlyMemory<byte>> segments)
    {
        var count = Math.Min(segments.Length, Capacity);
        _pins = ArrayPool<MemoryHandle>.Shared.Rent(count);
        _lengths = ArrayPool<int>.Shared.Rent(count);
        for (Count = 0; Count < count; Count++)
        {
            _pins[Count] = segments[Count].Pin();
            _lengths[Count] = segments[Count].Length;
        }
    }

    public int Count { get; private set; }

    /// <summary>Describes the pieces to the kernel; returns how many.</summary>
    public readonly int Fill(IoVector* vectors)
    {
        for (var i = 0; i < Count; i++)
            vectors[i] = new IoVector { Base = (byte*)_pins[i].Pointer, Length = (nuint)_lengths[i] };
        return Count;
    }

    public void Release()
    {
        for (var i = 0; i < Count; i++)
            _pins[i].Dispose();
        Count = 0;
        ArrayPool<MemoryHandle>.Shared.Return(_pins, clearArray: true);
        ArrayPool<int>.Shared.Return(_lengths);
    }
}
