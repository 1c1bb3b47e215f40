using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData(0x20, "SPACE")]
    [InlineData(0x41, "LATIN CAPITAL LETTER A")]
    [InlineData(0xAE, "REGISTERED SIGN")]
    [InlineData(0x20A0, "EURO-CURRENCY SIGN")]
    [InlineData(0x1F600, "GRINNING FACE")]
    [InlineData(0xE01EF, "VARIATION SELECTOR-256")]
    [InlineData(0x1FBA8, "BOX DRAWINGS LIGHT DIAGONAL UPPER CENTRE TO MIDDLE LEFT AND MIDDLE RIGHT TO LOWER CENTRE")]
    public void Name_OfAnAssignedCharacter_IsTheDatabases(int code, string name) => Assert.Equal(name, UnicodeNames.Shared.NameOf(code));

    [Theory]
    [InlineData(0x3400, "CJK UNIFIED IDEOGRAPH-3400")]
    [InlineData(0x9FFF, "CJK UNIFIED IDEOGRAPH-9FFF")]
    [InlineData(0x2EBF0, "CJK UNIFIED IDEOGRAPH-2EBF0")]
    [InlineData(0x323AF, "CJK UNIFIED IDEOGRAPH-323AF")]
    [InlineData(0xF900, "CJK COMPATIBILITY IDEOGRAPH-F900")]
    [InlineData(0xFA0E, "CJK COMPATIBILITY IDEOGRAPH-FA0E")]
    [InlineData(0x2FA1D, "CJK COMPATIBILITY IDEOGRAPH-2FA1D")]
    [InlineData(0x17000, "TANGUT IDEOGRAPH-17000")]
    [InlineData(0x18D08, "TANGUT IDEOGRAPH-18D08")]
    [InlineData(0x18800, "TANGUT COMPONENT-001")]
    [InlineData(0x18CD5, "KHITAN SMALL SCRIPT CHARACTER-18CD5")]
    [InlineData(0x1B170, "NUSHU CHARACTER-1B170")]
    public void Name_OfAnIdeograph_FollowsFromItsCode(int code, string name) => Assert.Equal(name, UnicodeNames.Shared.NameOf(code));

    [Theory]
    [InlineData(0xAC00, "HANGUL SYLLABLE GA")]
    [InlineData(0xAC01, "HANGUL SYLLABLE GAG")]
    [InlineData(0xC544, "HANGUL SYLLABLE A")]
    [InlineData(0xC9D5, "HANGUL SYLLABLE JING")]
    [InlineData(0xD4DB, "HANGUL SYLLABLE PWILH")]
    [InlineData(0xD7A3, "HANGUL SYLLABLE HIH")]
    public void Name_OfAHangulSyllable_FollowsFromItsJamo(int code, string name) => Assert.Equal(name, UnicodeNames.Shared.NameOf(code));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(0x1F)]
    [InlineData(0x7F)]
    [InlineData(0x85)]
    [InlineData(0x378)]
    [InlineData(0xA48D)]
    [InlineData(0xD7A4)]
    [InlineData(0xD800)]
    [InlineData(0xE000)]
    [InlineData(0xFA6E)]
    [InlineData(0xFFFE)]
    [InlineData(0x187F8)]
    [InlineData(0x2EE5E)]
    [InlineData(0x10FFFF)]
    [InlineData(0x110000)]
    [InlineData(int.MaxValue)]
    public void Name_OfAnythingElse_IsNone(int code) => Assert.Null(UnicodeNames.Shared.NameOf(code));

    [Fact]
    public void Unicode_15_1_Names149813Characters()
    {
        Assert.Equal("15.1.0", UnicodeNames.Shared.Version);
        var count = 0;
        foreach (var run in UnicodeNames.Shared.Runs)
            count += run.Last - run.First + 1;
        Assert.Equal(149_813, count);
    }

    /// <summary>For where there is no Python: the checksum of what Python 3.13 says, with the Tangut ideographs' names by rule.</summary>
    [Fact]
    public void AllNames_HaveTheChecksumOfPythons()
    {
        var lines = new StringBuilder();
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (UnicodeNames.Shared.NameOf(code) is { } name)
                lines.Append(CultureInfo.InvariantCulture, $"{code:X4};{name}\n");
        }

        Assert.Equal(
            "E82D34C9A5458BCAC42B9E75E692162F0459FD19B0346158EBE1AC1F7850C7A7", Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(lines.ToString()))));
    }

    [Fact]
    public void Runs_AscendWithoutOverlap()
    {
        var last = -1;
        foreach (var run in UnicodeNames.Shared.Runs)
        {
            Assert.InRange(run.First, last + 1, run.Last);
            last = run.Last;
        }
    }

    [Fact]
    public void Names_AreUnique()
    {
        var names = new HashSet<string>();
        foreach (var run in UnicodeNames.Shared.Runs)
        {
            for (var code = run.First; code <= run.Last; code++)
                Assert.True(names.Add(UnicodeNames.Shared.NameOf(code)!), $"U+{code:X4}");
        }
    }
}
