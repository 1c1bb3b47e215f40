using System.CommandLine;
using Samples;

namespace Taxis;

/// <summary>The program behind its command line: that of the texts' simulator, and the pace.</summary>
internal static class TaxiApp
{
    private const int UsualEndTime = 180;
    private const int UsualTaxis = 3;

    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "Taxi -s 3 -e 120              the run that the texts show",
            "Taxi -t 10 -e 60              ten taxis, one hour, other random numbers each time",
            "Taxi -s 3 --minute 0.1        watch it: a tenth of a second for each minute",
            "(from a clone: dotnet run --project samples/Taxi -- -s 3 -e 120)",
        ],
    };

    /// <param name="time">The time of those who watch; null for the machine's.</param>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, TimeProvider? time = null)
    {
        var endTime = new Option<int>("--end-time", "-e")
        {
            HelpName = "MINUTES",
            Description = "simulation end time",
            DefaultValueFactory = _ => UsualEndTime,
        }.WholeFrom(0);
        var taxis = new Option<int>("--taxis", "-t")
        {
            HelpName = "N",
            Description = "number of taxis running",
            DefaultValueFactory = _ => UsualTaxis,
        }.WholeFrom(0);
        var seed = new Option<int?>("--seed", "-s")
        {
            HelpName = "N",
            Description = "random generator seed, for a run that repeats; it gives what Python gives [default: another each time]",
        }.WholeFrom(0);
        var minute = new Option<double>("--minute")
        {
            HelpName = "SECONDS",
            Description = "how long a minute lasts, to watch; 0: no waiting at all",
        }.Seconds();

        var root = new RootCommand("Taxi fleet simulator, on a clock that jumps from event to event.") { endTime, taxis, seed, minute };
        root.SetAction(parsed =>
        {
            var plan = new FleetPlan(parsed.GetValue(endTime), parsed.GetValue(taxis), parsed.GetValue(seed) ?? Random.Shared.Next());
            if (plan.Taxis > Simulation.MostTaxis)
                throw new UsageException($"--taxis N must be {Simulation.MostTaxis} or less");

            var pace = parsed.GetValue(minute);
            Simulation.Run(plan, output, pace > 0 ? new WatchersPace(pace, time ?? TimeProvider.System) : null);
        });
        return new CommandLineProgram(root, s_examples).Run(arguments, output, error);
    }
}
