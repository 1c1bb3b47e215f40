using System.CommandLine;
using Samples;

namespace Tour;

/// <summary>The program behind its command line.</summary>
internal static class TourApp
{
    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "Tour hello",
            "Tour gather --source           its C#, to read beside the output",
            "Tour all --virtual             everything, without waiting",
            "(from a clone: dotnet run --project samples/Tour -- hello)",
        ],
        ["all"] = ["Tour all", "Tour all --virtual"],
    };

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var isVirtual = new Option<bool>("--virtual") { Description = "on a clock that jumps: nothing waits", Recursive = true };
        var isSource = new Option<bool>("--source") { Description = "print the program instead of running it", Recursive = true };
        var root = new RootCommand("The small programs of the tutorials, one idea each.") { isVirtual, isSource };
        var examples = new Dictionary<string, string[]>(s_examples);
        foreach (var stop in Stop.All)
        {
            root.Add(CreateCommand(stop.Name, stop.Description, [stop]));
            examples[stop.Name] = [$"Tour {stop.Name}", $"Tour {stop.Name} --virtual", $"Tour {stop.Name} --source"];
        }

        root.Add(CreateCommand("all", "all of them, one after the other", Stop.All));
        return new CommandLineProgram(root, examples).Run(arguments, output, error);

        Command CreateCommand(string name, string description, IReadOnlyList<Stop> stops)
        {
            var command = new Command(name, description);
            command.SetAction(parsed => Visit(stops, output, parsed.GetValue(isVirtual), parsed.GetValue(isSource)));
            return command;
        }
    }

    private static void Visit(IReadOnlyList<Stop> stops, TextWriter output, bool isVirtual, bool isSource)
    {
        foreach (var stop in stops)
        {
            if (stops.Count > 1)
                output.WriteLine($"== {stop.Name}: {stop.Description}");
            if (isSource)
                output.Write(stop.ReadSource());
            else
                stop.Run(new Scene(output, isVirtual));
        }
    }
}
