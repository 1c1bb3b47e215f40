using System.CommandLine;

namespace Tulip.Load.Latency;

/// <summary><c>latency</c>: how long things take, from the first cache to the network, beside the figures of the texts.</summary>
internal static class LatencyCommand
{
    public static Command Create(TextWriter output, TextWriter progress)
    {
        var path = new Option<string?>("--out") { Description = "Write the figures to this file as JSON too", HelpName = "FILE" };
        var folder = new Option<string>("--folder") { Description = "Where the file is that is read: on a disk, not in memory", DefaultValueFactory = _ => Path.GetTempPath() };
        var command = new Command("latency", "Measures how long things take, and the memory of one that sleeps; prints a table. About half a minute.") { path, folder };
        command.Validators.Add(result =>
        {
            if (result.GetValue(path) is { } name && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(name))))
                result.AddError($"There is no folder for '{name}': make it, or give --out another file.");
            if (result.GetValue(folder) is { } place && !Directory.Exists(place))
                result.AddError($"There is no folder '{place}': make it, or give --folder another one.");
        });
        command.SetAction(parsed =>
        {
            // A file that cannot be written is better noticed before all is measured.
            using var file = parsed.GetValue(path) is { } name ? new StreamWriter(name) : null;
            var report = Measure(parsed.GetRequiredValue(folder), progress);
            output.Write(report.ToText());
            output.Flush();
            file?.WriteLine(report.ToJson());
        });
        return command;
    }

    private static LatencyReport Measure(string folder, TextWriter progress)
    {
        var machine = MachineFacts.Read();
        var loadBefore = MachineFacts.Load();

        // Sleepers first: the stacks and heaps of all that follows are not theirs.
        progress.WriteLine("memory of sleepers");
        List<Sleepers> sleepers = [.. Sleepers.Measure()];
        List<Latency> latencies = [];
        foreach (var latency in All(machine, folder))
        {
            progress.WriteLine(latency.What);
            latencies.Add(latency);
        }

        return new LatencyReport(machine, latencies, sleepers, loadBefore, MachineFacts.Load());
    }

    private static IEnumerable<Latency> All(MachineFacts machine, string folder)
        => MemoryAccess.Measure(machine)
            .Append(DiskReads.Measure(folder))
            .Concat(RoundTrips.Measure())
            .Concat(ThreadCosts.Measure())
            .Concat(LoopCosts.Measure());
}
