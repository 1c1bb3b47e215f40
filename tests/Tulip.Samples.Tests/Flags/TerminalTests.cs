using System.Text.RegularExpressions;

namespace Tulip.Samples.Tests;

public sealed partial class TerminalTests
{
    [Fact]
    public async Task ProgressBar_OnATerminal_EndsFullAboveTheReport()
    {
        Terminal.SkipWhereMissing();
        using var folder = new TemporaryFolder();
        using var terminal = new Terminal($"{BuiltProgram.Path("Flags")} flags2 -al 30 --dest {folder.Path}");

        Assert.Equal(0, await terminal.ReadToEnd());
        Assert.Matches(@"\r  0%\|\s+\| 0/30 \[\d\d:\d\d<\?, \? flags/s\]", terminal.Screen);
        Assert.Matches(@"100%\|█+\| 30/30 \[\d\d:\d\d<00:00, [\d.]+ flags/s\]\x1b\[K\r\n-{20}\r\n30 flags downloaded\.", terminal.Screen);
    }

    [Fact]
    public async Task Verbose_OnATerminal_ShowsLinesAndNoBar()
    {
        Terminal.SkipWhereMissing();
        using var folder = new TemporaryFolder();
        using var terminal = new Terminal($"{BuiltProgram.Path("Flags")} flags2 -v br --dest {folder.Path}");

        Assert.Equal(0, await terminal.ReadToEnd());
        Assert.Contains("\r\nBR OK\r\n", terminal.Screen);
        Assert.DoesNotContain("flags/s", terminal.Screen);
    }

    [Theory]
    [InlineData("asyncio")]
    [InlineData("executor")]
    [InlineData("files")]
    [InlineData("threadpool")]
    [InlineData("sequential")]
    public async Task ControlC_StopsCleanlyAndReportsWhatIsOnDisk(string mode)
    {
        Terminal.SkipWhereMissing();
        using var folder = new TemporaryFolder();
        using var terminal = new Terminal($"{BuiltProgram.Path("Flags")} flags2 -s DELAY -a -m 5 --mode {mode} --dest {folder.Path}");

        await terminal.ReadUntil(screen => FirstFlag().IsMatch(screen));
        terminal.PressControlC();

        Assert.Equal(130, await terminal.ReadToEnd());
        var report = Report().Match(terminal.Screen);
        Assert.True(report.Success, terminal.Screen);
        Assert.Equal(report.Groups["ok"].Value, report.Groups["done"].Value);

        var files = Directory.GetFiles(folder.Path);
        Assert.Equal(int.Parse(report.Groups["ok"].Value), files.Length);
        Assert.All(files, file => Assert.EndsWith(".gif", file));
    }

    [Fact]
    public async Task ControlC_StopsAServer()
    {
        Terminal.SkipWhereMissing();
        using var terminal = new Terminal($"{BuiltProgram.Path("Flags")} serve --kind ERROR --port 0");
        await terminal.ReadUntil(screen => screen.Contains("Ctrl-C stops it."));
        Assert.Matches(@"ERROR server: http://localhost:\d+/flags", terminal.Screen);

        terminal.PressControlC();
        Assert.Equal(0, await terminal.ReadToEnd());
        Assert.Contains("Server stopped.", terminal.Screen);
    }

    [GeneratedRegex(@"\| [1-9]\d*/194 ")]
    private static partial Regex FirstFlag();

    [GeneratedRegex(@"-{20}\r\n(?<ok>\d+) flags? downloaded\.\r\nElapsed time: \d+\.\d\ds\r\n\*\*\* Interrupted: (?<done>\d+) of 194 flags were done\.")]
    private static partial Regex Report();
}
