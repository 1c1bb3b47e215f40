using Flags;

namespace Tulip.Samples.Tests;

public sealed class BehaviourTests
{
    private static readonly string[] s_paths = [.. Enumerable.Range(0, 20_000).Select(i => $"/flags/{i}/{i}.gif")];

    [Fact]
    public void Draw_ErrorServer_HasExclusiveSharesOfAQuarterAHalfAndAQuarter()
    {
        var behaviour = Behaviour.Of(ServerKind.ERROR);
        var shares = s_paths.CountBy(behaviour.Draw).ToDictionary(pair => pair.Key, pair => (double)pair.Value / s_paths.Length);
        Assert.Equal(0.25, shares[Fate.Fails], 0.02);
        Assert.Equal(0.50, shares[Fate.Late], 0.02);
        Assert.Equal(0.25, shares[Fate.Prompt], 0.02);
    }

    [Fact]
    public void Draw_OtherServers_AreAllLateOrAllPrompt()
    {
        Assert.All(s_paths, path => Assert.Equal(Fate.Late, Behaviour.Of(ServerKind.DELAY).Draw(path)));
        Assert.All(s_paths, path => Assert.Equal(Fate.Prompt, Behaviour.Of(ServerKind.LOCAL).Draw(path)));
    }

    [Fact]
    public void Draw_ImageAndMetadata_FailIndependently()
    {
        var behaviour = Behaviour.Of(ServerKind.ERROR);
        var both = s_paths.Count(path =>
            behaviour.Draw(path) is Fate.Fails && behaviour.Draw(path.Replace(".gif", ".json")) is Fate.Fails);
        Assert.Equal(1.0 / 16, (double)both / s_paths.Length, 0.01);
    }

    [Fact]
    public void DrawError_GivesTheFourServerErrorsEquallyOften()
    {
        var behaviour = Behaviour.Of(ServerKind.ERROR);
        var failing = s_paths.Where(path => behaviour.Draw(path) is Fate.Fails).ToList();
        var shares = failing.CountBy(behaviour.DrawError).ToDictionary(pair => pair.Key, pair => (double)pair.Value / failing.Count);
        Assert.Equal([500, 501, 502, 503], shares.Keys.Order());
        Assert.All(shares.Values, share => Assert.Equal(0.25, share, 0.03));
    }
}
