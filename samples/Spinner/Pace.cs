namespace Spinners;

/// <summary>How fast the programs go.</summary>
/// <param name="Frame">How long one frame of the spinner shows.</param>
/// <param name="Slow">How long the slow function takes.</param>
internal sealed record Pace(TimeSpan Frame, TimeSpan Slow)
{
    public static Pace Usual { get; } = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(3));
}
