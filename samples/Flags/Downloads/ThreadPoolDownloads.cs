using Tulip;

namespace Flags;

/// <summary>Each flag in a thread that waits for it: as many threads as connections.</summary>
internal static class ThreadPoolDownloads
{
    public static void Run(DownloadJob job)
    {
        using var interrupt = new Interrupt();
        using var executor = new ThreadPoolExecutor(job.Concurrency);
        var fetcher = new BlockingFetcher(job.Site.Http, job.Site.Url, errorFormat: "HTTP {0} - {1}");

        var stop = interrupt.Token;
        var downloads = job.Codes
            .Select(code => executor.Submit(() => SequentialDownloads.Download(code, fetcher, job.Store, stop), stop))
            .ToList();

        // After an interrupt every download still ends: those in flight as cancelled, the finished ones counted.
        foreach (var download in Task.WhenEach(downloads).ToBlockingEnumerable())
        {
            try
            {
                job.Count(download.GetAwaiter().GetResult());
            }
            catch (OperationCanceledException)
            {
                job.Tally.Interrupted = true;
            }
        }
    }
}
