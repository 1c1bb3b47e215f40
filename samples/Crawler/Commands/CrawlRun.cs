using System.Diagnostics;
using Tulip;
using static Tulip.Aio;

namespace Crawler;

/// <summary>One crawl of the program: shows it, keeps its log, and reports, also when Ctrl-C ends it.</summary>
internal sealed class CrawlRun(CrawlOptions options, Surroundings surroundings)
{
    private const int UsualWidth = 80;

    /// <summary>The file for a line of JSON for each page; null for none.</summary>
    public string? LogPath { get; init; }

    /// <summary>Whether to print a line for each page.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>Crawls, and prints the report.</summary>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public async Coroutine Run(IReadOnlyList<Uri> starts)
    {
        using var source = new HttpPageSource(options.UserAgent);
        var log = LogPath is null ? null : new PageLog(LogPath);
        var progress = surroundings.IsTerminal && !IsVerbose ? new ProgressView(surroundings.Error, Width) : null;
        var views = new ICrawlView?[] { IsVerbose ? new LineView(surroundings.Out) : null, progress, log };
        var crawl = new Crawl(options, source, new ManyViews([.. views.OfType<ICrawlView>()]));
        var start = Stopwatch.GetTimestamp();
        try
        {
            await WithLog(crawl.Run(starts), log);
        }
        finally
        {
            progress?.Close();
            ReportText.Write(surroundings.Out, crawl.Report, Stopwatch.GetElapsedTime(start));
        }
    }

    // However the crawl ends, what it has shown is written; a log that fails ends the crawl.
    private static async Coroutine WithLog(Coroutine crawl, PageLog? log)
    {
        var writing = log is null ? null : CreateTask(log.Run(), name: "page log");
        try
        {
            await crawl;
        }
        finally
        {
            log?.Close();
            if (writing is not null)
                await writing;
        }
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : UsualWidth;
        }
        catch (IOException)
        {
            return UsualWidth;
        }
    }
}
