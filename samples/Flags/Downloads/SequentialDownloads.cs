namespace Flags;

/// <summary>One flag after the other: the time it takes is the sum of all waits.</summary>
internal static class SequentialDownloads
{
    public static void Run(DownloadJob job)
    {
        using var interrupt = new Interrupt();
        var fetcher = new BlockingFetcher(job.Site.Http, job.Site.Url);
        try
        {
            foreach (var code in job.Codes)
                job.Count(Download(code, fetcher, job.Store, interrupt.Token));
        }
        catch (OperationCanceledException)
        {
            job.Tally.Interrupted = true;
        }
    }

    /// <summary>Gets and saves one flag; also what each thread of the thread pool does.</summary>
    public static FlagResult Download(string code, BlockingFetcher fetcher, IFlagStore store, CancellationToken stop)
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            var image = fetcher.GetFlag(code, stop);
            store.Save(image, FileName.Of(code));
            return FlagResult.Ok(code);
        }
        catch (FlagException failure)
        {
            return FlagResult.Of(code, failure);
        }
    }
}
