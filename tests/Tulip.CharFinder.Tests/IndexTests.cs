using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class IndexTests
{
    [Fact]
    public void Sample_HasNineWords_TheMostFrequentFirst()
    {
        Assert.Equal(9, TestIndex.Sample.WordCount);
        Assert.Equal(
            [(2, "CHESS"), (2, "ROOK"), (2, "SIGN"), (1, "BLACK"), (1, "COLON"), (1, "CURRENCY"), (1, "EURO"), (1, "REGISTERED"), (1, "WHITE")],
            TestIndex.Sample.CountWords());
    }

    [Theory]
    [InlineData("rook", 0x2656, 0x265C)]
    [InlineData("rook black", 0x265C)]
    [InlineData("BLACK Rook", 0x265C)]
    [InlineData("registered", 0xAE)]
    [InlineData("currency", 0x20A0)]
    [InlineData("euro-currency", 0x20A0)]
    [InlineData("  sign,sign\tregistered! ", 0xAE)]
    [InlineData("rook sign")]
    [InlineData("euro_currency")]
    [InlineData("roo")]
    [InlineData("rooks")]
    [InlineData("")]
    [InlineData(" - ")]
    [InlineData("ROOK\u0130")]
    public void Search_InTheSample_FindsAllWords(string query, params int[] codes) =>
        Assert.Equal(codes, TestIndex.Sample.Search(query).Page().Select(found => found.Code));

    /// <summary>With Unicode 6.3 the texts have 10, 627, 6 and 75,821.</summary>
    [Theory]
    [InlineData("sun", 17)]
    [InlineData("digit", 898)]
    [InlineData("chess black", 33)]
    [InlineData("cjk", 98_885)]
    [InlineData("registered", 1)]
    [InlineData("rook", 14)]
    [InlineData("letter", 10_859)]
    [InlineData("hangul syllable", 11_172)]
    [InlineData("cjk compatibility ideograph", 1_014)]
    [InlineData("nushu", 397)]
    public void Search_InUnicode15_1_FindsSoMany(string query, int count)
    {
        var result = TestIndex.Whole.Search(query);
        Assert.Equal(count, result.Count);
        Assert.Equal(count, result.Page().Count());
    }

    [Fact]
    public void Ideographs_AreFoundByWhatTheyAre_NotByTheirCode()
    {
        Assert.False(TestIndex.Whole.Has("4E02"));
        Assert.Equal("SQUARED CJK UNIFIED IDEOGRAPH-4E00", TestIndex.Whole.Search("4e00").Page().Single().Name);
        Assert.False(TestIndex.Whole.Has("F900"));
        Assert.True(TestIndex.Whole.Has("17000"));
        Assert.Contains(TestIndex.Whole.Search("cjk unified").Page(), found => found is { Code: 0x4E00, Name: "CJK UNIFIED IDEOGRAPH-4E00" });
    }

    [Theory]
    [InlineData(0, null, 17)]
    [InlineData(0, 5, 5)]
    [InlineData(5, 5, 0)]
    [InlineData(7, 3, 0)]
    [InlineData(15, 100, 2)]
    [InlineData(17, null, 0)]
    [InlineData(1000, 2000, 0)]
    [InlineData(int.MaxValue, int.MaxValue, 0)]
    public void Page_IsAPythonSlice(int start, int? stop, int count)
    {
        var all = TestIndex.Whole.Search("sun");
        var page = all.Page(start, stop).ToList();
        Assert.Equal(count, page.Count);
        Assert.Equal(all.Page().Skip(start).Take(count), page);
        Assert.Equal(page, all.Pages(2, start, stop).SelectMany(found => found));
    }

    [Fact]
    public void Page_OfNegativeNumbers_Throws()
    {
        var all = TestIndex.Whole.Search("sun");
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Page(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Page(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Pages(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Pages(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Pages(1, 0, -1));
    }

    [Fact]
    public void Pages_OfTheLongestResult_AreItsLines()
    {
        var all = TestIndex.Whole.Search("cjk");
        var pages = all.Pages(SearchResult.UsualPageSize).Select(page => page.ToList()).ToList();
        Assert.Equal((98_885 + 499) / 500, pages.Count);
        Assert.All(pages.SkipLast(1), page => Assert.Equal(500, page.Count));
        Assert.Equal(all.Page().Select(found => found.Code), pages.SelectMany(page => page).Select(found => found.Code));
    }

    [Fact]
    public void Page_FromTheMiddle_MakesNoNameBeforeIt()
    {
        var all = TestIndex.Whole.Search("cjk");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var last = all.Page(98_884).Single();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.Equal("U+323AF", last.CodeText);
    }

    [Fact]
    public void Index_KeepsNeighboursTogether()
    {
        Assert.Equal(29_200, TestIndex.Whole.WordCount);
        Assert.InRange(TestIndex.Whole.Data.Ranges.Length, 1, 65_000); // of 486,034 pairs of a word and a character
    }

    [Fact]
    public void Results_AscendByCode()
    {
        foreach (var query in (string[])["letter", "sign", "ideograph", "small letter", "with"])
        {
            var codes = TestIndex.Whole.Search(query).Page().Select(found => found.Code).ToList();
            Assert.Equal(codes.Order().Distinct(), codes);
        }
    }
}
