using Tulip;

namespace Flags;

/// <summary>
/// Finds the longest time that a loop did nothing else: a timer that should fire every millisecond records how late it
/// came. Loop thread only.
/// </summary>
internal sealed class StallMeter
{
    private const double Period = 0.001;
    private double _expected;

    public TimeSpan Longest { get; private set; }

    public void Start(EventLoop loop)
    {
        _expected = loop.Time + Period;
        loop.CallLater(Period, () => Tick(loop));
    }

    private void Tick(EventLoop loop)
    {
        var late = TimeSpan.FromSeconds(loop.Time - _expected);
        if (late > Longest)
            Longest = late;
        Start(loop);
    }
}
