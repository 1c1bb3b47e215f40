using System.CommandLine;
using System.Net.Sockets;
using Samples;

namespace Evolution;

/// <summary>The program behind its command line.</summary>
internal static class EvolutionApp
{
    private const double UsualDelay = 0.4;
    private const int UsualPages = 10;
    private const int MostPages = 200;

    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "Evolution                            all ways, ten pages of 0.4 seconds each",
            "Evolution blocking busy              two that take their time",
            "Evolution callbacks generators coroutines --pages 100",
            "(from a clone: dotnet run --project samples/Evolution)",
        ],
    };

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var names = new Argument<string[]>("WAY")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "ways to crawl, in the order in which they came about [default: all]",
        };
        names.AcceptOnlyFromAmong([.. Way.All.Select(way => way.Name)]);
        var delay = new Option<double>("--delay")
        {
            HelpName = "SECONDS",
            Description = "how long the server takes for each page",
            DefaultValueFactory = _ => UsualDelay,
        }.Seconds();
        var pages = new Option<int>("--pages")
        {
            HelpName = "N",
            Description = $"how many pages, up to {MostPages}",
            DefaultValueFactory = _ => UsualPages,
        }.WholeFrom(1);

        var root = new RootCommand("Gets ten slow pages in nine ways, from blocking sockets to coroutines.") { names, delay, pages };
        root.SetAction(parsed =>
        {
            var asked = parsed.GetValue(names) ?? [];
            var count = parsed.GetValue(pages);
            if (count > MostPages)
                throw new UsageException($"--pages N must be {MostPages} or less: the processes and threads are as many");
            return Compare([.. Way.All.Where(way => asked.Length == 0 || asked.Contains(way.Name))], parsed.GetValue(delay), count, output, error);
        });
        return new CommandLineProgram(root, s_examples) { TroubleMeans = "usage error, or a page could not be had" }.Run(arguments, output, error);
    }

    private static int Compare(IReadOnlyList<Way> ways, double delay, int pages, TextWriter output, TextWriter error)
    {
        using var server = new PageServer(delay);
        output.WriteLine(Crawl.Header);
        foreach (var way in ways)
        {
            try
            {
                output.WriteLine(Crawl.Row(way, Crawl.Run(way, server, pages).Elapsed));
                output.Flush();
            }
            catch (Exception failure) when (failure is SocketException or IOException or InvalidDataException)
            {
                error.WriteLine($"*** Error: {way.Name}: {failure.Message}");
                return CommandLineProgram.Trouble;
            }
        }

        return CommandLineProgram.Done;
    }
}
