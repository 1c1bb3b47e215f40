namespace Tulip.Samples.Tests;

public sealed class CompareTests
{
    [Fact]
    public void Compare_IsATableBesideTheTextsRatios()
    {
        using var run = FlagsRun.OfMeasurement("compare --requests 30 --latency 0.001 -m 30");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["sequential", "threads", "asyncio", "(the texts)"], run.Output[3..].Select(FirstCell));
        Assert.Equal(["5x", "70x"], run.Output[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..]);
    }

    [Fact]
    public void Terminal_IsToldWhatIsMeasured_UntilTheTable()
    {
        using var run = FlagsRun.OfMeasurement("compare --requests 30 --latency 0.001 -m 30", isTerminal: true);
        var drawn = run.Output[1].Split('\r');
        Assert.StartsWith("1 of 6: sequential, 20 flags …", drawn[1]);
        Assert.StartsWith("6 of 6: asyncio, 30 requests …", drawn[6]);
        Assert.StartsWith("\e[K", drawn[7]);
    }

    [Fact]
    public void ImageScale_ComparesWaysToSave()
    {
        using var run = FlagsRun.OfMeasurement("compare --image-scale 1");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["in line", "executor", "AsyncFile"], run.Output[3..].Select(FirstCell));
        Assert.All(run.Output[3..], line => Assert.EndsWith(" ms", line));
    }

    private static string FirstCell(string line) => line.Split("  ")[0];
}
