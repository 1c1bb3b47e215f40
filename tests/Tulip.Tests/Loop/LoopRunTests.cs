namespace Tulip.Tests;

public sealed class LoopRunTests
{
    [Fact]
    public void RunUntilComplete_Coroutine_GivesItsResult()
    {
        using var loop = new EventLoop(new VirtualClock());
        Assert.Equal(7, loop.RunUntilComplete(Sleep(1, 7)));
        Assert.Equal(8, loop.RunUntilComplete(Sleep(1, 8)));
        Assert.False(loop.IsRunning);
    }

    [Fact]
    public void RunUntilComplete_FailingCoroutine_ThrowsItsExceptionWithTheOriginalTrace()
    {
        using var loop = new EventLoop(new VirtualClock());
        var exception = Assert.Throws<FormatException>(() => loop.RunUntilComplete(FailInTheMiddle()));
        Assert.Contains(nameof(FailInTheMiddle), exception.StackTrace, StringComparison.Ordinal);

        static async Coroutine FailInTheMiddle()
        {
            await Sleep(1);
            throw new FormatException();
        }
    }

    [Fact]
    public void RunUntilComplete_DoneFuture_ReturnsItsResultAtOnce()
    {
        using var loop = new EventLoop(new VirtualClock());
        var future = loop.CreateFuture<int>();
        future.SetResult(3);
        Assert.Equal(3, loop.RunUntilComplete(future));
        Assert.Equal(1, loop.Passes);
    }

