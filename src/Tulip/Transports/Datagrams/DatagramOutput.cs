// DatagramOutput: datagrams of one endpoint that have not left yet, with their addresses.
// Thread: the loop's.  Owns: its blocks.
//   1. An address and its datagram lie in one block, those of several datagrams one after the other. Bytes are only added:
//      those that a send in flight was given stay as they are.
//   2. A block goes back when the last datagram in it has left; an idle endpoint holds none.
using System.Net;
using Tulip.Engines;

namespace Tulip;

internal sealed class DatagramOutput(BlockPool pool)
{
    // What asyncio counts for each datagram besides its bytes.
    private const int HeaderSize = 8;

    private struct Item
    {
        public byte[] Block;
        public int Start;
        public int AddressLength;
        public int Length;
    }

    private Item[] _items = new Item[16];
    private int _first;
    private int _used;

    /// <summary>How many datagrams there are.</summary>
    public int Count { get; private set; }

    /// <summary>How much they count against the limits.</summary>
    public int Size { get; private set; }

    /// <summary>Adds a datagram.</summary>
    /// <param name="address">Where to; null for the connected peer.</param>
    /// <param name="data">The datagram; copied.</param>
    public void Append(EndPoint? address, ReadOnlySpan<byte> data)
    {
        var needed = data.Length + (address is null ? 0 : IoAddress.Capacity);
        var isNew = Count == 0 || At(Count - 1).Block.Length - _used < needed;
        var block = isNew ? Rent(needed) : At(Count - 1).Block;
        var start = isNew ? 0 : _used;
        int addressLength;
        try
        {
            addressLength = address is null ? 0 : IoAddress.Write(address, block.AsSpan(start));
        }
        catch
        {
            if (isNew)
                Return(block);
            throw;
        }

        data.CopyTo(block.AsSpan(start + addressLength));
        _used = start + addressLength + data.Length;
        Add(new Item { Block = block, Start = start, AddressLength = addressLength, Length = data.Length });
    }

    /// <summary>The addresses and datagrams, in pairs, as far as there is room for them.</summary>
    public ArraySegment<ReadOnlyMemory<byte>> Gather(ReadOnlyMemory<byte>[] into)
    {
        var count = Math.Min(Count, into.Length / 2);
        for (var i = 0; i < count; i++)
        {
            ref var item = ref At(i);
            into[2 * i] = new ReadOnlyMemory<byte>(item.Block, item.Start, item.AddressLength);
            into[2 * i + 1] = new ReadOnlyMemory<byte>(item.Block, item.Start + item.AddressLength, item.Length);
        }

        return new ArraySegment<ReadOnlyMemory<byte>>(into, 0, 2 * count);
    }

    /// <summary>Drops the first datagrams: they have left.</summary>
    public void Drop(int count)
    {
        for (; count > 0; count--)
        {
            ref var item = ref At(0);
            var block = item.Block;
            Size -= item.Length + HeaderSize;
            item = default;
            _first = (_first + 1) & (_items.Length - 1);
            Count--;
            if (Count == 0 || !ReferenceEquals(At(0).Block, block))
                Return(block);
        }
    }

    private ref Item At(int index) => ref _items[(_first + index) & (_items.Length - 1)];

    private void Add(Item item)
    {
        if (Count == _items.Length)
        {
            var larger = new Item[_items.Length * 2];
            for (var i = 0; i < Count; i++)
                larger[i] = At(i);
            _items = larger;
            _first = 0;
        }

        Count++;
        At(Count - 1) = item;
        Size += item.Length + HeaderSize;
    }

    // An endpoint that has more to send than fits into a small block goes on with large ones.
    private byte[] Rent(int length)
        => length > BlockPool.LargeBlock
            ? GC.AllocateUninitializedArray<byte>(length, pinned: true)
            : pool.Rent(Count == 0 ? length : BlockPool.LargeBlock);

    private void Return(byte[] block)
    {
        if (block.Length <= BlockPool.LargeBlock)
            pool.Return(block);
    }
}
