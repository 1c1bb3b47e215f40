namespace Tulip.Structure.Tests.Groups;

/// <summary>Cancelling the task that a group runs in, and the count of requests afterwards.</summary>
public sealed class GroupCancelTests
{
    [Fact]
    public void Group_ParentCancelledInTheBody_CancelsChildrenAndThrowsCancelled() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? child = null;
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            child = group.CreateTask(Sleep(10));
            await Sleep(10);
        }));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.True(child!.Cancelled);
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void Group_ParentCancelledWhileItWaits_CancelsChildren() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? child = null;
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            child = group.CreateTask(Sleep(10));
            await Sleep(0);
        }));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.True(child!.Cancelled);
    });

    [Fact]
    public void Group_CancelFromOutsideAndAFailure_ThrowsTheFailureAndTheNextAwaitTheCancel() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Body());
        await Sleep(1);
        task.Cancel();
        Assert.Equal("cancelled at the next await, 1", await task);

        static async Coroutine<string> Body()
        {
            await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
            {
                group.CreateTask(FailWhenCancelled());
                await Sleep(10);
            }));
            var cancelling = CurrentTask()!.Cancelling;
            await Expect.Cancelled(() => Sleep(10));
            return $"cancelled at the next await, {cancelling}";
        }
    });

    [Fact]
    public void NestedGroups_BothInterrupted_KeepTheCancelAndTheFailure() => LoopTest.Run(async () =>
    {
        var task = CreateTask(TaskGroup.Run(async _ =>
        {
            await TaskGroup.Run(async inner =>
            {
                inner.CreateTask(FailWhenCancelled());
                await Sleep(10);
            });
        }));
        await Sleep(1);
        task.Cancel();
        var thrown = await Expect.Throws<AggregateException>(async () => await task);
        var inside = Assert.IsType<AggregateException>(Assert.Single(thrown.InnerExceptions));
        Assert.IsType<FormatException>(Assert.Single(inside.InnerExceptions));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Group_BodyFailsAndACancelComesWhileItWaits_ThrowsTheFailureAndTheNextAwaitTheCancel(bool endsEarly) => LoopTest.Run(async () =>
    {
        var task = CreateTask(Body(endsEarly));
        await Sleep(1);
        task.Cancel();
        await task;

        static async Coroutine Body(bool endsEarly)
        {
            var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
            {
                group.CreateTask(CleanUpFor(5));
                await Sleep(0);
                if (endsEarly)
                    group.Cancel();
                throw new FormatException();
            }));
            Assert.IsType<FormatException>(Assert.Single(thrown.InnerExceptions));
            await Expect.Cancelled(() => Sleep(10));
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Group_BodySwallowsOrReplacesTheGroupsCancel_CountIsBalanced(bool replaces) => LoopTest.Run(async () =>
    {
        await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(FailAt(1));
            try
            {
                await Sleep(10);
            }
            catch (CancelledException) when (!replaces)
            {
            }
            catch (CancelledException)
            {
                throw new InvalidCastException();
            }
        }));
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void Group_FailureAfterAnOldSwallowedCancel_LeavesTheCountAndAsksAgain() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Body());
        await Sleep(1);
        task.Cancel();
        Assert.Equal(1, await task);

        static async Coroutine<int> Body()
        {
            await Expect.Cancelled(() => Sleep(10));
            await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
            {
                group.CreateTask(FailAt(1));
                await Sleep(10);
            }));

            // asyncio's rule: as long as a request has not been taken back, a group that fails asks again.
            await Expect.Cancelled(() => Sleep(1));
            return CurrentTask()!.Cancelling;
        }
    });

    [Fact]
    public void CreateTask_AfterAFailure_IsRefused() => LoopTest.Run(async () =>
    {
        await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(FailAt(1));
            try
            {
                await Sleep(10);
            }
            finally
            {
                Assert.Throws<InvalidOperationException>(() => { group.CreateTask(Sleep(1)); });
            }
        }));
    });

    [Fact]
    public void CreateTask_AfterTheEnd_IsRefused() => LoopTest.Run(async () =>
    {
        TaskGroup? leaked = null;
        await TaskGroup.Run(async group =>
        {
            leaked = group;
            await Sleep(0);
        });
        Assert.Throws<InvalidOperationException>(() => { leaked!.CreateTask(Sleep(1)); });
    });

    [Fact]
    public void CreateTask_ByAChildWhileTheGroupWaits_IsWaitedFor() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? grandchild = null;
        await TaskGroup.Run(async group =>
        {
            group.CreateTask(Child(group));
            await Sleep(0);
        });
        Assert.True(grandchild!.Done);
        Assert.Equal(6, GetRunningLoop().Time);

        async Coroutine Child(TaskGroup group)
        {
            await Sleep(1);
            grandchild = group.CreateTask(Sleep(5));
        }
    });

    [Fact]
    public void CreateTask_WithNameAndContext_PassesThemOn() => LoopTest.Run(async () =>
    {
        var variable = new ContextVar<int>("v", 0);
        var context = new Context();
        await TaskGroup.Run(async group =>
        {
            var child = group.CreateTask(SetTo(variable, 5), "child", context);
            Assert.Equal("child", child.Name);
            await Sleep(0);
        });
        Assert.Equal(5, context.Run(() => variable.Value));
        Assert.Equal(0, variable.Value);
    });

    private static async Coroutine SetTo(ContextVar<int> variable, int value)
    {
        await Sleep(0);
        variable.Value = value;
    }

    private static async Coroutine FailAt(double delay)
    {
        await Sleep(delay);
        throw new FormatException();
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

    private static async Coroutine FailWhenCancelled()
    {
        try
        {
            await Sleep(100);
        }
        catch (CancelledException)
        {
            throw new FormatException();
        }
    }
}
