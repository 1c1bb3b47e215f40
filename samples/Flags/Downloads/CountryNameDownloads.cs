using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>
/// Two requests for each flag, the image and then its metadata; saved as <c>United_States-US.gif</c>. The semaphore is
/// taken for each request apart: between the two, another flag's request may go out.
/// </summary>
internal static class CountryNameDownloads
{
    public static void Run(DownloadJob job) => CompletionLoop.Run(job, http =>
    {
        var fetcher = new AsyncFetcher(http, job.Site.Url);
        var semaphore = new AsyncSemaphore(job.Concurrency);
        return code => DownloadOne(code, fetcher, semaphore, job.Store);
    });

    private static async Coroutine DownloadOne(string code, AsyncFetcher fetcher, AsyncSemaphore semaphore, IFlagStore store)
    {
        byte[] image;
        using (await semaphore.Acquire())
            image = await fetcher.GetFlag(code);

        string country;
        using (await semaphore.Acquire())
            country = await fetcher.GetCountry(code);

        await Saving.ByLoop(store, image, FileName.Of(country, code));
    }
}
