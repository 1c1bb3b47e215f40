using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("chess black rook", 0, "U+265C \t♜\tBLACK CHESS ROOK", "U+265C\t♜\tBLACK CHESS ROOK")]
    [InlineData("digit nine", 0, "U+0039 \t9\tDIGIT NINE", "U+0039\t9\tDIGIT NINE")]
    [InlineData("chess neutral rook", 0, "U+1FA02\t🨂\tNEUTRAL CHESS ROOK", "U+1FA02\t🨂\tNEUTRAL CHESS ROOK")]
    [InlineData("variation selector 256", 0, "U+E01EF\t\U000E01EF\tVARIATION SELECTOR-256", "U+E01EF\t\U000E01EF\tVARIATION SELECTOR-256")]
    public void Line_HasCodeCharacterAndName(string query, int number, string line, string plainLine)
    {
        var found = TestIndex.Whole.Search(query).Page(number).First();
        Assert.Equal(line, ResultText.Line(found));
        Assert.Equal(plainLine, ResultText.PlainLine(found));
    }

    [Theory]
    [InlineData("rook", "2 matches for 'rook'")]
    [InlineData("rook black", "1 match for 'rook black'")]
    [InlineData("query", "No match for 'query'")]
    [InlineData("it's", "No match for \"it's\"")]
    public void Status_CountsAndQuotesTheQuery(string query, string status) =>
        Assert.Equal(status, ResultText.Status(TestIndex.Sample.Search(query)));

    [Fact]
    public void Rule_Has66Dashes() =>
        Assert.Equal("──────────────────────────────────────────────────────────────────" + " 2 found", ResultText.Rule(TestIndex.Sample.Search("rook")));

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("", "''")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("say \"x\"", "'say \"x\"'")]
    [InlineData("it's \"x\"", "'it\\'s \"x\"'")]
    [InlineData("back\\slash", @"'back\\slash'")]
    [InlineData("\t\r\n\0\u001f\u007f", @"'\t\r\n\x00\x1f\x7f'")]
    [InlineData("caf\u00e9 \u2656 \U0001F600", "'caf\u00e9 \u2656 \U0001F600'")]
    [InlineData("\u00a0\u00ad\u200b\u2028\ue000\ufffe", @"'\xa0\xad\u200b\u2028\ue000\ufffe'")]
    [InlineData("\U000E0001", @"'\U000e0001'")]
    public void Quote_IsPythonsRepr(string text, string quoted) => Assert.Equal(quoted, PythonText.Quote(text));

    // Half a character cannot stand in an attribute's argument.
    [Fact]
    public void Quote_OfHalfACharacter_EscapesIt() => Assert.Equal(@"'a\ud83db'", PythonText.Quote("a" + (char)0xD83D + "b"));
}
