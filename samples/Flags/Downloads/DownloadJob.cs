namespace Flags;

/// <summary>One run of a downloader: what to get, from where, where to, and who watches.</summary>
internal sealed record DownloadJob(
    IReadOnlyList<string> Codes,
    Site Site,
    int Concurrency,
    IFlagStore Store,
    IDownloadView View)
{
    public Tally Tally { get; } = new();

    /// <summary>Counts and shows a finished download.</summary>
    public void Count(FlagResult result)
    {
        Tally.Add(result);
        View.Show(result);
    }
}
