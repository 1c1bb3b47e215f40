using Flags;

namespace Tulip.Samples.Tests;

public sealed class CountryTableTests
{
    [Fact]
    public void Image_OfEveryCountry_IsAWholeGifWorthSaving()
    {
        var sizes = new List<int>();
        foreach (var code in CountryTable.Codes)
        {
            var image = CountryTable.Image(code);
            Assert.Equal("GIF89a"u8, image.AsSpan(0, 6));
            Assert.Equal(0x3B, image[^1]);
            sizes.Add(image.Length);
        }

        Assert.InRange(sizes.Min(), 5_000, 20_000);
        Assert.InRange(sizes.Max(), 5_000, 20_480);
    }

    [Fact]
    public void Find_KnownCode_GivesItsNames()
    {
        Assert.Equal(new Country(".ad", "AD", "Andorra", "AN"), CountryTable.Find("AD"));
        Assert.Equal(new Country(".uk", "GB", "United Kingdom", "UK"), CountryTable.Find("GB"));
        Assert.Null(CountryTable.Find("ZZ"));
    }
}
