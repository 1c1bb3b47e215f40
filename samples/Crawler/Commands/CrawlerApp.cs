using System.CommandLine;
using Samples;
using Tulip;

namespace Crawler;

/// <summary>The program behind its command line.</summary>
internal static class CrawlerApp
{
    private const int UsualPort = 8090;

    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "Crawler demo                                  a site of 2,000 pages and all its traps, made and crawled",
            "Crawler crawl https://example.org/            a site, four requests at a time",
            "(from a clone: dotnet run -c Release --project samples/Crawler -- demo)",
        ],
        ["crawl"] =
        [
            "Crawler crawl https://example.org/ --delay 1 --max-pages 100    gently, and not for long",
            "Crawler crawl http://localhost:8090/ --verbose --log pages.jsonl",
        ],
        ["site"] = ["Crawler site --pages 500 --port 8090    then crawl http://localhost:8090/"],
        ["demo"] = ["Crawler demo --per-site 50 --page-delay 0.1"],
    };

    public static int Run(IReadOnlyList<string> arguments, Surroundings surroundings)
    {
        var root = new RootCommand("Follows links through a site: polite, bounded, and not to be caught.")
        {
            CreateCrawl(surroundings),
            CreateSite(surroundings),
            CreateDemo(surroundings),
        };
        try
        {
            return new CommandLineProgram(root, s_examples) { TroubleMeans = "usage error, or the log or the port could not be had" }
                .Run(arguments, surroundings.Out, surroundings.Error);
        }
        catch (Exception failure) when (Inner(failure) is IOException or UnauthorizedAccessException)
        {
            surroundings.Error.WriteLine($"*** Error: {Inner(failure).Message}");
            return CommandLineProgram.Trouble;
        }
    }

    private static Exception Inner(Exception failure) =>
        failure is AggregateException { InnerExceptions: [var only] } ? Inner(only) : failure;

    private static Command CreateCrawl(Surroundings surroundings)
    {
        var starts = new Argument<string[]>("URL") { Arity = ArgumentArity.OneOrMore, Description = "pages to start from; their sites are crawled" };
        var limits = new CrawlOptionsParser(new CrawlOptions());
        var command = new Command("crawl", "Follows the links of one or more sites.") { starts };
        limits.AddTo(command);
        command.SetAction(parsed => Aio.Run(limits.ToRun(parsed, surroundings).Run([.. parsed.GetValue(starts)!.Select(ToAddress)])));
        return command;
    }

    private static Command CreateSite(Surroundings surroundings)
    {
        var port = new Option<int>("--port") { HelpName = "PORT", Description = "where to serve it", DefaultValueFactory = _ => UsualPort }.WholeFrom(0);
        var made = new SiteOptions();
        var command = new Command("site", "Serves a generated site with traps, until Ctrl-C.") { port };
        made.AddTo(command);
        command.SetAction(parsed => Aio.Run(Serve(made.ToSite(parsed), parsed.GetValue(port), surroundings.Out)));
        return command;
    }

    private static Command CreateDemo(Surroundings surroundings)
    {
        var made = new SiteOptions();
        var limits = new CrawlOptionsParser(new CrawlOptions { Timeout = 1 }); // who hangs here is known to hang
        var command = new Command("demo", "Serves the generated site and crawls it.");
        made.AddTo(command);
        limits.AddTo(command);
        command.SetAction(parsed => Aio.Run(Demonstrate(made.ToSite(parsed), limits.ToRun(parsed, surroundings), surroundings.Out)));
        return command;
    }

    private static async Coroutine Serve(GeneratedSite site, int port, TextWriter output)
    {
        await using var server = await SiteServer.Start(site, port);
        output.WriteLine($"Serving {site.Pages} pages and their traps on {server.Address}. Hit CTRL-C to stop.");
        await Aio.GetRunningLoop().CreateFuture<Unit>();
    }

    private static async Coroutine Demonstrate(GeneratedSite site, CrawlRun crawl, TextWriter output)
    {
        await using var server = await SiteServer.Start(site, 0);
        output.WriteLine($"A site of {site.Pages} pages on {server.Address}");
        await crawl.Run([server.Address]);
        var counts = site.Visits.Counts;
        var found = Enumerable.Range(1, site.Pages).Count(number => counts.ContainsKey(GeneratedSite.PathOf(number)));
        var forbidden = counts.Keys.Count(path => path.StartsWith("/private", StringComparison.Ordinal));
        output.WriteLine($"The site saw {found} of its {site.Pages} pages found, {forbidden} forbidden ones asked for, "
            + $"at most {site.Visits.MostAtOnce} requests at a time.");
    }

    private static Uri ToAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && Addresses.Normalize(address) is { } normal
            ? normal
            : throw new UsageException($"'{text}' is not an address to crawl: it should look like https://example.org/");
}
