using CharFinder;

namespace Tulip.CharFinder.Tests;

/// <summary>Line by line, what Python's unicodedata says.</summary>
public sealed class PythonTests(ITestOutputHelper log)
{
    private const int Codes = 0x110000;

    private static readonly string[] s_queries =
    [
        "sun", "digit", "chess black", "registered", "ROOK", "rook black", "hangul gag", "kangxi", "tangut 17000", "cjk compatibility",
        "cat face", "letter", "syllable", "qwertyuiop", "it's", "both ' and \"", "tab\there", "sun\u00a0black", "½", "", "  ", "-", "euro-currency",
        "Déjà vu", "\u200b", "😀 cat", "\u0000", "cjk unified ideograph", "4E00", "a",
    ];

    [Fact]
    public void Names_OfAllCodePoints_AreThoseOfPython()
    {
        var python = PythonReference.Get();
        var theirs = python.Run("names")
            .Select(line => line.Split(';'))
            .ToDictionary(parts => Convert.ToInt32(parts[0], 16), parts => parts[1]);
        Assert.True(theirs.Count > 100_000, "Python named too few.");

        var (different, newer, tangut) = (new List<string>(), 0, 0);
        for (var code = 0; code < Codes; code++)
        {
            var ours = UnicodeNames.Shared.NameOf(code);
            var expected = theirs.GetValueOrDefault(code);
            if (ours == expected)
                continue;

            if (expected is null && ours == $"TANGUT IDEOGRAPH-{code:X4}")
                tangut++;
            else if (expected is null && python.Unicode < Version.Parse(UnicodeNames.Shared.Version))
                newer++;
            else
                different.Add($"U+{code:X4}: {ours ?? "no name"}, Python: {expected ?? "no name"}");
        }

        log.WriteLine($"Unicode {python.Unicode} in Python, {UnicodeNames.Shared.Version} here: {theirs.Count} names compared, " +
            $"{newer} characters are newer than Python's, {tangut} Tangut ideographs have no name in Python.");
        Assert.Empty(different);
        Assert.True(tangut is 0 or 6145, $"{tangut} Tangut ideographs");
    }

    [Fact]
    public void WordReport_IsThatOfPython()
    {
        var theirs = PythonReference.GetWithSameUnicode().Run("words");
        using var run = FinderRun.Of("words");
        Assert.Equal(theirs, run.Output);
    }

    [Fact]
    public void Listings_AreThoseOfPython()
    {
        var queries = s_queries.Where(query => !query.Contains('\0')).ToArray();
        var theirs = PythonReference.GetWithSameUnicode().Run(["search", .. queries]);
        var ours = queries.Select(TestIndex.Whole.Search)
            .SelectMany(result => result.Page().Select(ResultText.Line).Append($"({ResultText.Status(result)})"));
        Assert.Equal(theirs, ours);
    }

    [Fact]
    public void LongestListing_OnTheCommandLine_IsThatOfPython()
    {
        var theirs = PythonReference.GetWithSameUnicode().Run("search", "cjk");
        using var run = FinderRun.Of("cjk");
        Assert.Equal(98_886, run.Output.Length);
        Assert.Equal(theirs, run.Output);
    }
}
