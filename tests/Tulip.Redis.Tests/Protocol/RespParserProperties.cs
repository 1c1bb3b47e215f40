using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Tulip.Redis.Tests.Protocol;

/// <summary>Replies of any shape, in pieces of any size.</summary>
public sealed class RespParserProperties
{
    /// <summary>Each number is a decision: what comes next, how long it is, where it is split.</summary>
    private static readonly Arbitrary<int[]> s_decisions = Arb.From(
        Gen.Choose(0, 9_999).ArrayOf(),
        static numbers => ArbMap.Default.ArbFor<int[]>().Shrinker(numbers).Where(static smaller => smaller.All(static n => n >= 0)));

    [Fact]
    public void AnyReplies_InAnyPieces_AreReadAsTheyWereWritten() => Check(static decisions =>
    {
        var writer = new Writer(decisions);
        var expected = Enumerable.Range(0, 1 + writer.Next(4)).Select(_ => writer.Value(depth: 0)).ToList();
        var bytes = writer.Bytes;
        var splits = Enumerable.Range(0, writer.Next(20)).Select(_ => writer.Next(bytes.Length + 1)).Order().ToList();
        Assert.Equal(expected, Resp.Read(bytes, splits).Select(Resp.Describe));
        Assert.Equal(expected, Resp.Read(bytes, Enumerable.Range(0, bytes.Length)).Select(Resp.Describe));
    });

    [Fact]
    public void AnyBytes_InAnyPieces_AreReadOrRefusedAlike() => Check(static decisions =>
    {
        var writer = new Writer(decisions);
        writer.Value(depth: 0);
        var bytes = writer.Bytes;
        for (var damage = 1 + writer.Next(3); damage > 0; damage--)
            bytes[writer.Next(bytes.Length)] = (byte)"\r\n*$:-+|>%0129xA"[writer.Next(16)];
        Assert.Equal(Outcome(bytes), Outcome(bytes, Enumerable.Range(0, bytes.Length)));
    });

    private static string Outcome(byte[] bytes, params IEnumerable<int> splits)
    {
        try
        {
            return string.Join('\n', Resp.Read(bytes, splits).Select(Resp.Describe));
        }
        catch (InvalidDataException)
        {
            return "refused";
        }
    }

    private static void Check(Action<int[]> property)
        => Prop.ForAll(s_decisions, property).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(120).WithQuietOnSuccess(true));

    /// <summary>Writes values as a server does, and says what they are.</summary>
    private sealed class Writer(int[] decisions)
    {
        private readonly MemoryStream _bytes = new();
        private int _used;

        public byte[] Bytes => _bytes.ToArray();

        public int Next(int possibilities) => _used < decisions.Length ? decisions[_used++] % possibilities : 0;

        public string Value(int depth, bool annotated = false)
        {
            var kind = Next(depth < 4 ? 14 : 9);
            var number = Next(10_000) - 5_000;
            var text = Text(number);
            var word = $"word{number}";
            return kind switch
            {
                0 => Line($"+{word}", $"String:'{word}'"),
                1 => Line($"-{word}", $"Error:{word}"),
                2 => Line($":{number}", $"Integer:{number}"),
                3 => Line($"${text.Length}\r\n{text}", $"String:'{text}'"),
                4 => Line("_", "Null:"),
                5 => Line(string.Create(CultureInfo.InvariantCulture, $",{number / 8.0}"), string.Create(CultureInfo.InvariantCulture, $"Double:{number / 8.0}")),
                6 => Line(number > 0 ? "#t" : "#f", number > 0 ? "Boolean:true" : "Boolean:false"),
                7 => Line($"({number}00000000000000000000", $"BigNumber:{(number == 0 ? "0" : $"{number}00000000000000000000")}"),
                8 => Line($"={text.Length + 4}\r\ntxt:{text}", $"VerbatimString:txt'{text}'"),
                9 => Parts('*', "Array", 1, depth),
                10 => Parts('~', "Set", 1, depth),
                11 => Parts('%', "Map", 2, depth),
                12 when !annotated => Annotated(depth),
                _ => Line($"!{word.Length + 3}\r\n{word}\r\nx", $"Error:{word}\r\nx"),
            };
        }

        private string Parts(char mark, string name, int width, int depth)
        {
            var count = Next(5);
            Line($"{mark}{count}", "");
            return $"{name}:[{string.Join("|", Enumerable.Range(0, count * width).Select(_ => Value(depth + 1)))}]";
        }

        private string Annotated(int depth)
        {
            var number = Next(100);
            Line($"|1\r\n+note\r\n:{number}", "");
            return $"{Value(depth, annotated: true)}{{String:'note'|Integer:{number}}}";
        }

        private static string Text(int number) => number % 3 == 0 ? "" : $"a\r\n{new string('é', Math.Abs(number % 40))}";

        private string Line(string line, string description)
        {
            _bytes.Write(Encoding.Latin1.GetBytes(line + "\r\n"));
            return description;
        }
    }
}
