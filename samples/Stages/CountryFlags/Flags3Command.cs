using System.CommandLine;
using System.Globalization;
using Samples;
using Tulip;
using static Tulip.Aio;

namespace Stages;

/// <summary><c>flags3</c>: the same downloader written with callbacks and as a coroutine.</summary>
internal sealed class Flags3Command
{
    private const string Callbacks = "callbacks";
    private const string Coroutine = "coroutine";
    private const double UsualDelay = 0.1;
    private const int UsualConcurrency = 5;

    private readonly Argument<string[]> _codes = new("CC")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "country codes [default: the 20 most populous countries]",
    };

    private readonly Option<string> _way = new("--way")
    {
        HelpName = "WAY",
        Description = "how it is written",
        DefaultValueFactory = _ => Coroutine,
    };

    private readonly Option<int> _concurrency = new Option<int>("--max_req", "-m", "--max-req")
    {
        HelpName = "CONCURRENT",
        Description = "maximum concurrent requests",
        DefaultValueFactory = _ => UsualConcurrency,
    }.WholeFrom(1);

    private readonly Option<string[]> _refused = new("--fail")
    {
        HelpName = "CC",
        Description = "a country whose second request, for the metadata, fails; may be repeated",
    };

    private readonly Option<double> _delay = new Option<double>("--delay")
    {
        HelpName = "SECONDS",
        Description = "how long each answer takes",
        DefaultValueFactory = _ => UsualDelay,
    }.Seconds();

    private readonly Option<double> _giveUp = new Option<double>("--give-up")
    {
        HelpName = "SECONDS",
        Description = "stop after this time [default: when all is done]",
    }.Seconds();

    public static Command Create(TextWriter output, Func<EventLoop>? loopFactory)
    {
        var parts = new Flags3Command();
        parts._way.AcceptOnlyFromAmong(Callbacks, Coroutine);
        var command = new Command("flags3", "Two requests for each flag, the image and the country's name; from a site inside the program.")
        {
            parts._codes, parts._way, parts._concurrency, parts._refused, parts._delay, parts._giveUp,
        };
        command.SetAction(parsed => Aio.Run(parts.Download(parsed, output), loopFactory));
        return command;
    }

    private async Coroutine<int> Download(ParseResult parsed, TextWriter output)
    {
        var loop = GetRunningLoop();
        var refused = (parsed.GetValue(_refused) ?? []).Select(code => code.ToUpperInvariant()).ToHashSet();
        string[] codes = parsed.GetValue(_codes) is { Length: > 0 } asked
            ? [.. asked.Select(code => code.ToUpperInvariant()).Distinct().Order(StringComparer.Ordinal)]
            : [.. FlagSite.Codes];

        var book = new FlagBook(output);
        var site = new FlagSite(loop, parsed.GetValue(_delay), refused);
        var run = new CountryFlagsRun(codes, site, book, parsed.GetValue(_concurrency));
        var start = loop.Time;
        double? giveUp = parsed.GetResult(_giveUp) is null ? null : parsed.GetValue(_giveUp);
        var finished = await run.Download(parsed.GetValue(_way) is Callbacks, giveUp);

        book.WriteCounts();
        foreach (var name in book.Files.Keys)
            output.WriteLine($"  {name}");
        output.WriteLine($"{site.Requests} requests, at most {site.MostInFlight} at a time, {site.InFlight} still on their way");
        output.WriteLine($"{(finished ? "Elapsed time" : "Gave up after")}: {(loop.Time - start).ToString("F2", CultureInfo.InvariantCulture)}s");
        return CommandLineProgram.Done;
    }
}
