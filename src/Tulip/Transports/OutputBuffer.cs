// OutputBuffer: bytes of one connection that have not left yet.
// Thread: the loop's.  Owns: its blocks.
//   1. The pieces, in order, are the bytes to send; none is empty.
//   2. Bytes are only added behind the last piece: those that a send in flight was given stay as they are.
//   3. A piece is a block of the pool's, or memory that was handed over: that is never written to, and is disposed of when it has left.
using System.Buffers;

namespace Tulip;

internal sealed class OutputBuffer(BlockPool pool)
{
    private struct Piece
    {
        public byte[]? Block;
        public IMemoryOwner<byte>? Owner;
        public int Start;
        public int End;
    }

    private Piece[] _pieces = new Piece[4];
    private int _first;
    private int _count;
    private int _owned;

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>How many pieces they are in.</summary>
    public int Pieces => _count;

    /// <summary>Whether all of them lie on the pinned object heap.</summary>
    public bool IsPinned => _owned == 0;

    /// <summary>The bytes of the first piece.</summary>
    public ReadOnlyMemory<byte> First => Memory(0);

    public void Append(ReadOnlySpan<byte> data)
    {
        Length += data.Length;
        if (_count > 0 && At(_count - 1).Block is { } half)
        {
            ref var last = ref At(_count - 1);
            var room = Math.Min(half.Length - last.End, data.Length);
            data[..room].CopyTo(half.AsSpan(last.End));
            last.End += room;
            data = data[room..];
        }

        while (!data.IsEmpty)
        {
            // A buffer that grows beyond a small block of its own goes on with large ones.
            var block = pool.Rent(_count == 0 || At(_count - 1).Owner is not null ? data.Length : BlockPool.LargeBlock);
            var length = Math.Min(block.Length, data.Length);
            data[..length].CopyTo(block);
            Add(new Piece { Block = block, End = length });
            data = data[length..];
        }
    }

    /// <summary>Adds the first bytes of some memory, not none, which is the buffer's from now on.</summary>
    public void Append(IMemoryOwner<byte> owner, int length)
    {
        Length += length;
        _owned++;
        Add(new Piece { Owner = owner, End = length });
    }

    /// <summary>The pieces as far as there is room for them.</summary>
    public ArraySegment<ReadOnlyMemory<byte>> Gather(ReadOnlyMemory<byte>[] into)
    {
        var count = Math.Min(_count, into.Length);
        for (var i = 0; i < count; i++)
            into[i] = Memory(i);
        return new ArraySegment<ReadOnlyMemory<byte>>(into, 0, count);
    }

    /// <summary>Drops the first bytes: they have left.</summary>
    public void Consume(int length)
    {
        Length -= length;
        while (length > 0)
        {
            ref var first = ref At(0);
            var here = Math.Min(first.End - first.Start, length);
            first.Start += here;
            length -= here;
            if (first.Start == first.End)
                DropFirst();
        }
    }

    public void Clear()
    {
        while (_count > 0)
            DropFirst();
        Length = 0;
    }

    private ref Piece At(int index) => ref _pieces[(_first + index) & (_pieces.Length - 1)];

    private ReadOnlyMemory<byte> Memory(int index)
    {
        ref var piece = ref At(index);
        return piece.Owner is { } owner
            ? owner.Memory[piece.Start..piece.End]
            : new ReadOnlyMemory<byte>(piece.Block, piece.Start, piece.End - piece.Start);
    }

    private void Add(Piece piece)
    {
        if (_count == _pieces.Length)
        {
            var larger = new Piece[_pieces.Length * 2];
            for (var i = 0; i < _count; i++)
                larger[i] = At(i);
            _pieces = larger;
            _first = 0;
        }

        _count++;
        At(_count - 1) = piece;
    }

    private void DropFirst()
    {
        ref var first = ref At(0);
        if (first.Owner is { } owner)
        {
            owner.Dispose();
            _owned--;
        }
        else
        {
            pool.Return(first.Block!);
        }

        first = default;
        _first = (_first + 1) & (_pieces.Length - 1);
        _count--;
    }
}
