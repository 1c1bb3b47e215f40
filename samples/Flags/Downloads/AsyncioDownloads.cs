using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>A coroutine for each flag, all on one thread; a semaphore bounds how many wait for the server at a time.</summary>
internal static class AsyncioDownloads
{
    /// <summary>Saves on the loop's thread: simple, and every other download waits meanwhile.</summary>
    public static void RunSavingInLine(DownloadJob job) => Run(job, Saving.InLine);

    /// <summary>Saves in the executor's threads, so that the loop never waits for a disk.</summary>
    public static void RunSavingInExecutor(DownloadJob job) => Run(job, Saving.InExecutor);

    /// <summary>Saves with files that do not block the loop.</summary>
    public static void RunSavingByLoop(DownloadJob job) => Run(job, Saving.ByLoop);

    /// <summary>The last as a coroutine, for a loop that runs already: one inside another program, say.</summary>
    public static Coroutine Download(DownloadJob job) => CompletionLoop.Download(job, http => Prepare(job, http, Saving.ByLoop));

    /// <summary>Called on the loop; gives the coroutine that downloads one code.</summary>
    internal static Func<string, Coroutine> Prepare(DownloadJob job, HttpClient http, Func<IFlagStore, byte[], string, Coroutine> save)
    {
        var fetcher = new AsyncFetcher(http, job.Site.Url);
        var semaphore = new AsyncSemaphore(job.Concurrency);
        return code => DownloadOne(code, fetcher, semaphore, (image, name) => save(job.Store, image, name));
    }

    private static void Run(DownloadJob job, Func<IFlagStore, byte[], string, Coroutine> save) =>
        CompletionLoop.Run(job, http => Prepare(job, http, save));

    private static async Coroutine DownloadOne(
        string code, AsyncFetcher fetcher, AsyncSemaphore semaphore, Func<byte[], string, Coroutine> save)
    {
        byte[] image;
        using (await semaphore.Acquire())
            image = await fetcher.GetFlag(code);

        // The next request goes out while this flag is saved.
        await save(image, FileName.Of(code));
    }
}
