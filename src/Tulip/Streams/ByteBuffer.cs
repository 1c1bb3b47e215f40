namespace Tulip;

/// <summary>Bytes that come in at the end and go out at the front.</summary>
internal sealed class ByteBuffer
{
    private const int Smallest = 256;

    private byte[] _bytes = [];
    private int _start;
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, _count);

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_start + _count + data.Length > _bytes.Length)
            MakeRoom(data.Length);
        data.CopyTo(_bytes.AsSpan(_start + _count));
        _count += data.Length;
    }

    /// <summary>Takes bytes out at the front.</summary>
    public byte[] Take(int count)
    {
        var taken = Span[..count].ToArray();
        Drop(count);
        return taken;
    }

    public void Drop(int count)
    {
        _start += count;
        _count -= count;
        if (_count == 0)
            _start = 0;
    }

    private void MakeRoom(int more)
    {
        var target = _bytes;
        if (_count + more > target.Length)
            target = new byte[Math.Max(Smallest, Math.Max(_count + more, target.Length * 2))];
        Span.CopyTo(target);
        _bytes = target;
        _start = 0;
    }
}
