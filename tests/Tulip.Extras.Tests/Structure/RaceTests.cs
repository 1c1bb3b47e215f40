using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Structure;

public sealed class RaceTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void Race_GivesTheFirstResult_AndCancelsTheOthers() => Virtual.Run(async () =>
    {
        Assert.Equal("b", await Race(Runner("a", 3), Runner("b", 1), Runner("c", 2)));
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.Equal(["a cancelled", "c cancelled"], _log);
        Assert.Single(AllTasks());
    });

    [Fact]
    public void Race_OfASequence_GivesTheFirstResult() => Virtual.Run(async () =>
        Assert.Equal("1", await Race(Enumerable.Range(1, 3).Select(n => Runner($"{n}", n)))));

    [Fact]
    public void Race_OfOne_GivesItsResult() => Virtual.Run(async () => Assert.Equal("a", await Race(Runner("a", 1))));

    [Fact]
    public void Race_WithoutResults_EndsWithTheFirst() => Virtual.Run(async () =>
    {
        await Race(Sleep(5), Sleep(2));
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void Race_IsCold() => Virtual.Run(async () =>
    {
        var race = Race(Begins());
        await Sleep(1);
        Assert.Empty(_log);
        await race;
        Assert.Equal(["begun"], _log);

        async Coroutine Begins()
        {
            _log.Add("begun");
            await Sleep(1);
        }
    });

    [Fact]
    public void Race_WaitsForTheCleaningUpOfTheLosers() => Virtual.Run(async () =>
    {
        Assert.Equal("quick", await Race(Runner("slow", 10, cleanUp: 4), Runner("quick", 1)));
        Assert.Equal(5, GetRunningLoop().Time);
        Assert.Equal(["slow cancelled", "slow cleaned up"], _log);
    });

    [Fact]
    public void Race_LoserThatRefusesTheCancel_IsWaitedFor_AndItsResultDropped() => Virtual.Run(async () =>
    {
        Assert.Equal("quick", await Race(Stubborn(), Runner("quick", 1)));
        Assert.Equal(3, GetRunningLoop().Time);

        static async Coroutine<string> Stubborn()
        {
            try
            {
                await Sleep(10);
            }
            catch (CancelledException)
            {
                await Sleep(2);
            }

            return "stubborn";
        }
    });

    [Fact]
    public void Race_OfTwoResultsInOnePass_GivesTheOneThatWasFirst() => Virtual.Run(async () =>
        Assert.Equal("a", await Race(Runner("a", 1), Runner("b", 1))));

    [Fact]
    public void Race_FailureOnlyLeavesTheRace() => Virtual.Run(async () =>
        Assert.Equal("late", await Race(Fails("early", 1), Runner("late", 2))));

    [Fact]
    public void Race_FailureInTheSamePassAsTheResult_IsNotReported() => Virtual.Run(async () =>
        Assert.Equal("a", await Race(Runner("a", 1), Fails("b", 1))));

    [Fact]
    public void Race_AllFail_ThrowsAllInTheOrderOfTheArguments() => Virtual.Run(async () =>
    {
        var failure = await Outcome.Throws<AggregateException, string>(Race(Fails("a", 3), Fails("b", 1), Fails("c", 2)));
        Assert.Equal(["a", "b", "c"], failure.InnerExceptions.Select(e => e.Message));
    });

    [Fact]
    public void Race_RunnerCancelledBySomebodyElse_CountsAsFailed() => Virtual.Run(async () =>
    {
        var race = CreateTask(Race(Runner("a", 3), Fails("b", 5)));
        await Sleep(1);
        AllTasks().Single(t => t.Name == "Task-3").Cancel("go");
        var failure = await Outcome.Throws<AggregateException, string>(Await(race));
        Assert.Equal(["go", "b"], failure.InnerExceptions.Select(e => (e as CancelledException)?.CancelMessage ?? e.Message));
        Assert.False(race.Cancelled);
    });

    [Fact]
    public void Race_LoserThatFailsWhileItIsCancelled_IsReported() => Virtual.Run(async surroundings =>
    {
        Assert.Equal("quick", await Race(FailsWhenCancelled(), Runner("quick", 1)));
        var report = surroundings.TakeReport();
        Assert.Equal("cleaning up failed", report.Exception?.Message);
        Assert.Contains("race", report.Message);
    });

    [Fact]
    public void Race_CallerCancelled_CancelsAllAndWaitsForThem() => Virtual.Run(async () =>
    {
        var race = CreateTask(Race(Runner("a", 10, cleanUp: 2), Runner("b", 10)));
        await Sleep(1);
        race.Cancel("enough");
        var cancelled = await Outcome.Throws<CancelledException, string>(Await(race));
        Assert.Equal("enough", cancelled.CancelMessage);
        Assert.Equal(3, GetRunningLoop().Time);
        Assert.Equal(["a cancelled", "b cancelled", "a cleaned up"], _log);
    });

    [Fact]
    public void Race_CallerCancelledTwice_StillWaitsForTheCleaningUp() => Virtual.Run(async () =>
    {
        var race = CreateTask(Race(Runner("a", 10, cleanUp: 4), Runner("b", 10)));
        await Sleep(1);
        race.Cancel("first");
        await Sleep(1);
        race.Cancel("second");
        var cancelled = await Outcome.Throws<CancelledException, string>(Await(race));
        Assert.Equal("first", cancelled.CancelMessage);
        Assert.Contains("a cleaned up", _log);
        Assert.Equal(5, GetRunningLoop().Time);
    });

    [Fact]
    public void Race_CallerCancelledWhileLosersCleanUp_CancelGoesOnAfterThem() => Virtual.Run(async () =>
    {
        var race = CreateTask(Race(Runner("slow", 10, cleanUp: 4), Runner("quick", 1)));
        await Sleep(2);
        race.Cancel();
        await Outcome.Throws<CancelledException, string>(Await(race));
        Assert.Equal(5, GetRunningLoop().Time);
        Assert.True(race.Cancelled);
    });

    // From the pass in which the winner's sleep ends to the one in which the race's task is done.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Race_CallerCancelledInTheMomentOfTheResult_CancelIsNotLost(int passes) => Virtual.Run(async () =>
    {
        var race = CreateTask(Race(Runner("a", 1), Runner("b", 2)));
        await Sleep(1);
        for (var i = 0; i < passes; i++)
            await Sleep(0);
        Assert.True(race.Cancel());
        await Outcome.Throws<CancelledException, string>(Await(race));
        Assert.Single(AllTasks());
    });

    [Fact]
    public void Race_CallerCancelled_FailureMeanwhileIsReported() => Virtual.Run(async surroundings =>
    {
        var race = CreateTask(Race(FailsWhenCancelled(), Fails("before", 0.5)));
        await Sleep(1);
        race.Cancel();
        await Outcome.Throws<CancelledException, string>(Await(race));
        Assert.Equal("cleaning up failed", surroundings.TakeReport().Exception?.Message);
    });

    [Fact]
    public void Race_UnderATimeout_TimesOutWhenAllHaveEnded() => Virtual.Run(async () =>
    {
        await Outcome.Throws<TimeoutException, string>(WaitFor(Race(Runner("a", 10, cleanUp: 1), Runner("b", 10)), 2));
        Assert.Equal(3, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Race_InAScopeThatIsCancelled_EndsWhenAllHaveEnded() => Virtual.Run(async () =>
    {
        var scope = await MoveOnAfter(2, async _ => { await Race(Runner("a", 10, cleanUp: 4), Stubborn(), Runner("b", 10)); });
        Assert.True(scope.CancelledCaught);
        Assert.Equal(["a cancelled", "b cancelled"], _log);
        Assert.Equal(5, GetRunningLoop().Time);

        // In a shield of its own; the other's cleaning up is cancelled too, for the scope is.
        static async Coroutine<string> Stubborn()
        {
            try
            {
                await Sleep(10);
            }
            catch (CancelledException)
            {
                await CancelScope.Run(async _ => await Sleep(3), shield: true);
            }

            return "stubborn";
        }
    });

    [Fact]
    public void Race_ScopeCancelledWhileLosersCleanUp_CancelGoesOnAfterThem() => Virtual.Run(async () =>
    {
        var won = false;
        var scope = await MoveOnAfter(2, async _ =>
        {
            await Race(Shielded(), Runner("quick", 1));
            won = true;
        });
        Assert.True(scope.CancelledCaught);
        Assert.False(won);
        Assert.Equal(4, GetRunningLoop().Time);

        static async Coroutine<string> Shielded()
        {
            await CancelScope.Run(
                async _ =>
                {
                    try
                    {
                        await Sleep(10);
                    }
                    catch (CancelledException)
                    {
                        await Sleep(3);
                    }
                },
                shield: true);
            return "shielded";
        }
    });

    [Fact]
    public void Race_OfNothing_IsRefusedAtTheCall() => Virtual.Run(async () =>
    {
        Assert.Throws<ArgumentException>(() => { _ = Race<int>(); });
        Assert.Throws<ArgumentException>(() => { _ = Race(Array.Empty<Coroutine>()); });
        Assert.Throws<ArgumentNullException>(() => { _ = Race((IEnumerable<Coroutine<int>>)null!); });
        await Sleep(0);
    });

    [Fact]
    public void Race_OfTheSameCoroutineTwice_IsRefused_AndEndsWhatItHadStarted() => Virtual.Run(async () =>
    {
        var coroutine = Runner("a", 10);
        await Outcome.Throws<InvalidOperationException, string>(Race(coroutine, coroutine));
        Assert.Single(AllTasks());
    });

    [Fact]
    public void Race_WithEagerTasks_GivesTheFirstResult() => Virtual.Run(async () =>
    {
        GetRunningLoop().TaskFactory = TaskFactories.Eager;
        Assert.Equal("at once", await Race(Runner("a", 1), AtOnce()));
        Assert.Equal(0, GetRunningLoop().Time);

        static async Coroutine<string> AtOnce() => await Task.FromResult("at once");
    });

    private static async Coroutine<T> Await<T>(Future<T> future) => await future;

    private static async Coroutine<string> Fails(string message, double after)
    {
        await Sleep(after);
        throw new InvalidDataException(message);
    }

    private static async Coroutine<string> FailsWhenCancelled()
    {
        try
        {
            await Sleep(10);
            return "";
        }
        catch (CancelledException)
        {
            throw new InvalidDataException("cleaning up failed");
        }
    }

    private async Coroutine<string> Runner(string name, double seconds, double cleanUp = 0)
    {
        try
        {
            await Sleep(seconds);
            return name;
        }
        catch (CancelledException)
        {
            _log.Add(name + " cancelled");
            if (cleanUp > 0)
            {
                await Sleep(cleanUp);
                _log.Add(name + " cleaned up");
            }

            throw;
        }
    }
}
