namespace Tulip.Running.Tests.Groups;

/// <summary>A loop of a group that ends although nobody stopped the group.</summary>
public sealed class CrashTests
{
    [Fact]
    public void Crash_OfOneLoop_IsReportedAndTheOthersGoOn()
    {
        using var test = new TestGroup();
        var group = test.Group;
        var waiting = group[0].Submit(async () => await new Future<Unit>());
        var elsewhere = group[1].Submit(() => Sleep(0, 8));
        group[0].Loop.CallSoonThreadsafe(group[0].Loop.Stop);

        var failure = Assert.Throws<LoopCrashedException>(waiting.WaitGuarded);
        Assert.StartsWith("The loop 0 of crew has crashed: Event loop stopped", failure.Message);
        Assert.NotNull(failure.InnerException);
        var report = test.Take();
        Assert.Equal("The loop 0 of crew has crashed; the other loops go on. Unfinished here: 1 jobs and connections", report.Message);
        Assert.Same(group[0].Failure, report.Exception);
        group[0].Ended.WaitGuarded();
        Assert.False(group[0].IsAlive);
        Assert.True(group[0].Loop.IsClosed);

        Assert.Equal(8, elsewhere.WaitGuarded());
        for (var i = 0; i < 4; i++)
            Assert.Same(group[1].Loop, group.Submit(static async () => GetRunningLoop()).WaitGuarded());
        Assert.Throws<LoopCrashedException>(() => { group[0].Submit(static () => Sleep(0)); });
    }

    [Fact]
    public void Crash_TheTasksOfTheLoop_StillCleanUp()
    {
        using var test = new TestGroup(1);
        var cleaned = false;
        test.Group.Submit(async () =>
        {
            StartSoon(Work());
            await Sleep(0);
            GetRunningLoop().Stop();
        });
        test.Take();
        test.Group[0].Ended.WaitGuarded();
        Assert.True(cleaned);

        async Coroutine Work()
        {
            try
            {
                await new Future<Unit>();
            }
            finally
            {
                await Sleep(0);
                cleaned = true;
            }
        }
    }

    [Fact]
    public void Crash_OfAnEngine_FailsTheJobsThatItHad()
    {
        var engine = new BreakableEngine();
        using var test = new TestGroup(1, () => new EventLoop(engine: engine));
        var waiting = test.Group.Submit(async () => await new Future<Unit>());
        var inAPass = test.Group.Submit(async () =>
        {
            await Sleep(0);
            engine.IsBroken = true;
        });
        Assert.Equal("broken", Assert.Throws<LoopCrashedException>(waiting.WaitGuarded).InnerException!.Message);
        inAPass.WaitGuarded();
        test.Group[0].Ended.WaitGuarded();

        Assert.Contains("The loop 0 of crew has crashed", test.Take().Message);

        // Whether its end meets the broken engine once more depends on what there is to wait for.
        test.TakeAll();
    }

    [Fact]
    public void Crash_OfAllLoops_LeavesNobodyToSubmitTo()
    {
        using var test = new TestGroup();
        var group = test.Group;
        foreach (var member in group.Members)
        {
            member.Loop.CallSoonThreadsafe(member.Loop.Stop);
            test.Take();
            member.Ended.WaitGuarded();
        }

        var exception = Assert.Throws<LoopCrashedException>(() => { group.Submit(static () => Sleep(0)); });
        Assert.StartsWith("All loops of crew have crashed", exception.Message);
        Assert.ThrowsAsync<InvalidOperationException>(
            () => group.StartServer(static async (_, _) => await Sleep(0), "127.0.0.1", 0)).WaitGuarded();
    }

    [Fact]
    public void Interrupt_InACallback_EndsItsLoopOnly()
    {
        using var test = new TestGroup();
        test.Group[1].Loop.CallSoonThreadsafe(static () => throw new KeyboardInterruptException());
        Assert.IsType<KeyboardInterruptException>(test.Take().Exception);
        test.Group[1].Ended.WaitGuarded();
        Assert.True(test.Group[0].IsAlive);
    }
}
