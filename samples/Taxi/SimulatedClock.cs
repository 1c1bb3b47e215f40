using Tulip;
using static Tulip.Aio;

namespace Taxis;

/// <summary>
/// Minutes of the simulation as seconds of a loop on a <see cref="VirtualClock"/>. There is no queue of events: the
/// loop's own timers are it, and the next one is due at once.
/// </summary>
/// <param name="pace">Holds the virtual time back for those who want to watch; null: it jumps.</param>
internal sealed class SimulatedClock(WatchersPace? pace)
{
    // What happens in the same minute happens in the taxis' order: each place in it takes a millionth of a minute.
    private const double MinutesPerPlace = 1e-6;

    /// <summary>Waits for a minute, and in it for a taxi's turn.</summary>
    public async Coroutine Until(int time, int taxi)
    {
        var due = time + (taxi * MinutesPerPlace);
        await Sleep(Math.Max(0, due - GetRunningLoop().Time));

        // While somebody outside is waited for, virtual time stands still: no other taxi's event comes first.
        if (pace is not null)
            await WrapFuture(pace.Until(time), holdTime: true);
    }
}
