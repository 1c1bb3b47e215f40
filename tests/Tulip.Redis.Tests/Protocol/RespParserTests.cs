using System.Numerics;

namespace Tulip.Redis.Tests.Protocol;

public sealed class RespParserTests
{
    /// <summary>Replies, and what they are.</summary>
    public static TheoryData<string, string> Replies => new()
    {
        { "+OK\r\n", "String:'OK'" },
        { "+\r\n", "String:''" },
        { "-WRONGTYPE not so\r\n", "Error:WRONGTYPE not so" },
        { ":-12\r\n", "Integer:-12" },
        { ":+12\r\n", "Integer:12" },
        { "$5\r\nhe\r\no\r\n", "String:'he\r\no'" },
        { "$0\r\n\r\n", "String:''" },
        { "$-1\r\n", "Null:" },
        { "*-1\r\n", "Null:" },
        { "_\r\n", "Null:" },
        { "*0\r\n", "Array:[]" },
        { "*3\r\n:1\r\n$1\r\na\r\n*1\r\n_\r\n", "Array:[Integer:1|String:'a'|Array:[Null:]]" },
        { "%2\r\n+a\r\n:1\r\n+b\r\n%0\r\n", "Map:[String:'a'|Integer:1|String:'b'|Map:[]]" },
        { "~2\r\n#t\r\n#f\r\n", "Set:[Boolean:true|Boolean:false]" },
        { ",1.5e3\r\n", "Double:1500" },
        { ",-inf\r\n", "Double:-Infinity" },
        { ",nan\r\n", "Double:NaN" },
        { "(-3492890328409238509324850943850943825024385\r\n", "BigNumber:-3492890328409238509324850943850943825024385" },
        { "=9\r\ntxt:hello\r\n", "VerbatimString:txt'hello'" },
        { "!8\r\nERR\r\nbad\r\n", "Error:ERR\r\nbad" },
        { ">2\r\n+message\r\n+hi\r\n", "Push:[String:'message'|String:'hi']" },
        { "|1\r\n+ttl\r\n:9\r\n$1\r\na\r\n", "String:'a'{String:'ttl'|Integer:9}" },
        { "|0\r\n:1\r\n", "Integer:1" },
        { "*2\r\n|1\r\n+p\r\n,0.5\r\n*1\r\n:1\r\n:2\r\n", "Array:[Array:[Integer:1]{String:'p'|Double:0.5}|Integer:2]" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_SplitAtEveryByte_IsTheSame(string text, string expected)
    {
        var bytes = Resp.Bytes(text + ":99\r\n");
        foreach (var split in Enumerable.Range(0, bytes.Length))
            Assert.Equal([expected, "Integer:99"], Resp.Read(bytes, split).Select(Resp.Describe));
        Assert.Equal([expected, "Integer:99"], Resp.Read(bytes, Enumerable.Range(0, bytes.Length)).Select(Resp.Describe));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("hello\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("+OK\n")]
    [InlineData(":\r\n")]
    [InlineData(":12a\r\n")]
    [InlineData(":99999999999999999999\r\n")]
    [InlineData(",1.2.3\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("_x\r\n")]
    [InlineData("(1.5\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("$?\r\n")]
    [InlineData("*?\r\n")]
    [InlineData("%2147483647\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("$3\r\nabc\rX")]
    [InlineData("=3\r\ntxt\r\n")]
    [InlineData("*1\r\n>1\r\n:1\r\n")]
    public void BrokenReply_SplitAtEveryByte_IsRefused(string text)
    {
        var bytes = Resp.Bytes(text);
        foreach (var split in Enumerable.Range(0, bytes.Length))
            Assert.Throws<InvalidDataException>(() => Resp.Read(bytes, split));
    }

    [Fact]
    public void DeeplyNestedReply_IsRefused_NotRecursedInto()
    {
        var deep = Resp.Bytes(string.Concat(Enumerable.Repeat("*1\r\n", 100_000)));
        Assert.Contains("levels", Assert.Throws<InvalidDataException>(() => Resp.Read(deep)).Message, StringComparison.Ordinal);
        Assert.Equal(100, Depth(Resp.ReadOne(string.Concat(Enumerable.Repeat("*1\r\n", 100)) + ":1\r\n")));

        static int Depth(RedisValue value) => value.Type == RedisType.Array ? 1 + Depth(value.AsItems()[0]) : 0;
    }

    [Fact]
    public void LineWithoutEnd_IsRefused()
        => Assert.Throws<InvalidDataException>(() => Resp.Read(Resp.Bytes("+" + new string('x', 70_000)), 1000, 30_000, 60_000));

    [Theory]
    [InlineData("$2147483647\r\nabc")]
    [InlineData("*60000000\r\n:1\r\n")]
    [InlineData("*1000000\r\n*1000000\r\n*1000000\r\n")]
    public void ClaimedLength_TakesNoMemoryBeforeTheBytesAreHere(string text)
    {
        var parser = new RespParser(long.MaxValue);
        ReadOnlySpan<byte> input = Resp.Bytes(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(parser.TryRead(ref input, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Theory]
    [InlineData("$1048577\r\n")]
    [InlineData("*3\r\n$600000\r\n", 600_000, "\r\n$600000\r\n")]
    [InlineData("*1000000\r\n")]
    public void ReplyOverTheLimit_IsRefused_NamingTheOption(string text, int filling = 0, string rest = "")
    {
        var bytes = Resp.Bytes(text + new string('x', filling) + rest);
        Assert.Contains("MaxReplySize", Assert.Throws<InvalidDataException>(() => Resp.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyReplies_AreNotCountedTogether()
    {
        var large = $"${600_000}\r\n{new string('x', 600_000)}\r\n";
        Assert.Equal(3, Resp.Read(Resp.Bytes(large + large + large)).Count);
    }

    [Fact]
    public void LargeText_InSmallPieces_IsWhole()
    {
        var text = new string('x', 500_000) + "end";
        var bytes = Resp.Bytes($"${text.Length}\r\n{text}\r\n");
        var reply = Assert.Single(Resp.Read(bytes, Enumerable.Range(1, 100).Select(static i => i * 4096)));
        Assert.Equal(text, reply.AsString());
    }

    [Fact]
    public void SimpleReplies_AllocateNothing()
    {
        var parser = new RespParser(1024);
        var bytes = Resp.Bytes("+OK\r\n:12\r\n_\r\n#t\r\n,1.5\r\n+QUEUED\r\n");
        Read(parser, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(parser, bytes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Read(RespParser parser, byte[] bytes)
        {
            ReadOnlySpan<byte> input = bytes;
            while (parser.TryRead(ref input, out _))
            {
            }
        }
    }

    [Fact]
    public void Value_AsOtherTypes_ConvertsOrSaysWhatItIs()
    {
        Assert.Equal(12, Resp.ReadOne("$2\r\n12\r\n").AsInteger());
        Assert.Equal(1.5, Resp.ReadOne("$3\r\n1.5\r\n").AsDouble());
        Assert.Equal(double.PositiveInfinity, Resp.ReadOne("$3\r\ninf\r\n").AsDouble());
        Assert.Equal("1.5", Resp.ReadOne(",1.5\r\n").AsString());
        Assert.True(Resp.ReadOne(":1\r\n").AsBoolean());
        Assert.Equal(BigInteger.Parse("123456789012345678901234567890", System.Globalization.CultureInfo.InvariantCulture),
            Resp.ReadOne("(123456789012345678901234567890\r\n").AsBigInteger());
        Assert.Equal(3, Resp.ReadOne("*4\r\n+a\r\n:1\r\n+b\r\n:3\r\n").AsPairs().Last().Value.AsInteger());
        Assert.Null(Resp.ReadOne("$-1\r\n").AsString());
        Assert.Empty(Resp.ReadOne("*-1\r\n").AsItems());
        Assert.Contains("Array", Assert.Throws<InvalidCastException>(() => Resp.ReadOne("*1\r\n:1\r\n").AsString()).Message, StringComparison.Ordinal);
        Assert.Equal("ERR", Assert.Throws<RedisException>(() => Resp.ReadOne("-ERR no\r\n").AsInteger()).Code);
    }
}
