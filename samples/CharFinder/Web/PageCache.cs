using Microsoft.Extensions.Caching.Memory;

namespace CharFinder;

/// <summary>A page of results in the form that the page's script gets.</summary>
/// <param name="Rows">A JSON array of code points and names.</param>
/// <param name="Blocks">A JSON array of blocks, each with how many rows in turn are in it.</param>
internal sealed record WrittenPage(byte[] Rows, byte[] Blocks);

/// <summary>Pages of results, each written once for all who look at it: writing is most of what a page costs. The loop's thread.</summary>
internal sealed class PageCache : IDisposable
{
    /// <summary>How many bytes are kept: four times the longest result.</summary>
    public const long MostBytes = 16 << 20;

    // What an entry takes beside its page and its query, about: many short pages must not be more than they seem.
    private const int BytesOfEntry = 512;

    private readonly MemoryCache _pages = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>How many pages are kept.</summary>
    public int Count => _pages.Count;

    /// <summary>The page that begins with result number <paramref name="start"/>.</summary>
    public WrittenPage Get(SearchResult result, int start)
    {
        var key = (result.Query, start);
        if (_pages.TryGetValue(key, out WrittenPage? known))
            return known!;

        var page = FoundJson.Write(result.Page(start, (int)Math.Min((long)start + SearchPage.PageSize, int.MaxValue)));
        var size = page.Rows.Length + page.Blocks.Length + (result.Query.Length * sizeof(char)) + BytesOfEntry;
        return _pages.Set(key, page, new MemoryCacheEntryOptions { Size = size });
    }

    public void Dispose() => _pages.Dispose();
}
