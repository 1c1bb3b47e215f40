// BlockPool: memory that is on its way out of a loop.
// Thread: the loop's.  Owns: blocks on the pinned object heap, so that no engine has to pin them, and idle OutputBuffers.
//   1. A block is in the pool or in one OutputBuffer.
//   2. The pool keeps a limited number; what comes back beyond that is left to the garbage collector.
namespace Tulip;

internal sealed class BlockPool
{
    public const int SmallBlock = 4 * 1024;
    public const int LargeBlock = 64 * 1024;

    private const int SmallBlocksKept = 256;
    private const int LargeBlocksKept = 32;
    private const int BuffersKept = 256;

    private readonly Stack<byte[]> _small = new();
    private readonly Stack<byte[]> _large = new();
    private readonly Stack<OutputBuffer> _buffers = new();

    /// <summary>How many blocks are in OutputBuffers.</summary>
    public int Lent { get; private set; }

    /// <summary>A block for some bytes, or for the first of them.</summary>
    public byte[] Rent(int length)
    {
        Lent++;
        var pool = length <= SmallBlock ? _small : _large;
        return pool.TryPop(out var block)
            ? block
            : GC.AllocateUninitializedArray<byte>(length <= SmallBlock ? SmallBlock : LargeBlock, pinned: true);
    }

    public void Return(byte[] block)
    {
        Lent--;
        var (pool, kept) = block.Length == SmallBlock ? (_small, SmallBlocksKept) : (_large, LargeBlocksKept);
        if (pool.Count < kept)
            pool.Push(block);
    }

    public OutputBuffer RentBuffer() => _buffers.TryPop(out var buffer) ? buffer : new OutputBuffer(this);

    /// <summary>Takes a buffer back, with the blocks that are left in it.</summary>
    public void Return(OutputBuffer buffer)
    {
        buffer.Clear();
        if (_buffers.Count < BuffersKept)
            _buffers.Push(buffer);
    }
}
