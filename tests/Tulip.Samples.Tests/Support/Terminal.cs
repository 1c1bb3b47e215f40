using System.Diagnostics;
using System.Text;

namespace Tulip.Samples.Tests;

/// <summary>Runs a program on a terminal of its own, made by <c>script</c>; what is typed reaches it as from a keyboard.</summary>
internal sealed class Terminal : IDisposable
{
    private const string ControlC = "\x03";

    // A test run that was itself started in the background has Ctrl-C ignored, and hands that down.
    private const string DryRun = " true 2>/dev/null";
    private const string UsualSignals = "env --default-signal=INT" + DryRun;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _screen = new();

    public Terminal(string command)
    {
        var line = $"stty cols 80 rows 24; {UsualSignals} && exec {UsualSignals[..^DryRun.Length]} {command}; exec {command}";
        var start = new ProcessStartInfo("script", ["-q", "-e", "-c", line, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm";
        _process = Process.Start(start)!;
    }

    /// <summary>All that was printed so far.</summary>
    public string Screen => _screen.ToString();

    public static void SkipWhereMissing() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "needs the 'script' of util-linux to make a terminal");

    public async Task ReadUntil(Func<string, bool> condition)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var buffer = new char[4096];
        while (!condition(Screen))
        {
            var count = await _process.StandardOutput.ReadAsync(buffer, patience.Token);
            Assert.True(count > 0, $"The program ended too early:\n{Screen}");
            _screen.Append(buffer, 0, count);
        }
    }

    public void PressControlC()
    {
        _process.StandardInput.Write(ControlC);
        _process.StandardInput.Flush();
    }

    /// <summary>Reads what is left and returns the program's exit code.</summary>
    public async Task<int> ReadToEnd()
    {
        using var patience = new CancellationTokenSource(s_patience);
        _screen.Append(await _process.StandardOutput.ReadToEndAsync(patience.Token));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
