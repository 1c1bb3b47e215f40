// LoopBuffers: byte arrays for what passes through a loop's connections, used again and again.
// Thread: the loop's, so that no lock is needed.
//   1. An array is in the pool or somebody's, never both; whoever rents it owns it until it is returned, and may also
//      drop it: then the collector takes it.
//   2. What the pool keeps is bounded (a few MiB in all); what is above goes to the collector.
//   3. Arrays above the largest size come from the process's own pool.
using System.Buffers;
using System.Numerics;

namespace Tulip;

internal sealed class LoopBuffers
{
    private const int SmallestShift = 8;
    private const int LargestShift = 16;
    private const int StepShift = 2;
    private const int KeptArrays = 64;
    private const int KeptBytes = 256 * 1024;

    // 256 B, 1 KiB, 4 KiB, 16 KiB, 64 KiB.
    private readonly Stack<byte[]>[] _pools = new Stack<byte[]>[((LargestShift - SmallestShift) / StepShift) + 1];

    /// <summary>An array with room for so many bytes or more; what is in it is undefined.</summary>
    public byte[] Rent(int length)
    {
        if (length > 1 << LargestShift)
            return ArrayPool<byte>.Shared.Rent(length);

        var place = PlaceOf(length);
        return _pools[place] is { Count: > 0 } pool ? pool.Pop() : new byte[SizeAt(place)];
    }

    /// <summary>Gives an array back that <see cref="Rent"/> gave.</summary>
    public void Return(byte[] array)
    {
        if (array.Length > 1 << LargestShift)
        {
            ArrayPool<byte>.Shared.Return(array);
            return;
        }

        var place = PlaceOf(array.Length);
        var pool = _pools[place] ??= new Stack<byte[]>();
        if (pool.Count < Math.Max(KeptArrays, KeptBytes / array.Length))
            pool.Push(array);
    }

    private static int PlaceOf(int length)
    {
        var shift = length <= 1 << SmallestShift ? SmallestShift : BitOperations.Log2((uint)length - 1) + 1;
        return (shift - SmallestShift + StepShift - 1) / StepShift;
    }

    private static int SizeAt(int place) => 1 << (SmallestShift + (place * StepShift));
}
