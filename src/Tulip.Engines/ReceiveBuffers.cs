// ReceiveBuffers: where an engine that reads by itself puts what it has read, until the loop gives it back.
// Thread: the engine's.  Owns: blocks on the pinned object heap, kept for the engine's life.
//   1. Bytes are packed one after the other into the current block, so that a pass of small messages stays in the
//      processor's cache; a block starts afresh as soon as nothing of it is lent.
//   2. A lease is a block's number; a block counts its leases.
//   3. No more than MaxBlocks are ever lent: when all are, there is no room until some come back.
namespace Tulip.Engines;

internal sealed unsafe class ReceiveBuffers
{
    private const int BlockSize = 256 * 1024;
    private const int LeastRoom = 64 * 1024;
    private const int Alignment = 64;
    private const int MaxBlocks = 8;

    private struct Block
    {
        public byte[] Array;
        public byte* Address;
        public int Used;
        public int Leases;
    }

    private readonly Block[] _blocks = new Block[MaxBlocks];
    private int _current = -1;

    /// <summary>Leases that were not given back.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Room to read into, at least 64 KiB; false if everything is lent.</summary>
    public bool TryReserve(out byte* address, out int length)
    {
        if (_current < 0 || BlockSize - _blocks[_current].Used < LeastRoom)
        {
            if (!TryTurn())
            {
                address = null;
                length = 0;
                return false;
            }
        }

        ref var block = ref _blocks[_current];
        address = block.Address + block.Used;
        length = BlockSize - block.Used;
        return true;
    }

    /// <summary>Lends the first bytes of what was reserved last.</summary>
    public ReadOnlyMemory<byte> Lend(int length, out int lease)
    {
        ref var block = ref _blocks[_current];
        var start = block.Used;
        block.Used = start + ((length + Alignment - 1) & ~(Alignment - 1));
        block.Leases++;
        Outstanding++;
        lease = _current;
        return new ReadOnlyMemory<byte>(block.Array, start, length);
    }

    /// <summary>Takes a lease back.</summary>
    public void Return(int lease)
    {
        ref var block = ref _blocks[lease];
        Outstanding--;
        if (--block.Leases == 0)
            block.Used = 0;
    }

    private bool TryTurn()
    {
        for (var i = 0; i < MaxBlocks; i++)
        {
            ref var block = ref _blocks[i];
            if (block.Array is null)
            {
                block.Array = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
                block.Address = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref block.Array[0]);
            }
            else if (block.Leases != 0)
            {
                continue;
            }

            _current = i;
            return true;
        }

        return false;
    }
}
