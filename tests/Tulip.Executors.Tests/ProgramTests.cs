using System.Diagnostics;

namespace Tulip.Executors.Tests;

/// <summary>Whole programs with a pool: how they are started, what they print, how they end.</summary>
public sealed class ProgramTests
{
    private const string Name = "Tulip.WorkerProgram";

    private static string Library => Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Main_RunsOnce_AndTheWorkersOutputIsThePrograms(bool withDotnet)
    {
        using var program = Start(withDotnet, "squares");
        var lines = program.StandardOutput.ReadToEnd().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.True(program.WaitForExit(Guard.Time));
        Assert.Equal(0, program.ExitCode);
        Assert.Equal([$"main {program.Id}"], lines.Where(static line => line.StartsWith("main")));
        Assert.Contains("results 1 4 9 16", lines);
        var workers = lines.Where(static line => line.StartsWith("worker")).ToArray();
        Assert.Equal(["1", "2", "3", "4"], workers.Select(static line => line.Split(' ')[^1]).Order());
        Assert.DoesNotContain(workers, line => line.Contains($" {program.Id} "));
    }

    [Fact]
    public void ProgramKilled_WorkersAreGone()
    {
        using var program = Start(withDotnet: false, "hold");
        var workers = new[] { Worker(program), Worker(program) };
        Assert.All(workers, static id => Assert.True(Guard.IsAlive(id)));
        program.Kill();
        Assert.True(program.WaitForExit(Guard.Time));
        foreach (var id in workers)
            Guard.Until(() => !Guard.IsAlive(id), $"the end of worker {id}");
    }

    [Fact]
    public void ProgramLeavesMain_WorkersAreGone()
    {
        using var program = Start(withDotnet: false, "leave");
        var worker = Worker(program);
        program.StandardInput.Close();
        Assert.True(program.WaitForExit(Guard.Time));
        Assert.Equal(0, program.ExitCode);
        Guard.Until(() => !Guard.IsAlive(worker), "the end of the worker");
    }

    [Fact]
    public void Pool_WhereHooksAreOff_SaysWhatToDo()
    {
        using var program = Start(withDotnet: false, "no-hooks");
        Assert.Contains("<StartupHookSupport>true</StartupHookSupport>", program.StandardOutput.ReadToEnd());
        Assert.True(program.WaitForExit(Guard.Time));
        Assert.Equal(0, program.ExitCode);
    }

    /// <summary>A runtime that does not call the hook runs Main in the worker: the pool there must not start workers of its own.</summary>
    [Fact]
    public void Pool_InAWorkerThatRunsMain_IsRefused()
    {
        var start = Command(withDotnet: false, "squares");
        start.Environment["TULIP_WORKER_ADDRESS"] = "/nowhere";
        start.RedirectStandardError = true;
        using var program = Process.Start(start)!;
        Assert.Contains("does not honour DOTNET_STARTUP_HOOKS", program.StandardError.ReadToEnd());
        Assert.True(program.WaitForExit(Guard.Time));
        Assert.NotEqual(0, program.ExitCode);
    }

    private static int Worker(Process program)
    {
        while (true)
        {
            var line = program.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The program ended.");
            if (line.StartsWith("worker "))
                return int.Parse(line["worker ".Length..]);
        }
    }

    private static Process Start(bool withDotnet, string argument) => Process.Start(Command(withDotnet, argument))!;

    private static ProcessStartInfo Command(bool withDotnet, string argument)
    {
        var start = withDotnet
            ? new ProcessStartInfo("dotnet", [Library, argument])
            : new ProcessStartInfo(Path.ChangeExtension(Library, OperatingSystem.IsWindows() ? ".exe" : null), [argument]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        return start;
    }
}
