using System.CommandLine;
using Samples;

namespace Crawler;

/// <summary>The options that say what site to make.</summary>
internal sealed class SiteOptions
{
    private const int UsualPages = 2_000;
    private const int MostPages = 1_000_000;
    private const double UsualDelay = 0.01;

    private readonly Option<int> _pages = new Option<int>("--pages")
    {
        HelpName = "N",
        Description = "how many pages there are to be found",
        DefaultValueFactory = _ => UsualPages,
    }.WholeFrom(1);

    private readonly Option<int> _seed = new Option<int>("--seed") { HelpName = "N", Description = "chooses the links", DefaultValueFactory = _ => 1 }.WholeFrom(0);

    private readonly Option<double> _delay = new Option<double>("--page-delay")
    {
        HelpName = "SECONDS",
        Description = "how long each page takes",
        DefaultValueFactory = _ => UsualDelay,
    }.Seconds();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _pages, _seed, _delay })
            command.Add(option);
    }

    public GeneratedSite ToSite(ParseResult parsed)
    {
        var pages = parsed.GetValue(_pages);
        return pages <= MostPages
            ? new GeneratedSite(pages, parsed.GetValue(_seed), parsed.GetValue(_delay))
            : throw new UsageException($"--pages N must be {MostPages} or less");
    }
}
