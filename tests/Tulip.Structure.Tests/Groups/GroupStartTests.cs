namespace Tulip.Structure.Tests.Groups;

/// <summary><c>TaskGroup.Start</c>: a child that says when it is ready.</summary>
public sealed class GroupStartTests
{
    [Fact]
    public void Start_GivesTheValueAndTheChildGoesOn() => LoopTest.Run(async () =>
    {
        var ended = false;
        await TaskGroup.Run(async group =>
        {
            Assert.Equal(42, await group.Start<int>(async signal =>
            {
                await Sleep(1);
                signal.Started(42);
                await Sleep(4);
                ended = true;
            }));
            Assert.Equal(1, GetRunningLoop().Time);
        });
        Assert.True(ended);
        Assert.Equal(5, GetRunningLoop().Time);
    });

    [Fact]
    public void Start_ChildFailsBefore_ThrowsThereAndTheGroupGoesOn() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            await Expect.Throws<FormatException>(async () => await group.Start<int>(async _ =>
            {
                await Sleep(1);
                throw new FormatException();
            }));
            await group.CreateTask(Sleep(1));
        });
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void Start_ChildFailsAfterwards_FailsTheGroup() => LoopTest.Run(async () =>
    {
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            await group.Start<int>(async signal =>
            {
                signal.Started(1);
                await Sleep(1);
                throw new FormatException();
            });
            await Sleep(10);
        }));
        Assert.IsType<FormatException>(Assert.Single(thrown.InnerExceptions));
    });

    [Fact]
    public void Start_ChildEndsWithoutBeingReady_IsAnError() => LoopTest.Run(async () =>
        await TaskGroup.Run(async group => await Expect.Throws<InvalidOperationException>(async () => await group.Start<int>(_ => Sleep(1)))));

    [Fact]
    public void Start_ReadyTwice_IsAnErrorInTheChild() => LoopTest.Run(async () =>
    {
        var thrown = await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            await group.Start<int>(async signal =>
            {
                signal.Started(1);
                await Sleep(1);
                signal.Started(2);
            });
        }));
        Assert.IsType<InvalidOperationException>(Assert.Single(thrown.InnerExceptions));
    });

    [Fact]
    public void Start_CallerCancelled_CancelsTheChildAndAwaitsItsEnd() => LoopTest.Run(async () =>
    {
        var cleaned = false;
        var task = CreateTask(TaskGroup.Run(async group =>
        {
            await group.Start<int>(async signal =>
            {
                try
                {
                    await Sleep(100);
                    signal.Started(1);
                }
                finally
                {
                    await Sleep(3);
                    cleaned = true;
                }
            });
        }));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.True(cleaned);
        Assert.Equal(4, GetRunningLoop().Time);
    });

    [Fact]
    public void Start_InATimeout_LetsTheTimeoutStrike() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ => { await group.Start<int>(_ => Sleep(10)); }));
        });
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Start_InACancelledScope_CancelsTheChild() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            var scope = await MoveOnAfter(1, async _ => { await group.Start<int>(_ => Sleep(10)); });
            Assert.True(scope.CancelledCaught);
        });
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void Start_EagerChildReadyAtOnce_ReturnsAtOnce() => LoopTest.Run(async () =>
    {
        GetRunningLoop().TaskFactory = TaskFactories.Eager;
        await TaskGroup.Run(async group =>
        {
            var passes = GetRunningLoop().Passes;
            Assert.Equal(9, await group.Start<int>(async signal =>
            {
                signal.Started(9);
                await Sleep(1);
            }));
            Assert.Equal(passes, GetRunningLoop().Passes);
        });
    });

    [Fact]
    public void Start_InAFinishedGroup_IsRefused() => LoopTest.Run(async () =>
    {
        TaskGroup? leaked = null;
        await TaskGroup.Run(async group =>
        {
            leaked = group;
            await Sleep(0);
        });
        await Expect.Throws<InvalidOperationException>(async () => await leaked!.Start<int>(_ => Sleep(1)));
    });
}
