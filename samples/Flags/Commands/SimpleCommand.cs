using System.CommandLine;
using System.Diagnostics;

namespace Flags;

/// <summary><c>sequential</c>, <c>threadpool</c> and <c>asyncio</c>: the same twenty flags, each program as small as it can be.</summary>
internal static class SimpleCommand
{
    public static Command Create(string name, string description, Action<DownloadJob> download, Surroundings surroundings)
    {
        // Half a second per answer stands for a site far away; nearer by, there would be nothing to see.
        var siteOptions = new SiteOptions(ServerKind.DELAY);
        var command = new Command(name, description);
        siteOptions.AddTo(command);
        command.SetAction(parsed => Run(parsed, siteOptions, download, surroundings));
        return command;
    }

    private static int Run(ParseResult parsed, SiteOptions siteOptions, Action<DownloadJob> download, Surroundings surroundings)
    {
        var codes = CountryCodes.Pop20;
        var site = siteOptions.Open(parsed, surroundings);
        try
        {
            var store = surroundings.OpenStore(siteOptions.Folder(parsed));
            var view = new CodeByCodeView(surroundings.Out);
            var job = new DownloadJob(codes, site, codes.Count, store, view);

            var start = Stopwatch.GetTimestamp();
            download(job);
            view.Close();
            var seconds = Reports.Seconds(Stopwatch.GetElapsedTime(start));
            surroundings.Out.WriteLine($"{job.Tally[FlagStatus.Ok]} flags downloaded in {seconds}s");
            Reports.Failures(surroundings.Error, job.Tally, codes.Count);
            return ExitCode.Of(job.Tally);
        }
        finally
        {
            site.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