    [Fact]
    public void RunUntilComplete_LoopIsStopped_ThrowsAndTheFutureCanBeRunAgain()
    {
        using var loop = new EventLoop(new VirtualClock());
        var task = loop.CreateTask(Sleep(2, "done"));
        loop.CallLater(1, loop.Stop);
        var exception = Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(task));
        Assert.Equal("Event loop stopped before Future completed.", exception.Message);
        Assert.Equal("done", loop.RunUntilComplete(task));
    }

    [Fact]
    public void RunUntilComplete_EndedByAnError_TakesItsCallbackBack()
    {
        // Left behind, the callback of the first run would stop the second one early.
        using var loop = new EventLoop(new VirtualClock());
        var first = loop.CreateFuture<int>();
        loop.CallSoon(static () => Expect.Raise(new KeyboardInterruptException()));
        Assert.Throws<KeyboardInterruptException>(() => loop.RunUntilComplete(first));
        loop.CallLater(1, () => first.SetResult(1));
        Assert.Equal(2, loop.RunUntilComplete(Sleep(5, 2)));
    }

    [Fact]
    public void RunUntilComplete_FutureOfAnotherLoop_IsRefused()
    {
        using var one = new EventLoop();
        using var two = new EventLoop();
        var future = one.CreateFuture<int>();
        Assert.Throws<ArgumentException>(() => two.RunUntilComplete(future));
    }

    [Fact]
    public void Run_InsideARunningLoop_IsRefusedAndTheLoopGoesOn() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        using var other = new EventLoop(new VirtualClock());
        var done = new Future<int>();
        done.SetResult(1);
        var doneElsewhere = other.CreateFuture<int>();
        doneElsewhere.SetResult(1);

        Assert.Throws<InvalidOperationException>(loop.RunForever);
        Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(done));
        Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(Sleep(1)));
        Assert.Throws<InvalidOperationException>(other.RunForever);
        Assert.Throws<InvalidOperationException>(() => other.RunUntilComplete(doneElsewhere));
        Assert.Throws<InvalidOperationException>(() => other.RunUntilComplete(Sleep(1)));
        Assert.Throws<InvalidOperationException>(() => Aio.Run(Sleep(1)));
        Assert.Throws<InvalidOperationException>(() => new Runner().Run(Sleep(1)));

        // Nothing of it is left to stop this loop.
        await LoopTest.Passes(3);
        Assert.Same(loop, GetRunningLoop());
    });

    [Fact]
    public void Run_RefusedBecauseAnotherLoopRuns_LeavesNothingBehind()
    {
        using var inner = new EventLoop(new VirtualClock());
        var done = inner.CreateFuture<int>();
        done.SetResult(1);
        LoopTest.Run(async () =>
        {
            Assert.Throws<InvalidOperationException>(() => inner.RunUntilComplete(done));
            await Sleep(0);
        });
        Assert.Equal(2, inner.RunUntilComplete(Sleep(1, 2)));
    }

    [Fact]
    public void Close_RunningLoop_IsRefused() => LoopTest.Run(async () =>
    {
        Assert.Throws<InvalidOperationException>(GetRunningLoop().Close);
        await Sleep(0);
    });

    [Fact]
    public void Close_Twice_IsHarmless()
    {
        var loop = new EventLoop();
        loop.Close();
        loop.Close();
        loop.Dispose();
        Assert.True(loop.IsClosed);
    }

    [Fact]
    public void ClosedLoop_AnyUse_Throws()
    {
        var loop = new EventLoop();
        var future = loop.CreateFuture<int>();
        loop.Close();
        Assert.Throws<InvalidOperationException>(() => { loop.CallSoon(static () => { }); });
        Assert.Throws<InvalidOperationException>(() => loop.CallLater(1, static () => { }));
        Assert.Throws<InvalidOperationException>(() => loop.CallAt(1, static () => { }));
        Assert.Throws<InvalidOperationException>(loop.RunForever);
        Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(future));
        Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(Sleep(1)));
        Assert.Throws<InvalidOperationException>(() => loop.CreateTask(Sleep(1)));
        Assert.Throws<InvalidOperationException>(() => loop.RunInExecutor(null, static () => 1));
    }

    [Fact]
    public void Close_WithPendingTasks_ReportsThem()
    {
        var reports = new List<LoopErrorContext>();
        var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = (_, report) => reports.Add(report) };
        var task = loop.CreateTask(Sleep(100), "sleepy");
        loop.RunUntilComplete(Sleep(1));
        loop.Close();
        Assert.Same(task, Assert.Single(reports).Task);
    }

    [Fact]
    public void Close_WithScheduledCallbacks_DropsThem()
    {
        var loop = new EventLoop(new VirtualClock());
        loop.CallSoon(static () => Assert.Fail("The loop is closed."));
        loop.CallLater(0, static () => Assert.Fail("The loop is closed."));
        loop.CallSoonThreadsafe(static () => Assert.Fail("The loop is closed."));
        loop.Close();
    }

    [Fact]
    public void GetEventLoop_OutsideALoop_GivesTheOneThatWasSet()
    {
        Assert.Contains("CallSoonThreadsafe", Assert.Throws<InvalidOperationException>(GetRunningLoop).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(GetEventLoop);
        using var set = NewEventLoop();
        SetEventLoop(set);
        try
        {
            Assert.Same(set, GetEventLoop());
            Assert.Throws<InvalidOperationException>(GetRunningLoop);
            LoopTest.Run(async () =>
            {
                Assert.Same(GetRunningLoop(), GetEventLoop());
                Assert.NotSame(set, GetEventLoop());
                await Sleep(0);
            });
        }
        finally
        {
            SetEventLoop(null);
        }

        Assert.Throws<InvalidOperationException>(GetEventLoop);
    }

    [Fact]
    public void SetEventLoop_AnotherThread_DoesNotSeeIt()
    {
        using var loop = NewEventLoop();
        SetEventLoop(loop);
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(GetEventLoop));
        thread.Start();
        Assert.True(thread.Join(LoopThread.Guard));
        SetEventLoop(null);
        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void Loop_RunOnOneThreadAfterAnother_Works()
    {
        using var loop = new EventLoop(new VirtualClock());
        Assert.Equal(1, loop.RunUntilComplete(Sleep(1, 1)));
        var result = 0;
        var thread = new Thread(() => result = loop.RunUntilComplete(Sleep(1, 2)));
        thread.Start();
        Assert.True(thread.Join(LoopThread.Guard));
        Assert.Equal((2, 2.0), (result, loop.Time));
    }

    [Fact]
    public void ToString_Loop_SaysItsState()
    {
        var loop = new EventLoop();
        Assert.Equal($"<EventLoop running=False closed=False engine={loop.EngineName}>", loop.ToString());
        loop.Close();
        Assert.Equal($"<EventLoop running=False closed=True engine={loop.EngineName}>", loop.ToString());
    }
}
