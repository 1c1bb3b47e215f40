namespace Tulip.Structure.Tests.Groups;

/// <summary><see cref="TaskGroup.Cancel"/>, and eager tasks in groups.</summary>
public sealed class GroupEarlyEndTests
{
    [Fact]
    public void Cancel_InTheBody_EndsTheGroupWithoutAnException() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? child = null;
        await TaskGroup.Run(async group =>
        {
            child = group.CreateTask(Sleep(10));
            await Sleep(1);
            group.Cancel();
            await Sleep(10);
            Assert.Fail("The body goes on.");
        });
        Assert.True(child!.Cancelled);
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void Cancel_AsTheBodysLastAct_LeavesNoCancelBehind() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            await Sleep(0);
            group.Cancel();
        });
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void Cancel_ThenTheBodyFails_ThenACancelFromOutside_KeepsTheFailure() => LoopTest.Run(async () =>
    {
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            _ = group.CreateTask(CleansUpSlowly());
            await Sleep(1);
            group.Cancel();
            try
            {
                await Sleep(10);
            }
            catch (CancelledException)
            {
                throw new FormatException("while unwinding");
            }
        }));
        await Sleep(2);
        task.Cancel();
        await Wait([task]);
        Assert.IsType<FormatException>(Assert.Single(Assert.IsType<AggregateException>(task.Exception()).InnerExceptions));

        static async Coroutine CleansUpSlowly()
        {
            try
            {
                await Sleep(100);
            }
            finally
            {
                await Sleep(5);
            }
        }
    });

    [Fact]
    public void Cancel_ByAChild_EndsTheGroup() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            group.CreateTask(CancelAfter(group, 2));
            group.CreateTask(Sleep(10));
            await Sleep(0);
        });
        Assert.Equal(2, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Cancel_ThenAChildFails_ThrowsTheFailure() => LoopTest.Run(async () =>
    {
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(FailWhenCancelled());
            await Sleep(1);
            group.Cancel();
            await Sleep(10);
        }));
        Assert.IsType<FormatException>(Assert.Single(thrown.InnerExceptions));
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Cancel_TwiceAndAfterTheEnd_DoesNothingMore() => LoopTest.Run(async () =>
    {
        TaskGroup? leaked = null;
        await TaskGroup.Run(async group =>
        {
            leaked = group;
            group.Cancel();
            group.Cancel();
            await Sleep(1);
        });
        leaked!.Cancel();
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void Cancel_AndACancelFromOutside_StaysACancel() => LoopTest.Run(async () =>
    {
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            GetRunningLoop().CallLater(1, group.Cancel);
            await Sleep(10);
        }));
        await Sleep(0);
        GetRunningLoop().CallLater(1, () => task.Cancel());
        await Expect.Cancelled(async () => await task);
        Assert.Equal(1, task.Cancelling);
    });

    [Fact]
    public void Cancel_WhileTheGroupWaits_ThenACancelFromOutside_StaysACancel() => LoopTest.Run(async () =>
    {
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            group.CreateTask(CleanUpFor(5));
            GetRunningLoop().CallLater(1, group.Cancel);
            await Sleep(0);
        }));
        await Sleep(2);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal(6, GetRunningLoop().Time);
    });

    [Fact]
    public void EagerChild_CancelsItsGroupBeforeItSuspends_DoesNotHang() => LoopTest.Run(async () =>
    {
        GetRunningLoop().TaskFactory = TaskFactories.Eager;
        await TaskGroup.Run(async group =>
        {
            group.CreateTask(CancelAtOnce(group));
            await Sleep(10);
        });
        Assert.Equal(0, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);

        static async Coroutine CancelAtOnce(TaskGroup group)
        {
            group.Cancel();
            await Sleep(10);
        }
    });

    [Fact]
    public void EagerChild_FailsAtOnce_CancelsTheGroup() => LoopTest.Run(async () =>
    {
        GetRunningLoop().TaskFactory = TaskFactories.Eager;
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(FailAtOnce());
            await Sleep(10);
        }));
        Assert.IsType<FormatException>(Assert.Single(thrown.InnerExceptions));
        Assert.Equal(0, GetRunningLoop().Time);

        static async Coroutine FailAtOnce()
        {
            await default(Coroutine);
            throw new FormatException();
        }
    });

    [Fact]
    public void EagerTask_RunsItsFirstStepInTheCreator_AndHasItsResultAtOnce() => LoopTest.Run(async () =>
    {
        var me = CurrentTask()!;
        IAsyncTask? inside = null;
        var task = CreateTask(Immediate(), eagerStart: true);
        Assert.True(task.Done);
        Assert.Equal(5, task.Result());
        Assert.Same(task, inside);
        Assert.Same(me, CurrentTask());
        Assert.Equal([me], AllTasks());
        await Sleep(0);

        async Coroutine<int> Immediate()
        {
            inside = CurrentTask();
            await default(Coroutine);
            return 5;
        }
    });

    [Fact]
    public void EagerTask_ThatSuspends_GoesOnLater() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        var task = CreateTask(Child(), eagerStart: true);
        log.Add("creator");
        await task;
        Assert.Equal(["begun", "creator", "done"], log);

        async Coroutine Child()
        {
            log.Add("begun");
            await Sleep(0);
            log.Add("done");
        }
    });

    [Fact]
    public void EagerTask_InACancelledCreator_HasACountOfItsOwn() => LoopTest.Run(async () =>
    {
        CurrentTask()!.Cancel();
        var task = CreateTask(Sleep(1, 3), eagerStart: true);
        Assert.Equal(0, task.Cancelling);
        await Expect.Cancelled(() => Sleep(0));
        CurrentTask()!.Uncancel();
        Assert.Equal(3, await task);
    });

    private static async Coroutine CancelAfter(TaskGroup group, double delay)
    {
        await Sleep(delay);
        group.Cancel();
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
}
