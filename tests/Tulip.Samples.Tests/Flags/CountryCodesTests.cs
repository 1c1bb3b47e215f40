using Flags;
using Samples;

namespace Tulip.Samples.Tests;

public sealed class CountryCodesTests
{
    private const int NoLimit = int.MaxValue;

    [Fact]
    public void Select_NothingAsked_GivesTheTwentyMostPopulous() =>
        Assert.Equal(
            "BD BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN",
            string.Join(" ", CountryCodes.Select(every: false, all: false, [], NoLimit)));

    [Fact]
    public void Select_NothingAskedWithALimit_StillGivesTwenty() =>
        Assert.Equal(20, CountryCodes.Select(every: false, all: false, [], limit: 3).Count);

    [Fact]
    public void Select_All_GivesTheFlagsThereAre()
    {
        var codes = CountryCodes.Select(every: false, all: true, [], NoLimit);
        Assert.Equal(194, codes.Count);
        Assert.Equal(("AD", "LK", "ZW"), (codes[0], codes[99], codes[^1]));
    }

    [Fact]
    public void Select_Every_WinsOverAllAndArguments()
    {
        var codes = CountryCodes.Select(every: true, all: true, ["BR"], NoLimit);
        Assert.Equal(676, codes.Count);
        Assert.Equal(("AA", "ZZ"), (codes[0], codes[^1]));
    }

    [Fact]
    public void Select_Letter_GivesAllCodesThatBeginWithIt()
    {
        var codes = CountryCodes.Select(every: false, all: false, ["b"], NoLimit);
        Assert.Equal(("BA", "BZ", 26), (codes[0], codes[^1], codes.Count));
    }

    [Fact]
    public void Select_Arguments_AreSortedWithoutRepeats() =>
        Assert.Equal(["BR", "US"], CountryCodes.Select(every: false, all: false, ["us", "BR", "us"], NoLimit));

    [Theory]
    [InlineData("B1")]
    [InlineData("BRA")]
    [InlineData("é")]
    [InlineData("")]
    public void Select_NotACode_IsAUsageError(string argument) =>
        Assert.Throws<UsageException>(() => CountryCodes.Select(every: false, all: false, [argument], NoLimit));
}
