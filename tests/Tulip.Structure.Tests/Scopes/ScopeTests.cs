namespace Tulip.Structure.Tests.Scopes;

/// <summary>One cancel scope: when it strikes, how often, and what it absorbs.</summary>
public sealed class ScopeTests
{
    [Fact]
    public void MoveOnAfter_BodyTooSlow_GoesOnAtTheDeadline() => LoopTest.Run(async () =>
    {
        var scope = await MoveOnAfter(2, _ => Sleep(10));
        Assert.True(scope is { CancelledCaught: true, CancelCalled: true, DeadlineCame: true });
        Assert.Equal(2, GetRunningLoop().Time);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void MoveOnAfter_BodyInTime_LeavesNoTimer() => LoopTest.Run(async () =>
    {
        var scope = await MoveOnAfter(2, _ => Sleep(1));
        Assert.False(scope.CancelledCaught || scope.CancelCalled);
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void FailAfter_BodyTooSlow_Throws_AndInTime_GivesTheResult() => LoopTest.Run(async () =>
    {
        await Expect.Throws<TimeoutException>(() => FailAfter(1, _ => Sleep(10)));
        Assert.Equal(4, await FailAfter(2, _ => Sleep(1, 4)));
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void FailAfter_CancelledByHand_IsNoTimeout() => LoopTest.Run(async () =>
    {
        var result = await FailAfter(5, async scope =>
        {
            scope.Cancel();
            return await Sleep(1, 4);
        });
        Assert.Equal(0, result);
        Assert.Equal(0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_BeforeTheFirstAwait_StrikesThere() => LoopTest.Run(async () =>
    {
        var reached = false;
        var scope = await CancelScope.Run(async scope =>
        {
            scope.Cancel();
            Assert.True(scope.InEffect);
            reached = true;
            await Sleep(10);
            Assert.Fail("The body goes on.");
        });
        Assert.True(reached && scope.CancelledCaught);
        Assert.Equal(0, GetRunningLoop().Time);
    });

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    public void MoveOnAfter_ZeroOrPast_RunsUntilTheFirstSuspension(double delay) => LoopTest.Run(async () =>
    {
        var reached = false;
        var scope = await MoveOnAfter(delay, async _ =>
        {
            reached = true;
            await Sleep(10);
        });
        Assert.True(reached && scope.CancelledCaught);
        Assert.False((await MoveOnAfter(delay, async _ => await default(Coroutine))).CancelledCaught);
        await Sleep(1);
    });

    [Fact]
    public void CancelledScope_EveryAwaitThrows_UntilItIsLeft() => LoopTest.Run(async () =>
    {
        var strikes = 0;
        var scope = await MoveOnAfter(1, async _ =>
        {
            for (var i = 0; i < 5; i++)
            {
                try
                {
                    await Sleep(10);
                }
                catch (CancelledException)
                {
                    strikes++;
                }
            }
        });
        Assert.Equal(5, strikes);
        Assert.False(scope.CancelledCaught);
        Assert.Equal(1, GetRunningLoop().Time);
        await Sleep(1);
    });

    [Fact]
    public void CancelledScope_BareYieldAndFutureThrowToo() => LoopTest.Run(async () =>
        await CancelScope.Run(async scope =>
        {
            scope.Cancel();
            await Expect.Cancelled(() => Sleep(0));
            var future = GetRunningLoop().CreateFuture<int>();
            await Expect.Cancelled(async () => await future);
            Assert.True(future.Cancelled);
        }));

    [Fact]
    public void Cancel_WhileAResultIsOnItsWay_DeliversTheResultFirst() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var got = 0;
        var scope = await CancelScope.Run(async scope =>
        {
            var future = loop.CreateFuture<int>();
            loop.CallLater(1, () =>
            {
                future.SetResult(5);
                scope.Cancel();
            });
            got = await future;
            await Sleep(10);
        });
        Assert.Equal(5, got);
        Assert.True(scope.CancelledCaught);
        Assert.Equal(1, loop.Time);
    });

    [Fact]
    public void CleanUp_InACancelledScope_NeedsAShield() => LoopTest.Run(async () =>
    {
        var unshielded = false;
        var scope = await MoveOnAfter(1, async _ =>
        {
            try
            {
                await Sleep(10);
            }
            finally
            {
                await CancelScope.Run(_ => Sleep(3), shield: true);
                await Sleep(5);
                unshielded = true;
            }
        });
        Assert.False(unshielded);
        Assert.True(scope.CancelledCaught);
        Assert.Equal(4, GetRunningLoop().Time);
    });

    [Fact]
    public void Deadline_Moved_Counts() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var later = await MoveOnAfter(1, async scope =>
        {
            Assert.Equal(1, scope.Deadline);
            scope.Deadline = 5;
            await Sleep(10);
        });
        Assert.True(later.CancelledCaught);
        Assert.Equal(5, loop.Time);

        var never = await MoveOnAfter(1, async scope =>
        {
            scope.Deadline = null;
            await Sleep(10);
        });
        Assert.False(never.CancelCalled);
        Assert.Equal(15, loop.Time);

        var past = await CancelScope.Run(async scope =>
        {
            scope.Deadline = 3;
            Assert.True(scope.CancelCalled);
            await Sleep(10);
        });
        Assert.True(past.CancelledCaught);
        Assert.Equal(15, loop.Time);
        Assert.Throws<InvalidOperationException>(() => past.Deadline = 100);
    });

    [Fact]
    public void Deadline_MovedAfterItCame_ChangesNothing() => LoopTest.Run(async () =>
    {
        var scope = await MoveOnAfter(1, async scope =>
        {
            await Expect.Cancelled(() => Sleep(10));
            scope.Deadline = 100;
            await Sleep(10);
        });
        Assert.True(scope.CancelledCaught);
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void Scope_CancelledFromOutsideTheTask_StrikesInside() => LoopTest.Run(async () =>
    {
        CancelScope? inside = null;
        var task = CreateTask(CancelScope.Run(async scope =>
        {
            inside = scope;
            await Sleep(10);
        }));
        await Sleep(1);
        inside!.Cancel();
        inside.Cancel();
        Assert.True((await task).CancelledCaught);
        inside.Cancel();
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void Scope_OutsideATask_IsRefused()
    {
        using var loop = new EventLoop(new VirtualClock());
        var thrown = 0;
        loop.CallSoon(() =>
        {
            var steps = MoveOnAfter(1, _ => Sleep(1));
            thrown++;
            loop.CreateTask(steps);
        });
        loop.CallLater(5, loop.Stop);
        loop.RunForever();
        Assert.Equal(1, thrown);
    }
}
