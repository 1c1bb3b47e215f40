using System.Globalization;
using Tulip.Stress;

namespace Tulip.Structure.Tests.Scale;

/// <summary>Threads that press on everything any thread may use. Longer: <c>tests/Tulip.Stress --minutes N</c>.</summary>
public sealed class ThreadStressTests(ITestOutputHelper output)
{
    /// <summary>How long: TULIP_STRESS_SECONDS, else 10 where CI=true says that nobody waits, else 2.</summary>
    private static readonly double s_seconds
        = double.TryParse(Environment.GetEnvironmentVariable("TULIP_STRESS_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds
            : Environment.GetEnvironmentVariable("CI") == "true" ? 10
            : 2;

    [Fact]
    public void ThreadsafeEntries_UnderPressure_LoseNothingAndDoNothingTwice()
    {
        var press = new ThreadPress(Random.Shared.Next(1_000_000));
        output.WriteLine(press.Summary);
        press.Run(TimeSpan.FromSeconds(s_seconds));
        output.WriteLine(press.Summary);
    }
}
