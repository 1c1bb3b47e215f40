using System.Globalization;
using System.Text;

namespace Tulip.Redis;

/// <summary>A word of a command: text (sent as UTF-8), bytes or a number. It is made from each of them by itself.</summary>
/// <remarks><threadsafety>Immutable; any thread. Bytes are read when the command is sent: leave them alone until its reply.</threadsafety></remarks>
public readonly struct RedisArgument
{
    /// <summary>The text; null for bytes; for a number, its type.</summary>
    private readonly object? _kind;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _number;

    private RedisArgument(object? kind, ReadOnlyMemory<byte> bytes, long number)
    {
        _kind = kind;
        _bytes = bytes;
        _number = number;
    }

    /// <summary>Text.</summary>
    /// <exception cref="ArgumentNullException">It is null; Redis has no such thing.</exception>
    public static implicit operator RedisArgument(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new RedisArgument(text, default, 0);
    }

    /// <summary>Bytes.</summary>
    /// <exception cref="ArgumentNullException">It is null; Redis has no such thing.</exception>
    public static implicit operator RedisArgument(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new RedisArgument(null, bytes, 0);
    }

    /// <summary>Bytes.</summary>
    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes) => new(null, bytes, 0);

    /// <summary>A number, in decimal.</summary>
    public static implicit operator RedisArgument(long number) => new(typeof(long), default, number);

    /// <summary>A number, with all its digits; <c>inf</c> and <c>-inf</c> are Redis' words for the infinite ones.</summary>
    public static implicit operator RedisArgument(double number) => number switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => number.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The text; of bytes, as UTF-8.</summary>
    public override string ToString() => _kind switch
    {
        string text => text,
        null => Encoding.UTF8.GetString(_bytes.Span),
        _ => _number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Writes it as the protocol has it: its length, its bytes, each with the end of a line.</summary>
    internal void WriteTo(CommandBuffer buffer)
    {
        switch (_kind)
        {
            case string text:
                buffer.Add(text);
                break;
            case null:
                buffer.Add(_bytes.Span);
                break;
            default:
                Span<byte> digits = stackalloc byte[20];
                _number.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture);
                buffer.Add(digits[..count]);
                break;
        }
    }
}
