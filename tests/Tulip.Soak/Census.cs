// Census: what there is between two rounds, when nothing is under way.
// Thread: the loop's.
using System.Globalization;

namespace Tulip.Soak;

internal sealed record Census
{
    // Pools grow to what the busiest moment needed, and the runtime compiles on: more than this is a leak.
    private const long HeapMayGrow = 16 * 1024 * 1024;
    private const long ResidentMayGrow = 160 * 1024 * 1024;

    public required string Descriptors { get; init; }

    public required int Tasks { get; init; }

    public required int Transports { get; init; }

    public required int Blocks { get; init; }

    public required int Children { get; init; }

    public required int Files { get; init; }

    public required long Heap { get; init; }

    public required long Resident { get; init; }

    public static Census Take(EventLoop loop, Engines.IIoEngine engine, string folder)
    {
        var shared = LoopTransports.Of(loop);
        return new Census
        {
            Descriptors = CountDescriptors(),
            Tasks = AllTasks(loop).Count,
            Transports = shared.All.Count,
            Blocks = shared.Blocks.Lent,
            Children = ListChildren().Count,
            Files = Directory.GetFiles(folder).Length,
            Heap = GC.GetTotalMemory(forceFullCollection: true),
            Resident = Environment.WorkingSet,
        };
    }

    /// <summary>What is there that should not be once everything has ended; null for nothing.</summary>
    public string? Unsettled(Places places)
        => Transports > 0 ? $"{Transports} transports" : Blocks > 0 ? $"{Blocks} blocks" : Children > 0 ? $"{Children} children"
            : Files != places.OwnFiles ? $"{Files} files" : null;

    /// <summary>What differs from an earlier one, beyond what may; null for nothing.</summary>
    public string? Difference(Census earlier)
    {
        if (earlier with { Heap = Heap, Resident = Resident } != this)
            return "the numbers differ";
        return Heap > earlier.Heap + HeapMayGrow ? "the heap has grown"
            : Resident > earlier.Resident + ResidentMayGrow ? "the process has grown"
            : null;
    }

    public override string ToString()
        => $"tasks {Tasks}, transports {Transports}, blocks {Blocks}, children {Children}, files {Files}, heap {Heap / 1024:N0} KiB, "
            + $"resident {Resident / 1024 / 1024} MiB, {Descriptors}";

    /// <summary>This process' children, dead ones that nobody has collected among them.</summary>
    public static IReadOnlyList<string> ListChildren()
    {
        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var children = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(static path => char.IsDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                // The name stands in parentheses and may hold anything; then come the state and the parent.
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == own)
                    children.Add(stat[..(stat.LastIndexOf(')') + 3)]);
            }
            catch (IOException)
            {
                // It has gone meanwhile.
            }
        }

        return children;
    }

    /// <summary>What the descriptors lead to, but for what the runtime opens when it needs it.</summary>
    public static IEnumerable<string> DescriptorTargets()
        => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(static link => link.LinkTarget ?? "")
            .Where(static target => target.Length > 0 && !target.StartsWith("/proc/", StringComparison.Ordinal) && Path.GetExtension(target) is not (".dll" or ".pdb"));

    /// <summary>How many descriptors there are of each kind.</summary>
    private static string CountDescriptors()
    {
        var kinds = DescriptorTargets()
            .GroupBy(static target => target[0] == '/' ? "file" : target.Split(':')[0] + (target.StartsWith("anon", StringComparison.Ordinal) ? target.Split(':')[1] : ""))
            .OrderBy(static kind => kind.Key, StringComparer.Ordinal);
        return string.Join(", ", kinds.Select(static kind => $"{kind.Key} {kind.Count()}"));
    }
}
