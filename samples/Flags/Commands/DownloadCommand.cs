using System.CommandLine;

namespace Flags;

/// <summary>What <c>flags2</c> and <c>flags3</c> do once the way to download is known.</summary>
internal static class DownloadCommand
{
    public static int Run(
        ParseResult parsed, DownloadOptions options, SiteOptions siteOptions, DownloadMode mode, Surroundings surroundings)
    {
        // All of the command line is checked before a server is started, in the order of the texts' checks.
        options.CheckNumbers(parsed);
        siteOptions.Kind(parsed);
        var codes = options.Codes(parsed);

        var site = siteOptions.Open(parsed, surroundings);
        try
        {
            var concurrency = mode.ActualConcurrency(options.MaxRequests(parsed), codes.Count);
            var folder = siteOptions.Folder(parsed);
            var run = new DownloadRun(site, codes, concurrency, options.IsVerbose(parsed), folder, surroundings);
            return run.With(mode.Download);
        }
        finally
        {
            site.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
