using System.Diagnostics;

namespace Tulip.Load.Latency;

/// <summary>Short rounds with pauses: the runtime compiles hot methods again on a thread of its own, and needs the pauses.</summary>
internal sealed class WarmUp
{
    private const double Seconds = 1;
    private const double RoundSeconds = 0.010;
    private const int PauseMilliseconds = 30;

    private readonly long _begin = Stopwatch.GetTimestamp();
    private long _round = Stopwatch.GetTimestamp();

    public static void Run(Action round)
    {
        var warmUp = new WarmUp();
        while (warmUp.GoesOn())
            round();
    }

    /// <summary>Whether there is another round; pauses from time to time.</summary>
    public bool GoesOn()
    {
        if (Stopwatch.GetElapsedTime(_round).TotalSeconds > RoundSeconds)
        {
            Thread.Sleep(PauseMilliseconds);
            _round = Stopwatch.GetTimestamp();
        }

        return Stopwatch.GetElapsedTime(_begin).TotalSeconds < Seconds;
    }
}
