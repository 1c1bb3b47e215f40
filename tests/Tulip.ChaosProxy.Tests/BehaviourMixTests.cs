namespace Tulip.ChaosProxy.Tests;

public sealed class BehaviourMixTests
{
    [Fact]
    public void At_GivesExclusiveShares_InTheOrderGiven()
    {
        var mix = BehaviourMix.Parse("25:error, 50:delay");
        Assert.Equal("25:error,50:delay,25:dummy", mix.ToString());
        Assert.Equal(Behaviour.Error, mix.At(0));
        Assert.Equal(Behaviour.Error, mix.At(0.2499));
        Assert.Equal(Behaviour.Delay, mix.At(0.25));
        Assert.Equal(Behaviour.Delay, mix.At(0.7499));
        Assert.Equal(Behaviour.Dummy, mix.At(0.75));
        Assert.Equal(Behaviour.Dummy, mix.At(0.9999));
    }

    [Theory]
    [InlineData("100:hang", "hang")]
    [InlineData("0:hang", "dummy")]
    [InlineData("0:hang,100:abort", "abort")]
    public void ToString_OneBehaviour_IsItsName(string list, string name) => Assert.Equal(name, BehaviourMix.Parse(list).ToString());

    [Theory]
    [InlineData("", "You need to use percentage:name")]
    [InlineData("error", "You need to use percentage:name")]
    [InlineData("1:2:3", "You need to use percentage:name")]
    [InlineData("50:error,51:delay", "The behavior total needs to be 100 or less")]
    [InlineData("x:error", "a percentage is a whole number from 0 to 100, not 'x'")]
    [InlineData("-1:error", "a percentage is a whole number from 0 to 100, not '-1'")]
    [InlineData("10:sleep", "'sleep' is an unknown behavior. Pick one of: 'abort', 'blackout', 'delay', 'dummy', 'error', 'hang', 'transient'.")]
    public void Parse_Nonsense_SaysWhatIsExpected(string list, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => BehaviourMix.Parse(list)).Message);

    [Fact]
    public void Decide_SharesAreThoseAskedFor_WithAndWithoutASeed()
    {
        foreach (var seed in (int?[])[1, null])
        {
            var chaos = new Chaos(BehaviourMix.Parse("25:blackout,50:hang"), new BehaviourOptions(), seed);
            var acts = Enumerable.Range(0, 20_000).CountBy(i => chaos.Decide($"/{i}").Act).ToDictionary();
            Assert.Equal(0.25, acts[Act.CloseClient] / 20_000.0, 0.02);
            Assert.Equal(0.50, acts[Act.Hang] / 20_000.0, 0.02);
            Assert.Equal(0.25, acts[Act.Pass] / 20_000.0, 0.02);
        }
    }

    [Fact]
    public void Decide_WithoutASeed_DrawsAnewForTheSamePath()
    {
        var chaos = new Chaos(BehaviourMix.Parse("50:hang"), new BehaviourOptions(), seed: null);
        Assert.Equal(2, Enumerable.Range(0, 200).Select(_ => chaos.Decide("/").Act).Distinct().Count());
    }

    [Fact]
    public void Change_BeginsCountingAnew()
    {
        var chaos = new Chaos(BehaviourMix.Only(Behaviour.Transient), new BehaviourOptions(), seed: 1);
        Assert.Equal([Act.Fail, Act.Pass], [chaos.Decide("/").Act, chaos.Decide("/").Act]);
        chaos.Change(BehaviourMix.Only(Behaviour.Transient), new BehaviourOptions { TransientAgitate = 2, ErrorWarmup = 1 });
        Assert.Equal([Act.Pass, Act.Fail, Act.Pass], [chaos.Decide("/").Act, chaos.Decide("/").Act, chaos.Decide("/").Act]);
    }
}
