// RespParser: bytes in, replies out. It may be given any piece of the stream, down to single bytes, and goes on where it was.
// Thread: the loop's.  Owns: what it has of the reply that is not complete.
//   1. Between calls it stands before a line, inside one (_line has what came of it), or inside a text of known length (_text).
//   2. _open has the arrays that are not full, the outermost first. What is complete goes into the innermost; if that is
//      full, it is complete in its turn.
//   3. A length is a claim until the bytes are here: memory grows with what came, up to the claim, and _size never exceeds
//      the limit. So what the peer says cannot take memory that it has not sent.
//   4. After an exception the stream has no meaning any more: the connection has to be closed.
// What it makes is what the caller keeps: a reply's own bytes and arrays, and nothing else.
using System.Numerics;
using System.Text;

namespace Tulip.Redis;

internal sealed class RespParser(long maxReplySize)
{
    private const int MaxLine = 64 * 1024;
    private const int MaxDepth = 128;

    private static readonly RedisValue s_ok = RedisValue.OfText("OK");
    private static readonly RedisValue s_queued = RedisValue.OfText("QUEUED");

    private readonly PartialLine _line = new(MaxLine);
    private readonly List<PartialArray> _open = [];
    private RedisValue[]? _attributes;
    private PartialText? _text;
    private long _size;

    /// <summary>Takes the next reply from the front of the input.</summary>
    /// <param name="input">What came; afterwards, what is left of it: nothing if this returns false.</param>
    /// <param name="reply">The reply.</param>
    /// <returns>Whether there is one; if not, give it what comes next.</returns>
    /// <exception cref="InvalidDataException">This is not Redis' protocol, or the reply is larger than the limit.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out RedisValue reply)
    {
        while (true)
        {
            if (_text is not null)
            {
                if (!_text.Fill(ref input))
                    break;
                reply = _text.ToValue();
                _text = null;
            }
            else
            {
                if (!_line.TryTake(ref input, out var line))
                    break;
                if (!ReadLine(line, out reply))
                    continue;
            }

            if (Place(ref reply))
            {
                _size = 0;
                return true;
            }
        }

        reply = default;
        return false;
    }

    /// <summary>Reads a line: a whole value, or the beginning of one.</summary>
    private bool ReadLine(ReadOnlySpan<byte> line, out RedisValue value)
    {
        if (line.IsEmpty)
            throw Broken("an empty line where a reply should begin");

        var rest = line[1..];
        value = default;
        switch (line[0])
        {
            case (byte)'+': value = SimpleText(rest); break;
            case (byte)'-': value = RedisValue.OfError(Encoding.UTF8.GetString(rest)); break;
            case (byte)':': value = RedisValue.OfInteger(Number(rest)); break;
            case (byte)',': value = RedisValue.OfDouble(RespNumbers.TryDouble(rest, out var number) ? number : throw Broken("a number", rest)); break;
            case (byte)'#': value = RedisValue.OfBoolean(IsTrue(rest)); break;
            case (byte)'(': value = BigNumber(rest); break;
            case (byte)'_': value = rest.IsEmpty ? default : throw Broken("nothing after _", rest); break;
            case (byte)'$': return !OpenText(RedisType.String, rest);
            case (byte)'=': return !OpenText(RedisType.VerbatimString, rest);
            case (byte)'!': return !OpenText(RedisType.Error, rest);
            case (byte)'*': return !OpenArray(RedisType.Array, rest, out value);
            case (byte)'~': return !OpenArray(RedisType.Set, rest, out value);
            case (byte)'%': return !OpenArray(RedisType.Map, rest, out value, width: 2);
            case (byte)'|': return !OpenArray(RedisType.Map, rest, out value, width: 2, attributes: true);
            case (byte)'>' when _open.Count == 0: return !OpenArray(RedisType.Push, rest, out value);
            default: throw Broken("a reply", line);
        }

        Charge(line.Length);
        return true;
    }

    /// <summary>Begins a text; false if there is none (RESP2's null).</summary>
    private bool OpenText(RedisType type, ReadOnlySpan<byte> rest)
    {
        var length = Length(rest);
        if (length < 0)
            return false;

        Charge(length);
        _text = new PartialText(type, length);
        return true;
    }

    /// <summary>Begins an array; false if it is complete with its first line: an empty one, or RESP2's null.</summary>
    private bool OpenArray(RedisType type, ReadOnlySpan<byte> rest, out RedisValue value, int width = 1, bool attributes = false)
    {
        var length = Length(rest);
        value = length < 0 ? default : RedisValue.OfParts(type, []);
        if (length <= 0)
            return attributes;
        if (length > int.MaxValue / width)
            throw Broken("a length", rest);
        if (_open.Count == MaxDepth)
            throw Broken($"more than {MaxDepth} levels of arrays");

        Charge((long)length * width * PartialArray.PartSize);
        _open.Add(new PartialArray(type, length * width, attributes));
        return true;
    }

    /// <summary>A value is complete: puts it where it belongs.</summary>
    /// <returns>Whether that completes the reply, which it then is.</returns>
    private bool Place(ref RedisValue value)
    {
        while (true)
        {
            if (_open is [])
            {
                if (_attributes is not null)
                    value = value.With(_attributes);
                _attributes = null;
                return true;
            }

            var innermost = _open[^1];
            if (!innermost.Add(value))
                return false;

            _open.RemoveAt(_open.Count - 1);
            if (innermost.IsAttributes)
            {
                Annotate(innermost.Parts);
                return false;
            }

            value = innermost.ToValue();
        }
    }

    /// <summary>The attributes belong to the value that comes next at this level.</summary>
    private void Annotate(RedisValue[] attributes)
    {
        if (_open is [.., var innermost])
            innermost.Attributes = attributes;
        else
            _attributes = attributes;
    }

    private void Charge(long size)
    {
        _size += size;
        if (_size > maxReplySize)
            throw new InvalidDataException($"A reply is larger than the {maxReplySize} bytes that RedisOptions.MaxReplySize allows.");
    }

    private static bool IsTrue(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'t'] => true,
        [(byte)'f'] => false,
        _ => throw Broken("t or f", text),
    };

    private static RedisValue SimpleText(ReadOnlySpan<byte> text)
        => text.SequenceEqual("OK"u8) ? s_ok
            : text.SequenceEqual("QUEUED"u8) ? s_queued
            : RedisValue.OfText(Encoding.UTF8.GetString(text));

    private static RedisValue BigNumber(ReadOnlySpan<byte> text)
        => BigInteger.TryParse(Encoding.Latin1.GetString(text), System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? RedisValue.OfBigNumber(number)
            : throw Broken("a whole number", text);

    private static long Number(ReadOnlySpan<byte> text) => RespNumbers.TryInteger(text, out var number) ? number : throw Broken("an integer", text);

    /// <summary>A length, or -1 for RESP2's null.</summary>
    private static int Length(ReadOnlySpan<byte> text)
        => RespNumbers.TryInteger(text, out var length) && length is >= -1 and <= int.MaxValue
            ? (int)length
            : throw Broken(text is [(byte)'?'] ? "a length (streamed replies are not supported)" : "a length", text);

    private static InvalidDataException Broken(string expected, ReadOnlySpan<byte> found)
        => new($"The server does not speak Redis' protocol: expected {expected}, found '{Encoding.Latin1.GetString(found[..Math.Min(found.Length, 40)])}'.");

    private static InvalidDataException Broken(string found) => new($"The server does not speak Redis' protocol: {found}.");
}
