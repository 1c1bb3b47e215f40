using System.Globalization;
using Tulip.Engines;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Tulip.Processes.Tests.Support;

/// <summary>The engines that work here and have child processes.</summary>
public sealed class ProcessEngines : TheoryData<string>
{
    public ProcessEngines()
    {
        foreach (var name in EngineSelector.Names)
        {
            if (Works(name))
                Add(name);
        }
    }

    private static bool Works(string name)
    {
        try
        {
            using var engine = EngineSelector.Create(name);
            return engine is IDescriptorEngine;
        }
        catch (PlatformNotSupportedException)
        {
            return false;
        }
    }
}

/// <summary>Runs a test on a loop with a given engine, and sees that it leaves nothing behind: no descriptor, no child, no
/// error that nobody has looked at.</summary>
internal sealed class ProcessRig
{
    private const double Guard = 600;

    public required EventLoop Loop { get; init; }

    /// <summary>What the loop's exception handler was told, and the test has not taken yet.</summary>
    public List<LoopErrorContext> Reports { get; } = [];

    public static void Run(string engine, Func<ProcessRig, Coroutine> body)
    {
        var before = Descriptors();
        ProcessRig rig;
        using (var loop = new EventLoop(engine: EngineSelector.Create(engine)))
        {
            rig = new ProcessRig { Loop = loop };
            loop.ExceptionHandler = (_, report) => rig.Reports.Add(report);
            loop.RunUntilComplete(Guarded(rig, body));
        }

        Assert.True(rig.Reports.Count == 0, $"Not expected: {string.Join('\n', rig.Reports)}");
        WaitUntil(() => Children().Count == 0, () => $"children are left: {string.Join(", ", Children())}");
        WaitUntil(() => !Descriptors().Except(before).Any(), () => $"still open: {string.Join(", ", Descriptors().Except(before))}");
    }

    /// <summary>Waits outside of a loop for what other threads bring about.</summary>
    public static void WaitUntil(Func<bool> condition, Func<string> what)
    {
        var deadline = DateTime.UtcNow.AddSeconds(120);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, what());
            Thread.Yield();
        }
    }

    /// <summary>Lets the loop go on until something is so.</summary>
    public static async Coroutine Until(Func<bool> condition)
    {
        while (!condition())
            await Sleep(0.001);
    }

    /// <summary>This process' children, dead ones that nobody has collected among them.</summary>
    public static IReadOnlyList<string> Children()
    {
        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var children = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsDigit(Path.GetFileName(directory)[0]))
                continue;

            try
            {
                // The name stands in parentheses and may hold anything; then come the state and the parent.
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == own)
                    children.Add(stat);
            }
            catch (IOException)
            {
                // It has gone meanwhile.
            }
        }

        return children;
    }

    /// <summary>The pipes' ends and children's descriptors that this process has.</summary>
    public static IReadOnlyList<string> Descriptors() =>
    [
        .. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(static link => link.LinkTarget ?? "")
            .Where(static target => target.StartsWith("pipe:", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal)),
    ];

    private static async Coroutine Guarded(ProcessRig rig, Func<ProcessRig, Coroutine> body)
    {
        await WithTimeout(Guard, async _ => await body(rig));

        // What was closed ends in the next passes.
        for (var i = 0; i < 5; i++)
            await Sleep(0);
    }
}
