namespace Tulip.Structure.Tests.Groups;

/// <summary>What a task group ends with when its body or its tasks fail or are cancelled.</summary>
public sealed class GroupFailureTests
{
    [Fact]
    public void Group_AllSucceed_EndsWithTheLastAndGivesTheBodysResult() => LoopTest.Run(async () =>
    {
        AsyncTask<int>? a = null;
        var result = await TaskGroup.Run(async group =>
        {
            a = group.CreateTask(Sleep(3, 1));
            group.CreateTask(Sleep(2));
            await Sleep(1);
            return "body";
        });
        Assert.Equal("body", result);
        Assert.Equal(1, a!.Result());
        Assert.Equal(3, GetRunningLoop().Time);
    });

    [Fact]
    public void Group_ChildFails_CancelsSiblingsAndBody() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? sibling = null;
        var bodyCancelled = false;
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(FailAt(1));
            sibling = group.CreateTask(Sleep(10));
            try
            {
                await Sleep(10);
            }
            catch (CancelledException)
            {
                bodyCancelled = true;
                throw;
            }
        }));
        Assert.IsType<FormatException>(Assert.Single(thrown.InnerExceptions));
        Assert.True(sibling!.Cancelled);
        Assert.True(bodyCancelled);
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Group_BodyFails_CancelsChildrenAndThrowsTheGroup() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? child = null;
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            child = group.CreateTask(Sleep(10));
            await Sleep(1);
            throw new FormatException();
        }));
        Assert.IsType<FormatException>(Assert.Single(thrown.InnerExceptions));
        Assert.True(child!.Cancelled);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Group_SeveralFailures_AreThrownInTheOrderInWhichTheyCame() => LoopTest.Run(async () =>
    {
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(FailAt(2));
            group.CreateTask(FailInCleanUp(new InvalidCastException(), 1));
            group.CreateTask(FailInCleanUp(new NotSupportedException(), 3));
            await FailAt(1);
        }));

        // The one that had not failed yet was cancelled; the body's failure comes last, as in asyncio.
        Assert.Equal(
            [typeof(InvalidCastException), typeof(NotSupportedException), typeof(FormatException)],
            thrown.InnerExceptions.Select(e => e.GetType()));
    });

    [Fact]
    public void Group_ChildCancelledByItself_DoesNotCount() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            var child = group.CreateTask(Sleep(10));
            group.CreateTask(Sleep(2));
            await Sleep(1);
            child.Cancel();
        });
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void Group_ChildEndsWithASubclassOfCancelled_CountsAsCancelled() => LoopTest.Run(async () =>
        await TaskGroup.Run(async group =>
        {
            group.CreateTask(Fail(new SpecialCancelledException()));
            await Sleep(1);
        }));

    [Fact]
    public void Group_BodyEndsWithASubclassOfCancelled_ThrowsThatAndNoGroup() => LoopTest.Run(async () =>
        await Expect.Throws<SpecialCancelledException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(Sleep(10));
            await Fail(new SpecialCancelledException());
        })));

    [Fact]
    public void Group_CancelledAgainAndAgainWhileItWaits_WaitsForItsChildren() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? child = null;
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            child = group.CreateTask(CleanUpFor(10));
            await Sleep(100);
        }));
        for (var i = 1; i <= 5; i++)
        {
            await Sleep(1);
            task.Cancel();
        }

        await Expect.Cancelled(async () => await task);
        Assert.True(child!.Cancelled);
        Assert.Equal(11, GetRunningLoop().Time);
        Assert.Equal(1, child.Cancelling);
    });

    [Fact]
    public void Group_KeyboardInterruptInAChild_IsThrownBare()
    {
        using var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = (_, _) => { } };
        var task = loop.CreateTask(TaskGroup.Run(async group =>
        {
            group.CreateTask(Fail(new KeyboardInterruptException()));
            group.CreateTask(Fail(new FormatException()));
            await Sleep(10);
        }));
        Assert.Throws<KeyboardInterruptException>(() => loop.RunUntilComplete(task));
        Assert.Throws<KeyboardInterruptException>(() => loop.RunUntilComplete(task));
        Assert.IsType<KeyboardInterruptException>(task.Exception());
        Assert.Empty(AllTasks(loop));
    }

    [Fact]
    public void Group_KeyboardInterruptInTheBody_IsThrownBare()
    {
        using var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = (_, _) => { } };
        var task = loop.CreateTask(TaskGroup.Run(async group =>
        {
            group.CreateTask(Sleep(10));
            await Fail(new KeyboardInterruptException());
        }));
        Assert.Throws<KeyboardInterruptException>(() => loop.RunUntilComplete(task));
        Assert.Empty(AllTasks(loop));
    }

    private static async Coroutine FailAt(double delay)
    {
        await Sleep(delay);
        throw new FormatException();
    }

    private static async Coroutine FailInCleanUp(Exception exception, double delay)
    {
        try
        {
            await Sleep(100);
        }
        finally
        {
            await Sleep(delay);
            Expect.Raise(exception);
        }
    }

    private static async Coroutine CleanUpFor(double delay)
    {
        try
        {
            await Sleep(100);
        }
        finally
        {
            await Sleep(delay);
        }
    }

    private static async Coroutine Fail(Exception exception)
    {
        await Sleep(0);
        throw exception;
    }

    private sealed class SpecialCancelledException : CancelledException;
}
