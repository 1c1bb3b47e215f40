using System.Diagnostics;

namespace Tulip.Samples.Tests;

public sealed class RedirectedTests
{
    [Fact]
    public async Task OutputThatIsNotATerminal_HasPlainLinesOnly()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo(BuiltProgram.Path("Flags"), ["flags2", "-al", "30", "--dest", folder.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Empty(errors);
        Assert.DoesNotContain('\x1b', output);
        Assert.DoesNotContain('\r', output);
        Assert.Equal(6, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
