// RedisValue: one reply, or one part of a reply. A struct, so that numbers, nulls and the usual "OK" cost no object.
//   1. _object: byte[] or string for text, RedisValue[] for what has parts, a boxed BigInteger; else null.
//   2. _bits: the integer, the double's bits, the boolean; for bytes, where the text begins (after "txt:").
//   3. Nobody keeps the arrays but the value: what the parser made is not written to again.
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Tulip.Redis;

/// <summary>A reply of the server's, of any type; the <c>As…</c> methods give it as one of .NET's.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public readonly struct RedisValue
{
    private readonly object? _object;
    private readonly long _bits;
    private readonly RedisValue[]? _attributes;

    private RedisValue(RedisType type, object? content, long bits = 0, RedisValue[]? attributes = null)
    {
        Type = type;
        _object = content;
        _bits = bits;
        _attributes = attributes;
    }

    /// <summary>What it is.</summary>
    public RedisType Type { get; }

    /// <summary>Whether it is nothing.</summary>
    public bool IsNull => Type == RedisType.Null;

    /// <summary>What the server told about the reply beside it (RESP3's attributes): names and values in turns; usually nothing.</summary>
    public IReadOnlyList<RedisValue> Attributes => _attributes ?? [];

    /// <summary>The three letters in front of a <see cref="RedisType.VerbatimString"/>; null for anything else.</summary>
    public string? Format => Type == RedisType.VerbatimString ? Encoding.ASCII.GetString((byte[])_object!, 0, 3) : null;

    private bool HasParts => _object is RedisValue[];

    /// <summary>The text (UTF-8), or a number's text; null for <see cref="IsNull"/>.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It has parts.</exception>
    public string? AsString() => Type switch
    {
        RedisType.Null => null,
        RedisType.Integer => _bits.ToString(CultureInfo.InvariantCulture),
        RedisType.Double => AsDouble().ToString("R", CultureInfo.InvariantCulture),
        RedisType.Boolean => _bits != 0 ? "true" : "false",
        RedisType.BigNumber => ((BigInteger)_object!).ToString(CultureInfo.InvariantCulture),
        RedisType.String or RedisType.VerbatimString => _object as string ?? Encoding.UTF8.GetString(Bytes.Span),
        _ => throw Unfit("text"),
    };

    /// <summary>The bytes as they came, not copied; empty for <see cref="IsNull"/>.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It is neither text nor null.</exception>
    public ReadOnlyMemory<byte> AsBytes() => Type switch
    {
        RedisType.Null => default,
        RedisType.String or RedisType.VerbatimString => _object is string text ? Encoding.UTF8.GetBytes(text) : Bytes,
        _ => throw Unfit("bytes"),
    };

    /// <summary>The number; also of a text that is one.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It is no integer of 64 bits.</exception>
    public long AsInteger() => Type switch
    {
        RedisType.Integer or RedisType.Boolean => _bits,
        RedisType.String when long.TryParse(AsString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Unfit("an integer"),
    };

    /// <summary>The number; also of a text that is one, as RESP2 has them.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It is no number.</exception>
    public double AsDouble() => Type switch
    {
        RedisType.Double => BitConverter.Int64BitsToDouble(_bits),
        RedisType.Integer => _bits,
        RedisType.String when RespNumbers.TryDouble(AsBytes().Span, out var number) => number,
        _ => throw Unfit("a number"),
    };

    /// <summary>Whether it is true: a boolean, or RESP2's 1 and 0.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It is neither.</exception>
    public bool AsBoolean() => Type is RedisType.Boolean or RedisType.Integer && _bits is 0 or 1 ? _bits == 1 : throw Unfit("true or false");

    /// <summary>A whole number of any size.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It is no whole number.</exception>
    public BigInteger AsBigInteger() => Type == RedisType.BigNumber ? (BigInteger)_object! : AsInteger();

    /// <summary>The parts: of a map, keys and values in turns; none for <see cref="IsNull"/>.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It has no parts.</exception>
    public IReadOnlyList<RedisValue> AsItems() => IsNull ? [] : _object as RedisValue[] ?? throw Unfit("several values");

    /// <summary>The parts in twos: a map, or the array that RESP2 sends for one.</summary>
    /// <exception cref="RedisException">It is the server's error.</exception>
    /// <exception cref="InvalidCastException">It has no parts, or an odd number of them.</exception>
    public IEnumerable<KeyValuePair<RedisValue, RedisValue>> AsPairs()
    {
        var items = AsItems();
        if (items.Count % 2 != 0)
            throw Unfit("pairs");
        return Enumerable.Range(0, items.Count / 2).Select(i => KeyValuePair.Create(items[2 * i], items[2 * i + 1]));
    }

    /// <summary>The value, unless it is the server's error: that is thrown.</summary>
    /// <exception cref="RedisException">The server refused the command.</exception>
    public RedisValue OrThrow() => Type == RedisType.Error ? throw new RedisException((string)_object!) : this;

    /// <summary>For people: as <c>redis-cli</c> would show it, in one line.</summary>
    public override string ToString() => Type switch
    {
        RedisType.Null => "(nil)",
        RedisType.Error => $"(error) {_object}",
        _ when _object is RedisValue[] parts => $"{Type}[{string.Join(", ", parts)}]",
        _ => AsString()!,
    };

    internal static RedisValue OfBytes(RedisType type, byte[] bytes, int start) => new(type, bytes, start);

    internal static RedisValue OfText(string text) => new(RedisType.String, text);

    internal static RedisValue OfError(string message) => new(RedisType.Error, message);

    internal static RedisValue OfInteger(long number) => new(RedisType.Integer, null, number);

    internal static RedisValue OfDouble(double number) => new(RedisType.Double, null, BitConverter.DoubleToInt64Bits(number));

    internal static RedisValue OfBoolean(bool value) => new(RedisType.Boolean, null, value ? 1 : 0);

    internal static RedisValue OfBigNumber(BigInteger number) => new(RedisType.BigNumber, number);

    internal static RedisValue OfParts(RedisType type, RedisValue[] parts) => new(type, parts);

    internal RedisValue With(RedisValue[] attributes) => new(Type, _object, _bits, attributes);

    /// <summary>Whether it has parts and the first is this text: how the server marks what it tells.</summary>
    internal bool BeginsWith(ReadOnlySpan<byte> word)
        => HasParts && (RedisValue[])_object! is [{ Type: RedisType.String } first, ..] && first.AsBytes().Span.SequenceEqual(word);

    private ReadOnlyMemory<byte> Bytes => ((byte[])_object!).AsMemory((int)_bits);

    private Exception Unfit(string wanted) => Type == RedisType.Error
        ? new RedisException((string)_object!)
        : new InvalidCastException($"The reply is not {wanted} but {Type}: {this}.");
}
