using Stages;

namespace Tulip.Programs.Tests;

public sealed class WaysTests
{
    private const double Delay = 1;

    public static TheoryData<string> Names => [.. Way.All.Select(way => way.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void NoFault_EveryWayGivesTheThirdStagesResult(string name)
    {
        var outcome = Run(name, nameof(Fault.None));
        Assert.Equal("done with response 3", outcome.Result);
        Assert.Equal(3 * Delay, outcome.Elapsed, precision: 6);
        Assert.Empty(outcome.Reports);
        Assert.Empty(outcome.LoopHeard);
    }

    [Theory]
    [InlineData("nested", nameof(Fault.Call))]
    [InlineData("nested", nameof(Fault.Step))]
    [InlineData("chained", nameof(Fault.Call))]
    [InlineData("chained", nameof(Fault.Step))]
    [InlineData("errors", nameof(Fault.Step))]
    public void Fault_NobodyIsTold_TheLoopHasItAndTheCallerWaitsInVain(string name, string fault)
    {
        var outcome = Run(name, fault);
        Assert.True(outcome.GaveUp);
        Assert.Equal(4 * Delay, outcome.Elapsed, precision: 6);
        AssertIs(fault, Assert.Single(outcome.LoopHeard));
        Assert.Empty(outcome.Reports);
    }

    [Theory]
    [InlineData("errors", nameof(Fault.Call))]
    [InlineData("futures", nameof(Fault.Call))]
    [InlineData("futures", nameof(Fault.Step))]
    [InlineData("coroutine", nameof(Fault.Call))]
    [InlineData("coroutine", nameof(Fault.Step))]
    public void Fault_TheCallerCatchesItAtOnce(string name, string fault)
    {
        var outcome = Run(name, fault);
        AssertIs(fault, outcome.Thrown);
        Assert.Equal(2 * Delay, outcome.Elapsed, precision: 6);
        Assert.Empty(outcome.LoopHeard);
    }

    [Fact]
    public void Fault_ErrorCallbackKnowsTheStageAndNothingElse()
    {
        var report = Assert.Single(Run("errors", nameof(Fault.Call)).Reports);
        Assert.Equal(2, report.Stage);
        Assert.Empty(report.InHand);
    }

    [Theory]
    [InlineData(nameof(Fault.Call), "request 1|response 1|request 2 after response 1")]
    [InlineData(nameof(Fault.Step), "request 1|response 1|request 2 after response 1|response 2")]
    public void Fault_CoroutineKnowsTheStageAndAllThatCameBefore(string fault, string inHand)
    {
        var report = Assert.Single(Run("coroutine", fault).Reports);
        Assert.Equal(2, report.Stage);
        Assert.Equal(inHand.Split('|'), report.InHand);
    }

    private static void AssertIs(string fault, Exception? failure) => Assert.IsType(
        fault is nameof(Fault.Call) ? typeof(ServiceException) : typeof(FormatException), failure);

    private static Outcome Run(string name, string fault) =>
        new Trial(Delay, ProgramRun.VirtualLoop).Run(Way.All.Single(way => way.Name == name), Enum.Parse<Fault>(fault));
}
