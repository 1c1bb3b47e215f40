using System.CommandLine;
using System.Globalization;
using Tulip.Load.Files;
using Tulip.Load.Harness;
using Tulip.Load.Latency;
using Tulip.Load.Sched;
using Tulip.Load.Serve;

namespace Tulip.Load;

/// <summary>The program behind its command line.</summary>
internal static class LoadApp
{
    private const int ExitUsage = 2;

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Measures Tulip, or a peer doing the same work, and prints one line of JSON.\nexample: Tulip.Load sched yield --peer task");
        root.Subcommands.Add(SchedCommand(output));
        root.Subcommands.Add(FilesCommand.Create(output));
        root.Subcommands.Add(LatencyCommand.Create(output, error));
        root.Subcommands.Add(ServeCommand.Create(output));
        root.Subcommands.Add(EngineEchoCommand.Create(output));
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });

        error.WriteLine($"Tulip.Load: {parsed.Errors[0].Message} (--help shows what there is)");
        return ExitUsage;
    }

    private static Command SchedCommand(TextWriter output)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "What to measure:\n" + string.Join('\n', SchedBenchmarks.All.Select(b => $"  {b.Name,-20} {b.Summary}; n = {b.DefaultN}")),
        };
        name.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && SchedBenchmarks.Find(result.Tokens[0].Value) is null)
                result.AddError($"There is no benchmark '{result.Tokens[0].Value}'; there are {string.Join(", ", SchedBenchmarks.All.Select(b => b.Name))}.");
        });
        var peer = new Option<string>("--peer")
        {
            Description = "Who does the work: tulip; task, .NET tasks on the thread pool; task-one-thread, .NET tasks on one thread with a synchronization context",
            HelpName = "tulip|task|task-one-thread",
            DefaultValueFactory = _ => MeasuredRun.Tulip,
        };
        peer.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !MeasuredRun.Peers.Contains(result.Tokens[0].Value))
                result.AddError($"There is no peer '{result.Tokens[0].Value}'; there are {string.Join(", ", MeasuredRun.Peers)}.");
        });
        var n = Count("--n", "Operations in a round; each benchmark has its own default", 1_000_000_000);
        var rounds = Count("--rounds", "Measured rounds, of which the median is printed", 1000);

        var command = new Command("sched", "Measures the scheduler: tasks, yields, timers, callbacks.") { name, peer, n, rounds };
        command.SetAction(parsed =>
        {
            var benchmark = SchedBenchmarks.Find(parsed.GetRequiredValue(name))!;
            var run = new MeasuredRun(benchmark, parsed.GetValue(n) ?? benchmark.DefaultN, (int?)parsed.GetValue(rounds) ?? benchmark.DefaultRounds);
            output.WriteLine(run.Execute(parsed.GetValue(peer)!).ToJson());
            output.Flush();

            // Sleepers and pool threads are left where they are: ending them in order is not part of any measurement.
            Environment.Exit(0);
        });
        return command;
    }

    private static Option<long?> Count(string name, string description, long most) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)
                return value;

            result.AddError($"{name} must be a whole number from 1 to {most}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };
}
