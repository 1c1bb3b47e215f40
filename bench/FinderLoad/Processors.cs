using System.Diagnostics;

namespace FinderLoad;

/// <summary>Which of the machine's processors a process may use; by <c>taskset</c>, which Linux has.</summary>
internal static class Processors
{
    /// <summary>How to start a program, on one processor or on any.</summary>
    public static ProcessStartInfo Start(string program, string[] arguments, int? processor) => processor is null
        ? new ProcessStartInfo(program, arguments)
        : new ProcessStartInfo("taskset", ["--cpu-list", $"{processor}", program, .. arguments]);

    /// <summary>Keeps this process on one processor from now on.</summary>
    public static void StayOn(int processor)
    {
        using var moving = Process.Start(new ProcessStartInfo("taskset", ["--all-tasks", "--cpu-list", "--pid", $"{processor}", $"{Environment.ProcessId}"])
        {
            RedirectStandardOutput = true,
        })!;
        moving.StandardOutput.ReadToEnd();
        moving.WaitForExit();
        if (moving.ExitCode is not 0)
            throw new InvalidOperationException($"taskset cannot keep the load on processor {processor}.");
    }
}
