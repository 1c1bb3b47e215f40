using Tulip;
using static Tulip.Aio;

namespace Stages;

/// <summary>
/// flags3 as a coroutine: two requests for each flag, the second of which may fail when the first has been paid for. A
/// cancel stops it wherever it is, and the semaphore is free again.
/// </summary>
internal static class CoroutineFlags
{
    public static async Coroutine DownloadMany(IReadOnlyList<string> codes, FlagSite site, FlagBook book, int concurrency)
    {
        var semaphore = new AsyncSemaphore(concurrency);
        await Gather(codes.Select(code => DownloadOne(code, site, book, semaphore)));
    }

    private static async Coroutine DownloadOne(string code, FlagSite site, FlagBook book, AsyncSemaphore semaphore)
    {
        try
        {
            byte[] image;
            using (await semaphore.Acquire())
                image = await site.GetFlag(code);

            string country;
            using (await semaphore.Acquire())
                country = await site.GetCountry(code);

            book.Saved(code, country, image);
        }
        catch (SiteException failure)
        {
            book.Failed(code, failure);
        }
    }
}
