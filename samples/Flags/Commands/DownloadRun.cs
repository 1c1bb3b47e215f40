using System.Diagnostics;

namespace Flags;

/// <summary>A run of <c>flags2</c> or <c>flags3</c> from its first line to its exit code.</summary>
internal sealed record DownloadRun(
    Site Site,
    IReadOnlyList<string> Codes,
    int Concurrency,
    bool IsVerbose,
    string Folder,
    Surroundings Surroundings)
{
    public int With(Action<DownloadJob> download)
    {
        var output = Surroundings.Out;
        Reports.Initial(output, Site, Codes, Concurrency);

        var start = Stopwatch.GetTimestamp();
        var view = CreateView();
        var job = new DownloadJob(Codes, Site, Concurrency, Surroundings.OpenStore(Folder), view);
        download(job);
        view.Close();

        Reports.Final(output, job.Tally, Stopwatch.GetElapsedTime(start));
        Reports.Troubles(Surroundings.Error, job.Tally, Codes.Count);
        return ExitCode.Of(job.Tally);
    }

    private IDownloadView CreateView()
    {
        if (IsVerbose)
            return new VerboseView(Surroundings.Out);
        return Surroundings.IsTerminal
            ? new ProgressBar(Surroundings.Out, Codes.Count, Surroundings.Width)
            : new QuietView();
    }
}
