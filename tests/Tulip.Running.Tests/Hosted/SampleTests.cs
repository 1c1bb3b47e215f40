using Hosts;

namespace Tulip.Running.Tests.Hosted;

/// <summary>samples/Hosted: its frame loop on a clock that the test moves, and its programs.</summary>
public sealed class SampleTests
{
    [Fact]
    public void Frames_WhileDownloadsRun_StayEven()
    {
        var clock = new ManualHost();
        var frames = new FrameLoop(clock, wait => clock.Advance(wait.TotalSeconds));
        using var hosted = new HostedEventLoop(frames, new HostedLoopOptions { TimeProvider = clock });
        var arrived = new List<int>();
        var all = hosted.Run(() => HostedApp.DownloadAll(static () => Sleep(1, 100), arrived.Add));
        var longest = frames.Play(_ => !all.IsCompleted);
        Assert.Equal(5000, all.WaitGuarded());
        Assert.Equal(Enumerable.Range(1, 50), arrived);

        // No code takes time on this clock: a frame that waited for a download would be longer than it should.
        Assert.Equal(FrameLoop.FrameTime, longest);
        Assert.InRange(frames.Count, 60, 70);
    }

    [Theory]
    [InlineData("frames", "1000000 bytes in ")]
    [InlineData("queue", "1000000 bytes in ")]
    public void Program_DownloadsEverything(string host, string expected)
    {
        using var output = new StringWriter();
        Assert.Equal(0, HostedApp.Run([host], output));
        Assert.Contains(expected, output.ToString());
    }

    [Fact]
    public void Program_NoHost_SaysHowItIsUsed()
    {
        using var output = new StringWriter();
        Assert.Equal(2, HostedApp.Run([], output));
        Assert.StartsWith("usage: Hosted frames | queue", output.ToString());
    }
}
