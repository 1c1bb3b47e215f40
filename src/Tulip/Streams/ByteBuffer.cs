// ByteBuffer: bytes that come in at the end and go out at the front.
// Thread: the loop's.
//   1. Storage is rented when bytes come and given back when none are left: an empty buffer holds no memory.
//   2. Lent bytes are out of the buffer, but stay where they are until the loan ends: meanwhile nothing moves in front of
//      _start, and storage that is outgrown is kept.
//   3. _lent is the array that the lent bytes are in: null if there is no loan, usually _bytes itself.
//   The fields are few: ten thousand idle connections have ten thousand of them.
namespace Tulip;

internal struct ByteBuffer
{
    private byte[]? _bytes;
    private byte[]? _lent;
    private int _start;
    private int _count;

    public readonly int Count => _count;

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, _count);

    public void Append(LoopBuffers pool, ReadOnlySpan<byte> data)
    {
        if (_bytes is null || _bytes.Length - _start - _count < data.Length)
            MakeRoom(pool, data.Length);
        data.CopyTo(_bytes.AsSpan(_start + _count));
        _count += data.Length;
    }

    /// <summary>Takes bytes out at the front.</summary>
    public byte[] Take(LoopBuffers pool, int count)
    {
        var taken = Span[..count].ToArray();
        Drop(pool, count);
        return taken;
    }

    /// <summary>Takes bytes out at the front, into memory of the caller's.</summary>
    public void TakeInto(LoopBuffers pool, Span<byte> destination)
    {
        Span[..destination.Length].CopyTo(destination);
        Drop(pool, destination.Length);
    }

    public void Drop(LoopBuffers pool, int count)
    {
        _start += count;
        _count -= count;
        if (_count == 0 && _lent is null)
            GiveBack(pool);
    }

    /// <summary>Takes bytes out at the front without moving them: they stay as they are until <see cref="EndLoan"/>.</summary>
    public ReadOnlyMemory<byte> Lend(int count)
    {
        if (count == 0)
            return default;

        var lent = _bytes.AsMemory(_start, count);
        _lent = _bytes;
        _start += count;
        _count -= count;
        return lent;
    }

    /// <summary>What was lent may be overwritten now.</summary>
    /// <param name="pool">Takes storage that is not needed any more.</param>
    /// <param name="spoil">Whether to overwrite it at once, so that a use of it shows.</param>
    public void EndLoan(LoopBuffers pool, bool spoil)
    {
        if (_lent is not { } lent)
            return;

        _lent = null;
        if (spoil)
        {
            const byte Nonsense = 0xDB;
            lent.AsSpan(0, ReferenceEquals(lent, _bytes) ? _start : lent.Length).Fill(Nonsense);
        }

        if (!ReferenceEquals(lent, _bytes))
            pool.Return(lent);
        if (_count == 0)
            GiveBack(pool);
    }

    private void GiveBack(LoopBuffers pool)
    {
        if (_bytes is null)
            return;

        pool.Return(_bytes);
        _bytes = null;
        _start = 0;
    }

    private void MakeRoom(LoopBuffers pool, int more)
    {
        var needed = _count + more;
        if (_lent is null && _bytes is not null && needed <= _bytes.Length)
        {
            Span.CopyTo(_bytes);
            _start = 0;
            return;
        }

        // Growing by doubling, so that a long message is not copied again for each of its pieces. What only makes way for
        // a loan is as large as before.
        var outgrown = _bytes;
        var target = pool.Rent(outgrown is null ? needed
            : needed <= outgrown.Length / 2 ? outgrown.Length
            : Math.Max(needed, checked(outgrown.Length * 2)));
        Span.CopyTo(target);
        _bytes = target;
        _start = 0;
        if (outgrown is not null && !ReferenceEquals(outgrown, _lent))
            pool.Return(outgrown);
    }
}
