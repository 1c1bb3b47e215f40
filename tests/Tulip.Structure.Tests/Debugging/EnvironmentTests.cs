using System.Diagnostics;

namespace Tulip.Structure.Tests.Debugging;

/// <summary>TULIP_DEBUG, which is read once in a process: so these tests run themselves in others.</summary>
public sealed class EnvironmentTests
{
    private const string Expected = "TULIP_TEST_EXPECTS_DEBUG";

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void TulipDebug_SetsTheModeOfNewLoops(string value, bool debug)
    {
        var child = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            ArgumentList = { "--filter-method", $"*{nameof(NewLoops_AreInTheModeThatTheEnvironmentSays)}" },
        };

        // Started as a program of its own, or as the argument of the runtime's.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            child.ArgumentList.Insert(0, typeof(EnvironmentTests).Assembly.Location);
        child.Environment["TULIP_DEBUG"] = value;
        child.Environment[Expected] = debug.ToString();
        using var process = Process.Start(child)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("succeeded: 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void NewLoops_AreInTheModeThatTheEnvironmentSays()
    {
        var expected = Environment.GetEnvironmentVariable(Expected) is { } told
            ? bool.Parse(told)
            : Environment.GetEnvironmentVariable("TULIP_DEBUG") == "1";
        using var loop = new EventLoop(new VirtualClock());
        Assert.Equal(expected, loop.Debug);
    }
}
