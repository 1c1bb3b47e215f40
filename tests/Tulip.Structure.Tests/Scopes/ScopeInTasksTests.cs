namespace Tulip.Structure.Tests.Scopes;

/// <summary>Scopes over several tasks, over waits for .NET tasks, and over waits that must not be torn apart.</summary>
public sealed class ScopeInTasksTests
{
    [Fact]
    public void Scope_AroundAGroup_CancelsItsTasksAgainAndAgain() => LoopTest.Run(async () =>
    {
        var strikes = 0;
        var scope = await MoveOnAfter(1, async _ =>
        {
            await TaskGroup.Run(async group =>
            {
                group.CreateTask(SwallowThrice());
                await Sleep(10);
            });
        });
        Assert.Equal(3, strikes);
        Assert.True(scope.CancelledCaught);
        Assert.Equal(1, GetRunningLoop().Time);

        async Coroutine SwallowThrice()
        {
            for (var i = 0; i < 3; i++)
            {
                await Expect.Cancelled(() => Sleep(10));
                strikes++;
            }
        }
    });

    [Fact]
    public void Scope_OfAChildTask_CancelsThatTaskOnly() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            var child = group.CreateTask(MoveOnAfter(1, _ => Sleep(10)));
            Assert.True((await child).CancelledCaught);
            await Sleep(1);
        });
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void Scope_InsideAGroup_DoesNotHoldForTheGroupsTasks() => LoopTest.Run(async () =>
    {
        await TaskGroup.Run(async group =>
        {
            var scope = await CancelScope.Run(async scope =>
            {
                group.CreateTask(Sleep(5));
                scope.Cancel();
                await Sleep(10);
            });
            Assert.True(scope.CancelledCaught);
        });
        Assert.Equal(5, GetRunningLoop().Time);
    });

    [Fact]
    public void Scope_AroundATaskOutsideGroups_DoesNotHoldForIt() => LoopTest.Run(async () =>
    {
        AsyncTask<Unit>? task = null;
        await CancelScope.Run(async scope =>
        {
            task = CreateTask(Sleep(5));
            scope.Cancel();
            await Sleep(10);
        });
        await task!;
        Assert.Equal(5, GetRunningLoop().Time);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TimeoutInAChild_AndTheScopeAroundTheGroup_AtTheSameTime_TheScopeDecides(bool scopeFirst) => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var scope = await CancelScope.Run(async scope =>
        {
            if (scopeFirst)
                loop.CallAt(1, scope.Cancel);
            await TaskGroup.Run(async group =>
            {
                group.CreateTask(WithTimeoutAt(1, _ => Sleep(10)));
                await Sleep(0);
                if (!scopeFirst)
                    loop.CallAt(1, scope.Cancel);
            });
        });
        Assert.True(scope.CancelledCaught);
        Assert.Equal(1, loop.Time);
    });

    [Fact]
    public void EagerChild_WithAScopeOfItsOwn_StaysInBoth() => LoopTest.Run(async () =>
    {
        GetRunningLoop().TaskFactory = TaskFactories.Eager;
        var strikes = 0;
        CancelScope? own = null;
        var scope = await MoveOnAfter(2, async _ =>
        {
            await TaskGroup.Run(async group =>
            {
                group.CreateTask(Child());
                await Sleep(10);
            });
        });
        Assert.True(own!.CancelledCaught);
        Assert.Equal(2, strikes);
        Assert.True(scope.CancelledCaught);
        Assert.Equal(2, GetRunningLoop().Time);

        async Coroutine Child()
        {
            own = await MoveOnAfter(1, async _ =>
            {
                await Expect.Cancelled(() => Sleep(10));
                strikes++;
                await Sleep(10);
            });
            try
            {
                await Sleep(10);
            }
            finally
            {
                strikes++;
            }
        }
    });

    [Fact]
    public void EagerChild_BegunInACancelledScopeBehindAShield_IsCancelled() => LoopTest.Run(async () =>
    {
        GetRunningLoop().TaskFactory = TaskFactories.Eager;
        await CancelScope.Run(async scope =>
        {
            await TaskGroup.Run(async group =>
            {
                scope.Cancel();
                await CancelScope.Run(
                    async _ =>
                    {
                        var child = group.CreateTask(Sleep(10));
                        await Sleep(1);
                        Assert.True(child.Cancelled);
                    },
                    shield: true);
            });
        });
        Assert.Equal(1, GetRunningLoop().Time);
    });

    [Fact]
    public void CancelToken_OfAnAwaitInACancelledScope_IsCancelledEachTime() => LoopTest.Run(async () =>
    {
        var answers = 0;
        var scope = await MoveOnAfter(1, async _ =>
        {
            for (var i = 0; i < 2; i++)
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, CancelToken);
                }
                catch (OperationCanceledException)
                {
                    answers++;
                }
            }

            await Task.Delay(Timeout.Infinite, CancelToken);
        });
        Assert.Equal(2, answers);
        Assert.True(scope.CancelledCaught);
        Assert.Equal(1, GetRunningLoop().Time);
        Assert.False(CancelToken.IsCancellationRequested);
        await Sleep(1);
    });

    [Fact]
    public void ForeignAwait_ThatIgnoresTheCancel_BringsItsResult_AndTheNextAwaitThrows() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var source = new TaskCompletionSource<int>();
        var got = 0;
        var scope = await MoveOnAfter(1, async _ =>
        {
            loop.CallLater(3, () => source.SetResult(8));
            got = await source.Task;
            await Sleep(10);
        });
        Assert.Equal(8, got);
        Assert.True(scope.CancelledCaught);
        Assert.Equal(3, loop.Time);
    });

    [Fact]
    public void ConditionWait_InACancelledScope_TakesTheLockAgainWithoutSpinning() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var condition = new AsyncCondition();
        var heldAgain = false;
        long passes = 0;
        var waiting = CreateTask(MoveOnAfter(1, async _ =>
        {
            using (await condition.Acquire())
            {
                try
                {
                    await condition.Wait();
                }
                finally
                {
                    heldAgain = condition.Locked;
                    passes = loop.Passes - passes;
                }
            }
        }));
        await Sleep(0);
        using (await condition.Acquire())
        {
            // The deadline comes while the lock is held here: the waiting task cannot have it back before 50 seconds.
            await Sleep(0.5);
            passes = loop.Passes;
            await Sleep(49.5);
        }

        Assert.True((await waiting).CancelledCaught);
        Assert.True(heldAgain);
        Assert.InRange(passes, 1, 15);
        Assert.False(condition.Locked);
        Assert.Equal(50, loop.Time);
    });

    [Fact]
    public void GroupExit_InACancelledScope_WaitsForCleanUpWithoutSpinning() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var scope = await MoveOnAfter(1, async _ =>
        {
            await TaskGroup.Run(async group =>
            {
                group.CreateTask(CleanUpShielded(50));
                await Sleep(10);
            });
        });
        Assert.True(scope.CancelledCaught);
        Assert.Equal(51, loop.Time);
        Assert.InRange(loop.Passes, 1, 30);

        static async Coroutine CleanUpShielded(double seconds)
        {
            try
            {
                await Sleep(100);
            }
            finally
            {
                await CancelScope.Run(_ => Sleep(seconds), shield: true);
            }
        }
    });
}
