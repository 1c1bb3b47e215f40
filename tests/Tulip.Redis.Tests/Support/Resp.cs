using System.Text;

namespace Tulip.Redis.Tests;

/// <summary>Replies read from bytes, whole or in pieces.</summary>
internal static class Resp
{
    private const long Limit = 1024 * 1024;

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Reads all replies, given the bytes in pieces that end at these places.</summary>
    public static List<RedisValue> Read(byte[] bytes, params IEnumerable<int> ends)
    {
        var parser = new RespParser(Limit);
        var replies = new List<RedisValue>();
        var begin = 0;
        foreach (var end in ends.Append(bytes.Length))
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(begin, end - begin);
            while (parser.TryRead(ref piece, out var reply))
                replies.Add(reply);
            Assert.True(piece.IsEmpty);
            begin = end;
        }

        return replies;
    }

    public static RedisValue ReadOne(string text) => Assert.Single(Read(Bytes(text)));

    /// <summary>A value and all that is in it, so that two can be compared.</summary>
    public static string Describe(RedisValue value)
    {
        var content = value.Type switch
        {
            RedisType.Null => "",
            RedisType.Error => Assert.Throws<RedisException>(() => value.OrThrow()).Message,
            RedisType.Array or RedisType.Set or RedisType.Map or RedisType.Push => $"[{string.Join("|", value.AsItems().Select(Describe))}]",
            RedisType.String or RedisType.VerbatimString => $"{value.Format}'{Encoding.Latin1.GetString(value.AsBytes().Span)}'",
            _ => value.AsString(),
        };
        var attributes = value.Attributes.Count == 0 ? "" : $"{{{string.Join("|", value.Attributes.Select(Describe))}}}";
        return $"{value.Type}:{content}{attributes}";
    }
}
