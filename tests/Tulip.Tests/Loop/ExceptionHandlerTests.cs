namespace Tulip.Tests;

/// <summary>These tests look at the standard error stream, which is the process's.</summary>
[CollectionDefinition(nameof(StandardError), DisableParallelization = true)]
public sealed class StandardError;

[Collection(nameof(StandardError))]
public sealed class ExceptionHandlerTests
{
    [Fact]
    public void Callback_Throws_IsReportedAndTheRestOfThePassRuns()
    {
        var log = new List<string>();
        var reports = LoopTest.RunReporting(async () =>
        {
            var loop = GetRunningLoop();
            loop.CallSoon(static () => Expect.Raise(new FormatException("soon")));
            loop.CallSoon(() => log.Add("same pass"));
            loop.CallLater(1, static () => throw new FormatException("later"));
            loop.CallLater(1, () => log.Add("same time"));
            await Sleep(2);
        });
        Assert.Equal(["same pass", "same time"], log);
        Assert.Equal(["soon", "later"], reports.Select(report => report.Exception!.Message));
        Assert.All(reports, report => Assert.Equal("Exception in callback", report.Message));
        Assert.All(reports, report => Assert.NotNull(report.Callback));
    }

    [Fact]
    public void DoneCallback_Throws_TheOtherDoneCallbacksStillRun()
    {
        var ran = false;
        var reports = LoopTest.RunReporting(async () =>
        {
            var future = new Future<int>();
            future.AddDoneCallback(static _ => throw new FormatException());
            future.AddDoneCallback(_ => ran = true);
            future.SetResult(1);
            await Sleep(0);
        });
        Assert.True(ran);
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);
    }

    [Fact]
    public void Callback_ThrowsAfterSettingVariables_TheNextOneDoesNotSeeThem()
    {
        var variable = new ContextVar<int>("v", 0);
        var local = new AsyncLocal<int>();
        var seen = (-1, -1);
        LoopTest.RunReporting(async () =>
        {
            GetRunningLoop().CallSoon(() =>
            {
                variable.Set(1);
                local.Value = 1;
                Expect.Raise(new FormatException());
            });
            GetRunningLoop().CallSoon(() => seen = (variable.Value, local.Value));
            await Sleep(0);
        });
        Assert.Equal((0, 0), seen);
    }

    [Fact]
    public void ExceptionHandler_ThrowsItself_TheDefaultOneTellsAndTheLoopGoesOn()
    {
        var text = WithStandardError(static () =>
        {
            using var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = static (_, _) => throw new NotSupportedException("broken handler") };
            loop.CallSoon(static () => Expect.Raise(new FormatException("in a callback")));
            loop.RunUntilComplete(Sleep(1));
        });
        Assert.Contains("broken handler", text, StringComparison.Ordinal);
        Assert.Contains("Exception in callback", text, StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultExceptionHandler_WritesMessageAndExceptionToStandardError()
    {
        var text = WithStandardError(static () =>
        {
            using var loop = new EventLoop(new VirtualClock());
            loop.CallSoon(static () => Expect.Raise(new FormatException("in a callback")));
            loop.RunUntilComplete(Sleep(1));
        });
        Assert.StartsWith("Exception in callback", text, StringComparison.Ordinal);
        Assert.Contains("FormatException: in a callback", text, StringComparison.Ordinal);
        Assert.Contains(nameof(ExceptionHandlerTests), text, StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultExceptionHandler_ObjectWhoseToStringFails_StillReturns()
    {
        WithStandardError(static () =>
        {
            using var loop = new EventLoop();
            loop.CallExceptionHandler(new LoopErrorContext("a report") { Task = new Unprintable() });
        });
    }

    [Fact]
    public void CallExceptionHandler_PassesTheReportOn() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        (EventLoop, LoopErrorContext) told = default;
        var usual = loop.ExceptionHandler;
        loop.ExceptionHandler = (teller, context) => told = (teller, context);
        var report = new LoopErrorContext("a report");
        loop.CallExceptionHandler(report);
        Assert.Equal((loop, report), told);
        loop.ExceptionHandler = usual;
        Assert.Throws<ArgumentNullException>(() => loop.CallExceptionHandler(null!));
        await Sleep(0);
    });

    [Fact]
    public void KeyboardInterrupt_InACallback_LeavesTheRunAndTheLoopCanRunAgain()
    {
        using var loop = new EventLoop(new VirtualClock());
        var rest = false;
        loop.CallSoon(static () => Expect.Raise(new KeyboardInterruptException()));
        loop.CallSoon(() => rest = true);
        Assert.Throws<KeyboardInterruptException>(loop.RunForever);
        Assert.False(rest || loop.IsRunning);
        loop.RunUntilComplete(Sleep(1));
        Assert.True(rest);
    }

    [Fact]
    public void KeyboardInterrupt_InATask_IsStoredInItAndLeavesTheRun()
    {
        using var loop = new EventLoop(new VirtualClock());
        var task = loop.CreateTask(Interrupt());
        Assert.Throws<KeyboardInterruptException>(loop.RunForever);
        Assert.IsType<KeyboardInterruptException>(task.Exception());

        static async Coroutine Interrupt()
        {
            await Sleep(1);
            throw new KeyboardInterruptException();
        }
    }

    private static string WithStandardError(Action action)
    {
        var usual = Console.Error;
        using var writer = new StringWriter();
        Console.SetError(writer);
        try
        {
            action();
        }
        finally
        {
            Console.SetError(usual);
        }

        return writer.ToString();
    }

    private sealed class Unprintable
    {
        public override string ToString() => throw new FormatException("ToString fails");
    }
}
