using Tulip;
using static Tulip.Aio;

namespace Stages;

/// <summary>A run of flags3, written one way or the other.</summary>
internal sealed record CountryFlagsRun(IReadOnlyList<string> Codes, FlagSite Site, FlagBook Book, int Concurrency)
{
    /// <summary>Downloads until all are settled or the time is up.</summary>
    /// <returns>Whether all were settled.</returns>
    public Coroutine<bool> Download(bool withCallbacks, double? giveUpAfter) =>
        withCallbacks ? WithCallbacks(giveUpAfter) : WithCoroutines(giveUpAfter);

    private async Coroutine<bool> WithCoroutines(double? giveUpAfter)
    {
        try
        {
            await WaitFor(CoroutineFlags.DownloadMany(Codes, Site, Book, Concurrency), giveUpAfter);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Coroutine<bool> WithCallbacks(double? giveUpAfter)
    {
        var flags = new CallbackFlags(Site, Book, Concurrency);
        var done = GetRunningLoop().CreateFuture<bool>();
        flags.DownloadMany(Codes, () => done.SetResult(true));
        await Wait([done], giveUpAfter);
        flags.Stop();
        return done.Done;
    }
}
