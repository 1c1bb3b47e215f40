using CharFinder;
using static Tulip.Aio;

namespace Tulip.CharFinder.Tests;

public sealed class PaceTests
{
    [Fact]
    public void LongResult_RestsBetweenItsTurns_AndAShortOneDoesNot()
    {
        using var loop = new EventLoop(new VirtualClock());
        loop.RunUntilComplete(Stream());

        static async Coroutine Stream()
        {
            var (pace, begun) = (new Pace(), GetRunningLoop().Time);
            for (var page = 1; page < 10 * Pace.PagesInTurn; page++)
            {
                await pace.Next();
                Assert.Equal(page / Pace.PagesInTurn * Pace.Rest, GetRunningLoop().Time - begun, tolerance: Pace.Rest / 1000);
            }
        }
    }

    [Fact]
    public void Others_HaveTheirTurnAfterEachPage()
    {
        using var loop = new EventLoop(new VirtualClock());
        loop.RunUntilComplete(Main());

        static async Coroutine Main()
        {
            var turns = 0;
            var other = CreateTask(Count());
            var pace = new Pace();
            for (var page = 1; page < Pace.PagesInTurn; page++)
            {
                await pace.Next();
                Assert.Equal(page, turns);
            }

            other.Cancel();

            async Coroutine Count()
            {
                while (true)
                {
                    turns++;
                    await Sleep(0);
                }
            }
        }
    }
}
