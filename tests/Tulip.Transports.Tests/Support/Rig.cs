using Tulip.Engines;

namespace Tulip.Transports.Tests.Support;

/// <summary>Runs a test on a loop with a given engine, and sees that it leaves nothing behind: no socket open, no error
/// that nobody has looked at.</summary>
internal sealed class Rig
{
    private const double Guard = 180;

    /// <summary>What the loop's exception handler was told, and the test has not taken yet.</summary>
    public List<LoopErrorContext> Reports { get; } = [];

    public required EventLoop Loop { get; init; }

    public required IIoEngine Engine { get; init; }

    public static void Run(string engine, Func<Rig, Coroutine> body)
    {
        var before = OpenSockets();
        var ioEngine = EngineSelector.Create(engine);
        using (var loop = new EventLoop(engine: ioEngine))
        {
            var rig = new Rig { Loop = loop, Engine = ioEngine };
            loop.ExceptionHandler = (_, report) => rig.Reports.Add(report);
            loop.RunUntilComplete(Guarded(rig, body));
            Assert.True(rig.Reports.Count == 0, $"Not expected: {string.Join('\n', rig.Reports)}");
            AssertNoMore(before);
        }

        AssertNoMore(before);
    }

    /// <summary>The report with a message, which the test expects.</summary>
    public LoopErrorContext Take(string message)
    {
        var report = Assert.Single(Reports, report => report.Message.Contains(message, StringComparison.Ordinal));
        Reports.Remove(report);
        return report;
    }

    /// <summary>Lets the loop go on until something is so.</summary>
    public async Coroutine Until(Func<bool> condition)
    {
        while (!condition())
            await Sleep(0.0005);
    }

    /// <summary>The numbers of the process's sockets.</summary>
    public static IReadOnlyList<string> OpenSockets()
    {
        if (!OperatingSystem.IsLinux())
            return [];

        return [.. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(static link => link.LinkTarget ?? "")
            .Where(static target => target.StartsWith("socket:", StringComparison.Ordinal))];
    }

    private static void AssertNoMore(IReadOnlyList<string> before)
    {
        var left = OpenSockets().Except(before).ToArray();
        Assert.True(left.Length == 0, $"{left.Length} sockets are still open.");
    }

    private static async Coroutine Guarded(Rig rig, Func<Rig, Coroutine> body)
    {
        await WithTimeout(Guard, async _ => await body(rig));

        // What was closed ends in the next passes.
        for (var i = 0; i < 5; i++)
            await Sleep(0);

        // The other side of a connection closes when it has heard of the end, and threads of the system's tell it. The engine is
        // asked, not the system for its sockets: one that was lost would only have to wait for its finalizer.
        await MoveOnAfter(Guard, async _ => await rig.Until(() => !rig.Engine.HasPending));
    }
}
