using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class WebTextTests
{
    [Theory]
    [InlineData(0x2656, "&#x2656;", "\\u2656")]
    [InlineData(0x41, "&#x41;", "\\u0041")]
    [InlineData(0xFFFD, "&#xFFFD;", "\\uFFFD")]
    [InlineData(0x10000, "&#x10000;", "\\U00010000")]
    [InlineData(0x1F578, "&#x1F578;", "\\U0001F578")]
    [InlineData(0xE01EF, "&#xE01EF;", "\\U000E01EF")]
    public void Escapes_NameTheCharacter(int code, string html, string csharp)
    {
        Assert.Equal(html, Escapes.Html(code));
        Assert.Equal(csharp, Escapes.CSharp(code));
        Assert.Equal(new Rune(code).ToString(), WebUtility.HtmlDecode(html));
    }

    [Theory]
    [InlineData(0, "Basic Latin")]
    [InlineData(0x7F, "Basic Latin")]
    [InlineData(0x80, "Latin-1 Supplement")]
    [InlineData(0x265C, "Miscellaneous Symbols")]
    [InlineData(0x2EBF0, "CJK Unified Ideographs Extension I")]
    [InlineData(0x2FE0, UnicodeBlocks.None)]
    [InlineData(0x10FFFF, "Supplementary Private Use Area-B")]
    [InlineData(0x110000, UnicodeBlocks.None)]
    [InlineData(-1, UnicodeBlocks.None)]
    public void Block_OfACharacter_IsTheStandards(int code, string name) => Assert.Equal(name, UnicodeBlocks.Shared.NameOf(code));

    [Fact]
    public void Blocks_AscendInWholeColumns_AndHoldAllThatHasAName()
    {
        Assert.Equal(UnicodeNames.Shared.Version, UnicodeBlocks.Shared.Version);
        Assert.Equal(328, UnicodeBlocks.Shared.All.Count());
        var last = -1;
        foreach (var (codes, _) in UnicodeBlocks.Shared.All)
        {
            Assert.True(codes.First > last);
            Assert.Equal((0, 15), (codes.First % 16, codes.Last % 16));
            last = codes.Last;
        }

        foreach (var run in UnicodeNames.Shared.Runs)
        {
            for (var code = run.First; code <= run.Last; code++)
                Assert.NotEqual(UnicodeBlocks.None, UnicodeBlocks.Shared.NameOf(code));
        }
    }

    [Fact]
    public void FirstPage_OfALongResult_HasTwoHundredRowsAndALinkOn()
    {
        var page = SearchPage.Render(TestIndex.Whole.Search("cjk"), 0);
        Assert.Equal(200, Rows(page));
        Assert.Contains("<tr><td>U+2E80</td><th>⺀</th><td>CJK RADICAL REPEAT</td>", page);
        Assert.Contains("98885 matches for &#x27;cjk&#x27;", page);
        Assert.Contains("href=\"/?query=cjk&amp;start=200&amp;again\"", page);
        Assert.DoesNotContain("rel=\"prev\"", page);
    }

    [Theory]
    [InlineData(98_800, 85, "start=98600", null)]
    [InlineData(98_885, 0, "start=98685", null)]
    [InlineData(100, 200, "href=\"/?query=cjk&amp;again\"", "start=300")]
    [InlineData(int.MaxValue, 0, "start=2147483447", null)]
    public void LaterPage_HasItsRowsAndLinks(int start, int rows, string previous, string? next)
    {
        var page = SearchPage.Render(TestIndex.Whole.Search("cjk"), start);
        Assert.Equal(rows, Rows(page));
        Assert.Contains(previous, page);
        if (next is null)
            Assert.DoesNotContain("rel=\"next\"", page);
        else
            Assert.Contains(next, page);
    }

    [Fact]
    public void PageWithoutAQuery_InvitesAndGivesTheTextsExamples()
    {
        var page = SearchPage.Render(null, 0);
        Assert.Contains("<title>Charfinder</title>", page);
        Assert.Contains("Enter words describing characters.", page);
        Assert.Contains("<a href=\"/?query=bismillah\" title=\"find &quot;bismillah&quot;\">bismillah</a>, <a href=\"/?query=black\"", page);
        Assert.Contains("<form id=\"form\" action=\"/\" method=\"get\"", page);
        Assert.Equal(0, Rows(page));
    }

    [Fact]
    public void Query_WithMarkup_StaysText()
    {
        var page = SearchPage.Render(TestIndex.Whole.Search("\"><script>alert('x')</script>&"), 0);
        Assert.DoesNotContain("<script>", page);
        Assert.Contains("value=\"&quot;&gt;&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;\"", page);
    }

    [Fact]
    public void AllResults_StayTextInHtml()
    {
        foreach (var found in TestIndex.Of('<', '&', '"', '\'', 0x202E).Search("sign").Page().Concat(TestIndex.Of('"', '\'', 0x202E).Search("mark").Page()))
        {
            var row = SearchPage.Row(found);
            Assert.Equal(found.Text, WebUtility.HtmlDecode(row.Split("<th>")[1].Split("</th>")[0]));
        }

        Assert.Contains("<th>&lt;</th>", SearchPage.Row(new FoundChar('<', "LESS-THAN SIGN")));
    }

    [Fact]
    public void PageForTheScript_TellsTheBlocksInRuns()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, FoundJson.Options))
            FoundJson.WritePage(json, 7, 0, FoundJson.Write(TestIndex.Of(0x41, 0x42, 0xC0, 0x43).Search("latin").Page()));
        Assert.Equal(
            """
            {"id":7,"start":0,"rows":[[65,"LATIN CAPITAL LETTER A"],[66,"LATIN CAPITAL LETTER B"],[67,"LATIN CAPITAL LETTER C"],[192,"LATIN CAPITAL LETTER A WITH GRAVE"]],"blocks":[["Basic Latin",3],["Latin-1 Supplement",1]]}
            """,
            Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static int Rows(string page) => page.Split("<tr><td>").Length - 1;
}
