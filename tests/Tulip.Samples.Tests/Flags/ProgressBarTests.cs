using Flags;

namespace Tulip.Samples.Tests;

public sealed class ProgressBarTests
{
    [Theory]
    [InlineData(0, 0.0, "  0%|                               | 0/100 [00:00<?, ? flags/s]")]
    [InlineData(50, 2.0, " 50%|███████████▌           | 50/100 [00:02<00:02, 25.0 flags/s]")]
    [InlineData(100, 4.0, "100%|██████████████████████| 100/100 [00:04<00:00, 25.0 flags/s]")]
    public void Render_ShowsShareCountTimesAndRate(int done, double seconds, string line) =>
        Assert.Equal(line, ProgressBar.Render(done, 100, TimeSpan.FromSeconds(seconds), width: 65));

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(300)]
    public void Render_IsNeverAsWideAsTheTerminal(int width) =>
        Assert.InRange(ProgressBar.Render(7, 194, TimeSpan.FromHours(30), width).Length, 0, width - 1);

    [Fact]
    public void Show_RedrawsNoFasterThanAPersonSees()
    {
        var output = new StringWriter();
        var time = new ManualTime();
        var bar = new ProgressBar(output, total: 100, () => 80, time);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            bar.Show(FlagResult.Ok("BR"));
        }

        bar.Close();
        var drawings = output.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(drawings.Length, 10, 15);
        Assert.Contains("100/100", drawings[^1]);
        Assert.EndsWith("\n", drawings[^1]);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
