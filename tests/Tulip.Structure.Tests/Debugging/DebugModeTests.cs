using System.Runtime.CompilerServices;

namespace Tulip.Structure.Tests.Debugging;

/// <summary>What debug mode reports, and what is refused always.</summary>
public sealed class DebugModeTests
{
    [Fact]
    public void SlowCallback_IsReportedWithItsName()
    {
        var report = Assert.Single(RunSlow(0, loop => loop.CallSoon(static () => { })), r => r.Message.StartsWith("Executing DebugModeTests", StringComparison.Ordinal)
            || r.Message.StartsWith("Executing <>c", StringComparison.Ordinal));
        Assert.Matches(@"^Executing .*SlowCallback_IsReportedWithItsName.* took \d+\.\d{3} seconds$", report.Message);
    }

    [Fact]
    public void SlowStep_IsReportedWithTheTaskAndItsPlace()
    {
        var reports = RunSlow(0, loop => loop.CreateTask(Step(), name: "slow one"));
        Assert.Contains(reports, r => r.Message.Contains("name='slow one'", StringComparison.Ordinal)
            && r.Message.Contains("Step() running at DebugModeTests.cs:", StringComparison.Ordinal));

        static async Coroutine Step()
        {
            await Sleep(0);
            await Sleep(1);
        }
    }

    [Fact]
    public void QuickCallbacks_AreNotReported() => Assert.Empty(RunSlow(1_000, loop => loop.CallSoon(static () => { })));

    [Fact]
    public void SlowCallback_InVirtualTime_TakesNone()
        => Assert.Empty(RunSlow(1e-9, loop => loop.CallSoon(static () => Thread.SpinWait(1_000))));

    [Fact]
    public void SlowCallback_OnTheMachinesClock_IsReported()
        => Assert.Contains(RunSlow(1e-9, loop => loop.CallSoon(static () => Thread.SpinWait(1_000)), MonotonicClock.Instance), r => r.Message.StartsWith("Executing ", StringComparison.Ordinal));

    [Fact]
    public void WithoutDebugMode_NothingIsTimed()
    {
        var reports = new List<LoopErrorContext>();
        using var loop = new EventLoop(new VirtualClock()) { SlowCallbackDuration = 0, ExceptionHandler = (_, report) => reports.Add(report) };
        loop.Debug = false;
        loop.RunUntilComplete(Sleep(1));
        Assert.Empty(reports);
    }

    [Fact]
    public void CoroutineNeverAwaited_IsReportedWithThePlaceOfItsCall()
    {
        var message = ReportOfForgotten(ForgetOne);
        Assert.Contains("Coroutine 'Forgotten' was never awaited. It was called", message, StringComparison.Ordinal);
        Assert.Matches($@"{nameof(CallAndForget)} in DebugModeTests\.cs:\d+", message);

        static async Coroutine ForgetOne()
        {
            CallAndForget();
            await Awaited();
        }
    }

    [Fact]
    public void CoroutineNeverAwaited_OfAMethodCalledOften_IsReportedWithAPlaceOfItsCalls()
    {
        var message = ReportOfForgotten(ForgetOneOfMany);
        Assert.Contains("Coroutine 'CalledOften' was never awaited. It was called", message, StringComparison.Ordinal);
        Assert.Matches($@"{nameof(ForgetOneOfMany)}.*MoveNext in DebugModeTests\.cs:\d+", message);

        static async Coroutine ForgetOneOfMany()
        {
            for (var i = 0; i < 10_000; i++)
                await CalledOften();
            _ = CalledOften();
        }
    }

    [Fact]
    public void WrongThread_IsRefusedAlways()
    {
        using var loop = new LoopThread();
        EventLoop running = loop.Loop;
        Assert.False(running.Debug);
        Assert.Throws<InvalidOperationException>(() => { running.CallSoon(static () => { }); });
        Assert.Throws<InvalidOperationException>(() => { running.CallLater(1, static () => { }); });
        Assert.Throws<InvalidOperationException>(() => { running.CreateTask(Awaited()); });
        Assert.Throws<InvalidOperationException>(running.Stop);
    }

    [Fact]
    public void Runner_WithDebug_SetsTheLoopsMode()
    {
        using var on = new Runner(static () => new EventLoop(new VirtualClock()), debug: true);
        using var off = new Runner(static () => new EventLoop(new VirtualClock()), debug: false);
        Assert.True(on.GetLoop().Debug);
        Assert.False(off.GetLoop().Debug);
    }

    [Fact]
    public void CodeInDebugMode_GivesTheSameResults() => LoopTest.Run(async () =>
    {
        GetRunningLoop().Debug = true;
        GetRunningLoop().SlowCallbackDuration = 1_000;
        Assert.Equal((1, 2), await Gather(Sleep(2, 1), Sleep(1, 2)));
        await Expect.Throws<TimeoutException>(() => WithTimeout(1, _ => Sleep(10)));
        await Expect.Throws<FormatException>(static async () =>
        {
            await Sleep(0);
            throw new FormatException();
        });
    });

    private static string ReportOfForgotten(Func<Coroutine> body)
    {
        var reports = new List<LoopErrorContext>();
        using var loop = new EventLoop(new VirtualClock())
        {
            Debug = true,
            SlowCallbackDuration = 1_000,
            ExceptionHandler = (_, report) =>
            {
                lock (reports)
                    reports.Add(report);
            },
        };
        loop.RunUntilComplete(body());

        // Collected while the loop does not run: the handler is told by the finalizer.
        for (var i = 0; i < 20 && Count() == 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Assert.Single(reports).Message;

        int Count()
        {
            lock (reports)
                return reports.Count;
        }
    }

    private static List<LoopErrorContext> RunSlow(double slow, Action<EventLoop> start, LoopClock? clock = null)
    {
        var reports = new List<LoopErrorContext>();
        using var loop = new EventLoop(clock ?? new VirtualClock())
        {
            Debug = true,
            SlowCallbackDuration = slow,
            ExceptionHandler = (_, report) => reports.Add(report),
        };
        start(loop);
        loop.RunUntilComplete(Sleep(clock is null ? 5 : 0));
        return reports;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CallAndForget() => _ = Forgotten();

    private static async Coroutine Forgotten() => await Sleep(1);

    private static async Coroutine CalledOften()
    {
    }

    private static async Coroutine Awaited() => await Sleep(0);
}
