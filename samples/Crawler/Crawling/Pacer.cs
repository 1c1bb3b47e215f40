using Tulip;
using static Tulip.Aio;

namespace Crawler;

/// <summary>Spaces out the requests to one site. Loop thread only.</summary>
internal sealed class Pacer
{
    private double _next;

    /// <summary>The least time between two turns, in seconds.</summary>
    public double Interval { get; set; }

    /// <summary>Waits for one's turn; whoever comes first goes first.</summary>
    public async Coroutine Turn()
    {
        while (true)
        {
            var now = GetRunningLoop().Time;
            if (now >= _next)
            {
                _next = now + Interval;
                return;
            }

            // Looked at again afterwards: meanwhile the site may have asked for a longer pause.
            await Sleep(_next - now);
        }
    }

    /// <summary>Nobody's turn comes for some seconds.</summary>
    public void Pause(double seconds) => _next = Math.Max(_next, GetRunningLoop().Time + seconds);
}
