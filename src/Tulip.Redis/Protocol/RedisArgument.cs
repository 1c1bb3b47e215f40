using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tulip.Redis;

/// <summary>A word of a command: text (sent as UTF-8), bytes or a number. It is made from each of them by itself.</summary>
/// <remarks><threadsafety>Immutable; any thread. Bytes are read when the command is sent: leave them alone until its reply.</threadsafety></remarks>
public readonly struct RedisArgument
{
    private readonly object? _object;
    private readonly long _bits;

    private RedisArgument(object? content, long bits)
    {
        _object = content;
        _bits = bits;
    }

    /// <summary>Text.</summary>
    /// <exception cref="ArgumentNullException">It is null; Redis has no such thing.</exception>
    public static implicit operator RedisArgument(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new RedisArgument(text, 0);
    }

    /// <summary>Bytes.</summary>
    /// <exception cref="ArgumentNullException">It is null; Redis has no such thing.</exception>
    public static implicit operator RedisArgument(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new RedisArgument(bytes, bytes.Length);
    }

    /// <summary>Bytes; a piece of an array is not copied.</summary>
    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes)
        => MemoryMarshal.TryGetArray(bytes, out var piece) && piece.Array is { } array
            ? new RedisArgument(array, ((long)piece.Offset << 32) | (uint)piece.Count)
            : new RedisArgument(bytes.ToArray(), bytes.Length);

    /// <summary>A number, in decimal.</summary>
    public static implicit operator RedisArgument(long number) => new(null, number);

    /// <summary>A number, with all its digits; <c>inf</c> and <c>-inf</c> are Redis' words for the infinite ones.</summary>
    public static implicit operator RedisArgument(double number) => number switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => number.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The text; of bytes, as UTF-8.</summary>
    public override string ToString() => _object switch
    {
        string text => text,
        byte[] array => Encoding.UTF8.GetString(BytesOf(array)),
        _ => _bits.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Writes it as the protocol has it: its length, its bytes, each with the end of a line.</summary>
    internal void WriteTo(CommandBuffer buffer)
    {
        switch (_object)
        {
            case string text:
                buffer.Add(text);
                break;
            case byte[] array:
                buffer.Add(BytesOf(array));
                break;
            default:
                Span<byte> digits = stackalloc byte[20];
                _bits.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture);
                buffer.Add(digits[..count]);
                break;
        }
    }

    private ReadOnlySpan<byte> BytesOf(byte[] array) => array.AsSpan((int)(_bits >> 32), (int)(uint)_bits);
}
