using System.Text;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class PageCacheTests
{
    [Fact]
    public void Page_IsWrittenOnceForAll_WhoeverSearches()
    {
        using var pages = new PageCache();
        var first = pages.Get(TestIndex.Whole.Search("cjk"), 400);
        Assert.Same(first, pages.Get(TestIndex.Whole.Search("cjk"), 400));
        Assert.NotEqual(first.Rows, pages.Get(TestIndex.Whole.Search("cjk"), 600).Rows);
        Assert.Equal("""[[174,"REGISTERED SIGN"]]""", Encoding.UTF8.GetString(pages.Get(TestIndex.Whole.Search("registered"), 0).Rows));
        Assert.Equal("[]", Encoding.UTF8.GetString(pages.Get(TestIndex.Whole.Search("registered"), int.MaxValue).Rows));
    }

    [Fact]
    public void ManyQueriesOfOnePage_TakeNoMoreThanTheyMay()
    {
        using var pages = new PageCache();
        const int spacesAfter = 900;

        // Spaces in other places make other queries of the same words.
        for (var number = 0; number < 10_000; number++)
        {
            var spaces = string.Concat(Convert.ToString(number, 2).PadLeft(14, '0').Select(digit => digit is '0' ? " \t" : "\t "));
            pages.Get(TestIndex.Whole.Search($"registered{spaces}{new string(' ', spacesAfter)}sign"), 0);
        }

        Assert.InRange(pages.Count, 1, (int)(PageCache.MostBytes / (spacesAfter * sizeof(char))));
    }
}
