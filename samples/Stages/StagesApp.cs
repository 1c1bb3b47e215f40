using System.CommandLine;
using Samples;
using Tulip;

namespace Stages;

/// <summary>The program behind its command line.</summary>
internal static class StagesApp
{
    private const double UsualDelay = 0.2;

    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "Stages compare                       a call fails in stage two: who hears of it, and what is known then",
            "Stages compare --fault step          our own code fails there",
            "Stages run nested --fault call       one way, at length",
            "Stages flags3 --way callbacks br us  two requests for each flag, with callbacks",
            "(from a clone: dotnet run --project samples/Stages -- compare)",
        ],
        ["compare"] = ["Stages compare", "Stages compare --fault step", "Stages compare --fault none --delay 0"],
        ["run"] = ["Stages run coroutine", "Stages run nested --fault call", "Stages run errors --fault step"],
        ["flags3"] =
        [
            "Stages flags3                        the twenty most populous countries",
            "Stages flags3 --way callbacks        the same output, four times the code",
            "Stages flags3 br zz --fail us us     not found, and refused, are counted",
        ],
    };

    /// <param name="loopFactory">Makes the loops; null for the usual ones.</param>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Func<EventLoop>? loopFactory = null)
    {
        var root = new RootCommand("Three calls, each needing the response before it: callback hell, and the way out.")
        {
            CreateCompare(output, loopFactory),
            CreateRun(output, loopFactory),
            Flags3Command.Create(output, loopFactory),
        };
        return new CommandLineProgram(root, s_examples).Run(arguments, output, error);
    }

    private static Command CreateCompare(TextWriter output, Func<EventLoop>? loopFactory)
    {
        var fault = FaultOption(Fault.Call);
        var delay = DelayOption();
        var command = new Command("compare", "All five ways with the same fault in stage two, in a table.") { fault, delay };
        command.SetAction(parsed =>
        {
            var trial = new Trial(parsed.GetValue(delay), loopFactory);
            output.WriteLine(OutcomeText.Header);
            foreach (var way in Way.All)
                output.WriteLine(OutcomeText.Row(way, trial.Run(way, parsed.GetValue(fault))));
        });
        return command;
    }

    private static Command CreateRun(TextWriter output, Func<EventLoop>? loopFactory)
    {
        var name = new Argument<string>("WAY") { Description = string.Join("; ", Way.All.Select(way => $"{way.Name}: {way.Description}")) };
        name.AcceptOnlyFromAmong([.. Way.All.Select(way => way.Name)]);
        var fault = FaultOption(Fault.None);
        var delay = DelayOption();
        var command = new Command("run", "One way, and at length who hears what.") { name, fault, delay };
        command.SetAction(parsed =>
        {
            var way = Way.All.Single(way => way.Name == parsed.GetValue(name));
            foreach (var line in OutcomeText.Describe(way, new Trial(parsed.GetValue(delay), loopFactory).Run(way, parsed.GetValue(fault))))
                output.WriteLine(line);
        });
        return command;
    }

    private static Option<Fault> FaultOption(Fault usual)
    {
        var option = new Option<Fault>("--fault")
        {
            HelpName = "FAULT",
            Description = "what goes wrong in stage two: nothing, the call, or our own code with its response",
            DefaultValueFactory = _ => usual,
        };
        option.AcceptOnlyFromAmong("none", "call", "step");
        return option;
    }

    private static Option<double> DelayOption() => new Option<double>("--delay")
    {
        HelpName = "SECONDS",
        Description = "how long each call takes",
        DefaultValueFactory = _ => UsualDelay,
    }.Seconds();
}
