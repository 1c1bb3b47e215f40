namespace Tulip.Tests;

public sealed class AsCompletedTests
{
    [Fact]
    public void Foreach_GivesTheResultsInTheOrderOfTheEnds() => LoopTest.Run(async () =>
    {
        var log = new List<(int, double)>();
        foreach (var next in AsCompleted([Sleep(3, 3), Sleep(1, 1), Sleep(2, 2)]))
            log.Add((await next, GetRunningLoop().Time));
        Assert.Equal([(1, 1.0), (2, 2.0), (3, 3.0)], log);
    });

    [Fact]
    public void AwaitForeach_GivesTheVeryTasksThatWentIn() => LoopTest.Run(async () =>
    {
        AsyncTask<int>[] tasks = [CreateTask(Sleep(3, 3)), CreateTask(Sleep(1, 1)), CreateTask(Sleep(2, 2))];
        var log = new List<AsyncTask<int>>();
        await foreach (var task in AsCompleted(tasks))
        {
            Assert.True(task.Done);
            log.Add(task);
        }

        Assert.Equal([tasks[1], tasks[2], tasks[0]], log);
    });

    [Fact]
    public void AwaitForeach_PlainFutures_Work() => LoopTest.Run(async () =>
    {
        Future<int> first = new(), second = new();
        GetRunningLoop().CallLater(2, () => first.SetResult(1));
        GetRunningLoop().CallLater(1, () => second.SetResult(2));
        var log = new List<int>();
        await foreach (var future in AsCompleted([first, second, first]))
            log.Add(await future);
        Assert.Equal([2, 1], log);
    });

    [Fact]
    public void AsCompleted_Coroutines_StartAtTheCall() => LoopTest.Run(async () =>
    {
        var sequence = AsCompleted([Sleep(1, 1), Sleep(2, 2)]);
        Assert.Equal(3, AllTasks().Count);
        await Sleep(5);
        Assert.Single(AllTasks());
        var log = new List<int>();
        foreach (var next in sequence)
            log.Add(await next);
        Assert.Equal([1, 2], log);
        Assert.Equal(5.0, GetRunningLoop().Time);
    });

    [Fact]
    public void AsCompleted_Nothing_IsOverAtOnce() => LoopTest.Run(async () =>
    {
        Assert.Empty(AsCompleted(Array.Empty<Coroutine<int>>()));
        await foreach (var _ in AsCompleted(Array.Empty<Future<int>>(), timeout: 10))
            Assert.Fail("There is nothing.");
    });

    [Fact]
    public void Failure_IsThrownInItsTurnAndTheRestStillComes() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Fail()
        {
            await Sleep(1);
            throw new FormatException();
        }

        var log = new List<string>();
        foreach (var next in AsCompleted([Sleep(2, 2), Fail()]))
        {
            try
            {
                log.Add($"{await next}");
            }
            catch (FormatException)
            {
                log.Add("failed");
            }
        }

        Assert.Equal(["failed", "2"], log);
    });

    [Fact]
    public void Timeout_EveryRemainingOneThrowsAndNothingIsCancelled() => LoopTest.Run(async () =>
    {
        AsyncTask<int>[] tasks = [CreateTask(Sleep(1, 1)), CreateTask(Sleep(10, 2)), CreateTask(Sleep(10, 3))];
        var log = new List<string>();
        foreach (var next in AsCompleted(tasks, timeout: 2))
        {
            try
            {
                log.Add($"{await next}");
            }
            catch (TimeoutException)
            {
                log.Add($"timeout at {GetRunningLoop().Time}");
            }
        }

        Assert.Equal(["1", "timeout at 2", "timeout at 2"], log);
        Assert.Equal([2, 3], (await Gather<int>(tasks[1], tasks[2])).AsEnumerable());
    });

    [Fact]
    public void Timeout_OfAwaitForeach_Throws() => LoopTest.Run(async () =>
    {
        AsyncTask<int>[] tasks = [CreateTask(Sleep(1, 1)), CreateTask(Sleep(10, 2))];
        var seen = 0;
        await Expect.Throws<TimeoutException>(async () =>
        {
            await foreach (var task in AsCompleted(tasks, timeout: 2))
                seen += await task;
        });
        Assert.Equal((1, 2.0), (seen, GetRunningLoop().Time));
        await tasks[1];
    });

    [Fact]
    public void Timeout_AllInTime_LeavesNoTimer() => LoopTest.Run(async () =>
    {
        await foreach (var task in AsCompleted([Sleep(1, 1)], timeout: 100))
            Assert.True(task.Done);
    });

    [Fact]
    public void Wrapper_NeverAwaited_LosesNoResult() => LoopTest.Run(async () =>
    {
        var results = AsCompleted([Sleep(1, "first"), Sleep(2, "second")]).ToArray();

        // Two coroutines: the results go to those that are awaited, not to places.
        Assert.Equal("first", await results[1]);
        await Sleep(5);
        Assert.Equal("second", await results[0]);
    });

    [Fact]
    public void Enumeration_LeftAndTakenUpAgain_GoesOn() => LoopTest.Run(async () =>
    {
        var sequence = AsCompleted([Sleep(1, 1), Sleep(2, 2), Sleep(3, 3)]);
        var log = new List<int>();
        await foreach (var task in sequence)
        {
            log.Add(await task);
            break;
        }

        foreach (var next in sequence)
            log.Add(await next);
        Assert.Equal([1, 2, 3], log);
    });

    [Fact]
    public void Cancel_TheConsumer_LeavesTheTasksAlone() => LoopTest.Run(async () =>
    {
        AsyncTask<int>[] tasks = [CreateTask(Sleep(5, 1)), CreateTask(Sleep(6, 2))];
        async Coroutine Consume()
        {
            await foreach (var _ in AsCompleted(tasks))
            {
            }
        }

        var consumer = CreateTask(Consume());
        await Sleep(1);
        consumer.Cancel();
        await Expect.Cancelled(async () => await consumer);
        Assert.Equal([1, 2], (await Gather<int>(tasks)).AsEnumerable());
    });
}
