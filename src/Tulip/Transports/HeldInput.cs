// HeldInput: what came in while a connection's reading was paused, and how the stream ended if it did.
// Thread: the loop's.  Owns: an array of the shared pool, from the first byte until Dispose.
using System.Buffers;

namespace Tulip;

internal sealed class HeldInput
{
    private byte[] _array = [];
    private int _start;
    private int _end;

    /// <summary>The bytes, in the order in which they came.</summary>
    public ReadOnlyMemory<byte> Data => _array.AsMemory(_start, _end - _start);

    /// <summary>The last result of receiving, 0 for the peer's end; null if there is none yet.</summary>
    public int? End { get; set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_array.Length - _end < data.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_end - _start + data.Length);
            Data.CopyTo(larger);
            (_start, _end) = (0, _end - _start);
            Release();
            _array = larger;
        }

        data.CopyTo(_array.AsSpan(_end));
        _end += data.Length;
    }

    public void Consume(int length) => _start += length;

    public void Dispose()
    {
        Release();
        _array = [];
        _start = _end = 0;
    }

    private void Release()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
    }
}
