namespace Tulip.Tests;

public sealed class RunnerTests
{
    private static readonly ContextVar<int> s_variable = new("runner's", -1);

    private static EventLoop NewVirtualLoop() => new(new VirtualClock());

    [Fact]
    public void Run_Several_ShareOneLoop()
    {
        using var runner = new Runner(NewVirtualLoop);
        var loop = runner.GetLoop();
        Assert.Equal(1, runner.Run(Sleep(1, 1)));
        runner.Run(Sleep(1));
        Assert.Same(loop, runner.GetLoop());
        Assert.Equal(2.0, loop.Time);
        Assert.False(loop.IsClosed);
        runner.Close();
        Assert.True(loop.IsClosed);
    }

    [Fact]
    public void Run_Several_ShareTheVariables()
    {
        static async Coroutine<int> Change(int value)
        {
            var old = s_variable.Value;
            await Sleep(0);
            s_variable.Set(value);
            return old;
        }

        using var runner = new Runner(NewVirtualLoop);
        Assert.Equal(-1, runner.Run(Change(1)));
        Assert.Equal(1, runner.Run(Change(2)));
        Assert.Equal(2, runner.Run(Change(3)));
        Assert.Equal(-1, s_variable.Value);
    }

    [Fact]
    public void Run_TasksLeftByAnEarlierRun_GoOnInTheNext()
    {
        var ticks = 0;
        async Coroutine Tick()
        {
            while (true)
            {
                await Sleep(1);
                ticks++;
            }
        }

        async Coroutine Start() => StartSoon(Tick());

        using var runner = new Runner(NewVirtualLoop);
        runner.Run(Start());
        runner.Run(Sleep(2.5));
        Assert.Equal(2, ticks);
        runner.Run(Sleep(3));
        Assert.Equal(5, ticks);
    }

    [Fact]
    public void Closed_Runner_RefusesAndClosesOnce()
    {
        var runner = new Runner(NewVirtualLoop);
        runner.Run(Sleep(1));
        runner.Close();
        runner.Close();
        runner.Dispose();
        Assert.Throws<InvalidOperationException>(() => runner.Run(Sleep(1)));
        Assert.Throws<InvalidOperationException>(runner.GetLoop);
    }

    [Fact]
    public void Close_NeverRun_MakesNoLoop()
    {
        var made = false;
        var runner = new Runner(() =>
        {
            made = true;
            return new EventLoop();
        });
        runner.Close();
        Assert.False(made);
    }

    [Fact]
    public void Factory_ThatGivesNoLoop_Throws()
    {
        using var runner = new Runner(static () => null!);
        Assert.Throws<InvalidOperationException>(() => runner.Run(Sleep(1)));
    }

    [Fact]
    public void KeyboardInterrupt_InTheMainTask_LeavesTheRunAndIsReportedByNobody()
    {
        var reports = new List<LoopErrorContext>();
        using (var runner = new Runner(NewVirtualLoop))
        {
            runner.GetLoop().ExceptionHandler = (_, report) => reports.Add(report);
            Assert.Throws<KeyboardInterruptException>(() => runner.Run(Interrupt()));
        }

        Assert.Empty(reports);

        static async Coroutine Interrupt()
        {
            await Sleep(1);
            throw new KeyboardInterruptException();
        }
    }

    [Fact]
    public void KeyboardInterrupt_InTheMainTask_TheOthersCanStillCleanUp()
    {
        var cleaned = false;
        using (var runner = new Runner(NewVirtualLoop))
            Assert.Throws<KeyboardInterruptException>(() => runner.Run(Interrupt()));
        Assert.True(cleaned);

        async Coroutine Interrupt()
        {
            StartSoon(Left());
            await Sleep(1);
            throw new KeyboardInterruptException();
        }

        async Coroutine Left()
        {
            try
            {
                await Sleep(1000);
            }
            finally
            {
                await Sleep(5);
                cleaned = true;
            }
        }
    }

    [Fact]
    public void Cancelled_MainTask_ThrowsCancelled()
    {
        using var runner = new Runner(NewVirtualLoop);
        Assert.Throws<CancelledException>(() => runner.Run(CancelItself()));

        static async Coroutine CancelItself()
        {
            CurrentTask()!.Cancel();
            await Sleep(1);
        }
    }
}
