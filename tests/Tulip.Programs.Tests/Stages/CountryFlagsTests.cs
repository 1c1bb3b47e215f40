using Stages;

namespace Tulip.Programs.Tests;

public sealed class CountryFlagsTests
{
    public static TheoryData<string> Ways => ["callbacks", "coroutine"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Flags3_EachWay_CountsWhatIsMissingAndWhatFailsHalfWay(string way)
    {
        var run = ProgramRun.Of(StagesApp.Run, $"flags3 --way {way} zz us br --fail us");
        Assert.Equal(
            [
                "ZZ not found",
                "BR OK",
                "*** Error for US: HTTP error 503 - Service Unavailable",
                "--------------------",
                "1 flag downloaded.",
                "1 not found.",
                "1 error.",
                "  Brazil-BR.gif",
                "5 requests, at most 3 at a time, 0 still on their way",
                "Elapsed time: 0.20s",
            ],
            run.Output);
    }

    [Fact]
    public void Flags3_BothWays_AreTheSameToTheLine()
    {
        var callbacks = ProgramRun.Of(StagesApp.Run, "flags3 --way callbacks -m 3");
        var coroutines = ProgramRun.Of(StagesApp.Run, "flags3 --way coroutine -m 3");
        Assert.Equal(coroutines.Output, callbacks.Output);
        Assert.Contains("20 flags downloaded.", coroutines.Output);
        Assert.Contains("  Democratic_Republic_of_the_Congo-CD.gif", coroutines.Output);
        Assert.Equal("40 requests, at most 3 at a time, 0 still on their way", coroutines.Output[^2]);
        Assert.Equal("Elapsed time: 1.40s", coroutines.Output[^1]);
    }

    [Theory]
    [InlineData("coroutine", 0)]
    [InlineData("callbacks", 5)]
    public void Flags3_StoppedHalfWay_OnlyTheCoroutineTakesItsRequestsBack(string way, int stillOnTheirWay)
    {
        // Four rounds of images, one of names; the second round of names is cut short.
        var run = ProgramRun.Of(StagesApp.Run, $"flags3 --way {way} --give-up 0.55");
        Assert.Contains("5 flags downloaded.", run.Output);
        Assert.Equal($"30 requests, at most 5 at a time, {stillOnTheirWay} still on their way", run.Output[^2]);
        Assert.Equal("Gave up after: 0.55s", run.Output[^1]);
    }
}
