using Tulip;

namespace Crawler;

/// <summary>Where a crawl stands.</summary>
/// <param name="Asked">Pages asked for.</param>
/// <param name="Waiting">Pages found and not asked for yet, or being asked for.</param>
/// <param name="Failed">Pages that could not be had.</param>
internal readonly record struct CrawlState(int Asked, int Waiting, int Failed);

/// <summary>Who watches a crawl. A coroutine, for a watcher may be slower than the crawl: it then waits.</summary>
internal interface ICrawlView
{
    Coroutine Show(PageResult result, CrawlState state);
}
