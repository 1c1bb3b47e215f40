using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>Starts a task for each flag and counts them in the order in which they end.</summary>
internal static class CompletionLoop
{
    /// <param name="job">What to download.</param>
    /// <param name="prepare">Called on the loop with the client of its connections; gives the coroutine that downloads one code.</param>
    public static void Run(DownloadJob job, Func<HttpClient, Func<string, Coroutine>> prepare)
    {
        try
        {
            Aio.Run(Download(job, prepare));
        }
        catch (KeyboardInterruptException)
        {
            job.Tally.Interrupted = true;
        }
    }

    /// <summary>The same as a coroutine, for a loop that runs already.</summary>
    public static async Coroutine Download(DownloadJob job, Func<HttpClient, Func<string, Coroutine>> prepare)
    {
        using var http = job.Site.CreateHttpOnLoop();
        var downloadOne = prepare(http);
        var downloads = job.Codes.Select(code => CreateTask(Settle(code, downloadOne), name: code)).ToList();
        var uncounted = downloads.ToHashSet();
        try
        {
            await foreach (var download in AsCompleted(downloads))
            {
                uncounted.Remove(download);
                job.Count(download.Result());
            }
        }
        catch (CancelledException)
        {
            // Ctrl-C. Some flags are saved already and not counted yet: the report must agree with the folder.
            foreach (var download in uncounted)
                download.Cancel();
            await Wait(uncounted);
            foreach (var download in uncounted.Where(download => !download.Cancelled))
                job.Count(download.Result());
            throw;
        }
    }

    /// <summary>Turns failures into results: one flag's failure is nothing to the others.</summary>
    private static async Coroutine<FlagResult> Settle(string code, Func<string, Coroutine> downloadOne)
    {
        try
        {
            await downloadOne(code);
            return FlagResult.Ok(code);
        }
        catch (FlagException failure)
        {
            return FlagResult.Of(code, failure);
        }
    }
}
