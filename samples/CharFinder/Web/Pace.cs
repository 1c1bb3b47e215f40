using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>How fast one client gets a long result, however fast it reads: with rests, so that others find the loop free; a thread that never
/// rests has to wait for a processor when it is needed. The loop's thread.</summary>
internal sealed class Pace
{
    /// <summary>Pages without a rest: half a millisecond's work or so, and more than people look at in one go.</summary>
    public const int PagesInTurn = 16;

    /// <summary>Seconds of rest.</summary>
    public const double Rest = 0.001;

    private int _pages;

    /// <summary>To be awaited after each page: the others have their turn, and now and then there is a rest.</summary>
    public async Coroutine Next()
    {
        _pages = (_pages + 1) % PagesInTurn;
        await Sleep(_pages is 0 ? Rest : 0);
    }
}
