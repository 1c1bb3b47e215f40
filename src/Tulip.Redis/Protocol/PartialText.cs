using System.Text;

namespace Tulip.Redis;

/// <summary>A text of known length that is being received, straight into the bytes that its reader gets.</summary>
internal sealed class PartialText(RedisType type, int length)
{
    /// <summary>Up to here a claimed length is believed at once.</summary>
    private const int Trusted = 64 * 1024;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(Math.Min(length, Trusted));
    private int _count;
    private int _ends;

    /// <summary>Takes what belongs to the text, and the end of its line.</summary>
    /// <returns>Whether it is complete.</returns>
    /// <exception cref="InvalidDataException">Something else follows where it should end.</exception>
    public bool Fill(ref ReadOnlySpan<byte> input)
    {
        var count = Math.Min(length - _count, input.Length);
        if (_count + count > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(length, Math.Max(2L * _bytes.Length, _count + count)));
        input[..count].CopyTo(_bytes.AsSpan(_count));
        _count += count;
        input = input[count..];

        for (; _count == length && _ends < 2 && !input.IsEmpty; _ends++, input = input[1..])
        {
            if (input[0] != "\r\n"u8[_ends])
                throw new InvalidDataException($"The server does not speak Redis' protocol: a text is longer than the {length} bytes that were announced.");
        }

        return _ends == 2;
    }

    public RedisValue ToValue() => type switch
    {
        RedisType.Error => RedisValue.OfError(Encoding.UTF8.GetString(_bytes)),
        RedisType.VerbatimString when _bytes is [_, _, _, (byte)':', ..] => RedisValue.OfBytes(type, _bytes, 4),
        RedisType.VerbatimString => throw new InvalidDataException("The server does not speak Redis' protocol: a verbatim text has no format."),
        _ => RedisValue.OfBytes(type, _bytes, 0),
    };
}
