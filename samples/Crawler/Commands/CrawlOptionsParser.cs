using System.CommandLine;
using Samples;

namespace Crawler;

/// <summary>The options that say how to crawl.</summary>
/// <param name="usual">What counts where nothing is said.</param>
internal sealed class CrawlOptionsParser(CrawlOptions usual)
{
    private readonly Option<int> _maxPages = Whole("--max-pages", "N", "the most pages to ask for", usual.MaxPages);
    private readonly Option<int> _maxDepth = Whole("--max-depth", "N", "the most links from a start to a page", usual.MaxDepth, least: 0);
    private readonly Option<int> _perSite = Whole("--per-site", "N", "the most requests to one site at a time", usual.PerSite);
    private readonly Option<int> _attempts = Whole("--attempts", "N", "how often to ask where that may help", usual.Attempts);
    private readonly Option<double> _delay = Seconds("--delay", "the least time between two requests to one site", usual.Delay);
    private readonly Option<double> _timeout = Seconds("--timeout", "how long an answer may take", usual.Timeout);
    private readonly Option<FileInfo?> _log = new("--log") { HelpName = "FILE", Description = "a line of JSON for each page" };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "a line for each page, no progress" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _maxPages, _maxDepth, _perSite, _attempts, _delay, _timeout, _log, _verbose })
            command.Add(option);
    }

    public CrawlRun ToRun(ParseResult parsed, Surroundings surroundings)
    {
        var options = new CrawlOptions
        {
            MaxPages = parsed.GetValue(_maxPages),
            MaxDepth = parsed.GetValue(_maxDepth),
            PerSite = parsed.GetValue(_perSite),
            Attempts = parsed.GetValue(_attempts),
            Delay = parsed.GetValue(_delay),
            Timeout = parsed.GetValue(_timeout),
        };
        return new CrawlRun(options, surroundings) { LogPath = parsed.GetValue(_log)?.FullName, IsVerbose = parsed.GetValue(_verbose) };
    }

    private static Option<int> Whole(string name, string value, string description, int usual, int least = 1) =>
        new Option<int>(name) { HelpName = value, Description = description, DefaultValueFactory = _ => usual }.WholeFrom(least);

    private static Option<double> Seconds(string name, string description, double usual) =>
        new Option<double>(name) { HelpName = "SECONDS", Description = description, DefaultValueFactory = _ => usual }.Seconds();
}
