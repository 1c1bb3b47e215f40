using System.CommandLine;
using System.CommandLine.Parsing;
using Samples;

namespace Flags;

/// <summary>The options of the texts' downloaders, read as argparse reads them.</summary>
internal sealed class DownloadOptions
{
    private readonly Argument<string[]> _codes = new("CC")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "country code or 1st letter (e.g. B for BA...BZ)",
    };

    private readonly Option<bool> _all = new("--all", "-a") { Description = "get all available flags (AD to ZW)" };

    private readonly Option<bool> _every = new("--every", "-e")
    {
        Description = "get flags for every possible code (AA...ZZ)",
    };

    private readonly Option<int> _limit = new Option<int>("--limit", "-l")
    {
        HelpName = "N",
        Description = "limit to N first codes [default: no limit]",
    }.Whole();

    private readonly Option<int?> _maxRequests;

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "output detailed progress info: a line for each flag instead of the bar",
    };

    /// <param name="defaultConcurrency">How the help describes what is used without -m.</param>
    public DownloadOptions(string defaultConcurrency) => _maxRequests = new Option<int?>("--max_req", "-m", "--max-req")
    {
        HelpName = "CONCURRENT",
        Description = $"maximum concurrent requests [default: {defaultConcurrency}]",
    }.Whole();

    public void AddTo(Command command)
    {
        command.Add(_codes);
        command.Add(_all);
        command.Add(_every);
        command.Add(_limit);
        command.Add(_maxRequests);
        command.Add(_verbose);
    }

    public bool IsVerbose(ParseResult parsed) => parsed.GetValue(_verbose);

    /// <summary>The number asked for, or null for the mode's own.</summary>
    public int? MaxRequests(ParseResult parsed) => parsed.GetValue(_maxRequests);

    /// <summary>The numbers, checked before the server's label as in the texts.</summary>
    public void CheckNumbers(ParseResult parsed)
    {
        CheckUnknown(parsed);
        if (MaxRequests(parsed) < 1)
            throw new UsageException("--max_req CONCURRENT must be >= 1");
        if (Limit(parsed) < 1)
            throw new UsageException("--limit N must be >= 1");
    }

    public IReadOnlyList<string> Codes(ParseResult parsed) => CountryCodes.Select(
        parsed.GetValue(_every), parsed.GetValue(_all), parsed.GetValue(_codes) ?? [], Limit(parsed));

    private int Limit(ParseResult parsed) =>
        parsed.GetResult(_limit) is { Implicit: false } ? parsed.GetValue(_limit) : int.MaxValue;

    /// <summary>The parser takes an unknown option for one more argument; a code never begins with a dash.</summary>
    private void CheckUnknown(ParseResult parsed)
    {
        var unknown = (parsed.GetValue(_codes) ?? []).Where(code => code.StartsWith('-')).ToList();
        if (unknown.Count > 0)
            throw new UsageException($"unrecognized arguments: {string.Join(" ", unknown)}");
    }
}
