namespace Tulip.Structure.Tests.Scopes;

/// <summary>Scopes inside scopes, and with a task's own cancel: each absorbs only its own.</summary>
public sealed class ScopeAndOthersTests
{
    [Fact]
    public void NativeCancel_InAScope_PassesIt() => LoopTest.Run(async () =>
    {
        CancelScope? inside = null;
        var task = CreateTask(CancelScope.Run(async scope =>
        {
            inside = scope;
            await Sleep(10);
        }));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.False(inside!.CancelledCaught);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NativeCancel_InTheMomentOfTheScopes_PassesIt(bool nativeFirst) => LoopTest.Run(async () =>
    {
        CancelScope? inside = null;
        var task = CreateTask(CancelScope.Run(async scope =>
        {
            inside = scope;
            await Sleep(10);
        }));
        await Sleep(1);
        if (nativeFirst)
            task.Cancel();
        inside!.Cancel();
        if (!nativeFirst)
            task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.False(inside.CancelledCaught);
        Assert.Equal(1, task.Cancelling);
    });

    [Fact]
    public void NativeCancel_BeforeTheScopeWasEntered_IsNotAbsorbedByIt() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Body());
        await Expect.Cancelled(async () => await task);

        static async Coroutine Body()
        {
            CurrentTask()!.Cancel();
            await CancelScope.Run(async scope =>
            {
                scope.Cancel();
                await Sleep(10);
            });
            Assert.Fail("The cancel was absorbed.");
        }
    });

    [Fact]
    public void NestedScopes_InnerCancelled_OnlyTheInnerEnds() => LoopTest.Run(async () =>
    {
        var outer = await CancelScope.Run(async _ =>
        {
            var inner = await MoveOnAfter(1, _ => Sleep(10));
            Assert.True(inner.CancelledCaught);
            await Sleep(1);
        });
        Assert.False(outer.CancelledCaught);
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void NestedScopes_BothCancelled_TheOuterAbsorbs() => LoopTest.Run(async () =>
    {
        CancelScope? inner = null;
        var outer = await CancelScope.Run(async outer =>
        {
            await CancelScope.Run(async scope =>
            {
                inner = scope;
                scope.Cancel();
                outer.Cancel();
                await Sleep(10);
            });
            Assert.Fail("The inner scope absorbed the outer's cancel.");
        });
        Assert.True(outer.CancelledCaught);
        Assert.False(inner!.CancelledCaught);
    });

    [Fact]
    public void ShieldedScope_CancelledItselfInACancelledOne_AbsorbsItsOwnAndTheOuterStrikesBehindIt() => LoopTest.Run(async () =>
    {
        var behind = false;
        CancelScope? inner = null;
        var outer = await CancelScope.Run(async outer =>
        {
            outer.Cancel();
            inner = await CancelScope.Run(
                async scope =>
                {
                    scope.Cancel();
                    await Sleep(10);
                },
                shield: true);
            behind = true;
            await Sleep(10);
            Assert.Fail("The outer cancel did not strike.");
        });
        Assert.True(behind);
        Assert.True(inner!.CancelledCaught);
        Assert.True(outer.CancelledCaught);
    });

    [Fact]
    public void Shield_TakenDown_LetsTheOuterCancelIn() => LoopTest.Run(async () =>
    {
        var outer = await CancelScope.Run(async outer =>
        {
            await CancelScope.Run(
                async inner =>
                {
                    GetRunningLoop().CallLater(1, outer.Cancel);
                    GetRunningLoop().CallLater(2, () => inner.Shield = false);
                    await Sleep(10);
                },
                shield: true);
            Assert.Fail("The outer cancel did not strike.");
        });
        Assert.True(outer.CancelledCaught);
        Assert.Equal(2, GetRunningLoop().Time);
    });

    [Fact]
    public void Shield_PutUp_KeepsTheOuterCancelOut() => LoopTest.Run(async () =>
    {
        var outer = await CancelScope.Run(async outer =>
        {
            await CancelScope.Run(async inner =>
            {
                outer.Cancel();
                await Expect.Cancelled(() => Sleep(10));
                inner.Shield = true;
                await Sleep(3);
                inner.Shield = false;
                await Expect.Cancelled(() => Sleep(10));
            });
            await Sleep(10);
        });
        Assert.True(outer.CancelledCaught);
        Assert.Equal(3, GetRunningLoop().Time);
    });

    [Fact]
    public void Shield_DoesNotKeepANativeCancelOut() => LoopTest.Run(async () =>
    {
        var task = CreateTask(CancelScope.Run(_ => Sleep(10), shield: true));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TimeoutInACancelledScope_AtTheSameTime_TheScopeAroundItAbsorbs(bool scopeFirst) => LoopTest.Run(async () =>
    {
        // As of two timeouts, the outer decides, in whatever order they strike.
        var loop = GetRunningLoop();
        var scope = await CancelScope.Run(async scope =>
        {
            if (scopeFirst)
                loop.CallLater(1, scope.Cancel);
            await WithTimeout(1, async _ =>
            {
                if (!scopeFirst)
                    loop.CallLater(1, scope.Cancel);
                await Sleep(10);
            });
        });
        Assert.True(scope.CancelledCaught);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        Assert.Equal(1, loop.Time);
        await Sleep(1);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ScopeInATimeout_AtTheSameTime_TheTimeoutThrows(bool scopeFirst) => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        CancelScope? inside = null;
        if (scopeFirst)
            loop.CallLater(1, () => inside!.Cancel());
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, async _ =>
        {
            await CancelScope.Run(async scope =>
            {
                inside = scope;
                if (!scopeFirst)
                    loop.CallLater(1, scope.Cancel);
                await Sleep(10);
            });
        }));
        Assert.False(inside!.CancelledCaught);
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void CancelledScope_BodyFails_ThrowsTheFailure() => LoopTest.Run(async () =>
    {
        CancelScope? inside = null;
        await Expect.Throws<FormatException>(async () => await CancelScope.Run(async scope =>
        {
            inside = scope;
            scope.Cancel();
            await Expect.Cancelled(() => Sleep(1));
            throw new FormatException();
        }));
        Assert.False(inside!.CancelledCaught);
    });
}
