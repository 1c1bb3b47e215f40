// LoopMemoryPool: memory for the connections of one loop.
// Thread: any; without a lock or an interlocked instruction on the loop's own.  Owns: the blocks that nobody has.
//   1. A block is in one of the two stores or somebody's; given back twice, the second time counts for nothing.
//   2. What is kept is bounded; what is above goes to the collector.
using System.Buffers;
using System.Collections.Concurrent;

namespace Tulip.AspNetCore;

internal sealed class LoopMemoryPool(EventLoop loop) : MemoryPool<byte>
{
    /// <summary>Bytes in a block; there are no larger ones.</summary>
    public const int BlockSize = 4096;

    private const int BlocksKept = 4096;

    private readonly Stack<Block> _own = new();
    private readonly ConcurrentQueue<Block> _elsewhere = new();
    private long _rentedHere;
    private long _rentedElsewhere;

    public override int MaxBufferSize => BlockSize;

    /// <summary>How many blocks are out. Exact only while nobody rents or returns.</summary>
    public long Rented => Volatile.Read(ref _rentedHere) + Volatile.Read(ref _rentedElsewhere);

    private bool IsOnLoop => ReferenceEquals(EventLoop.RunningOrNull, loop);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        Block? block;
        if (IsOnLoop)
        {
            _rentedHere++;
            if (!_own.TryPop(out block))
                _elsewhere.TryDequeue(out block);
        }
        else
        {
            Interlocked.Increment(ref _rentedElsewhere);
            _elsewhere.TryDequeue(out block);
        }

        block ??= new Block(this);
        block.IsOut = true;
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // Its blocks are the collector's, as it is.
    }

    private void Return(Block block)
    {
        if (IsOnLoop)
        {
            _rentedHere--;
            if (_own.Count < BlocksKept)
                _own.Push(block);
        }
        else
        {
            Interlocked.Decrement(ref _rentedElsewhere);
            if (_elsewhere.Count < BlocksKept)
                _elsewhere.Enqueue(block);
        }
    }

    private sealed class Block(LoopMemoryPool pool) : IMemoryOwner<byte>
    {
        // On the pinned heap: long-lived, and no engine has to pin it.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public Memory<byte> Memory => _bytes;

        public bool IsOut { get; set; }

        public void Dispose()
        {
            if (!IsOut)
                return;

            IsOut = false;
            pool.Return(this);
        }
    }
}
