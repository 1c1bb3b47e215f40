using System.Runtime.CompilerServices;

namespace Tulip.Tests;

public sealed class NeverRetrievedTests
{
    [Fact]
    public void Task_FailedAndKept_IsReportedWhenTheLoopCloses()
    {
        IAsyncTask? kept = null;
        var reports = LoopTest.RunReporting(async () =>
        {
            kept = CreateTask(Fail());
            await Sleep(0);
        });
        var report = Assert.Single(reports);
        Assert.Equal("Task exception was never retrieved", report.Message);
        Assert.Same(kept, report.Future);
        Assert.IsType<FormatException>(report.Exception);
    }

    [Fact]
    public void Future_FailedAndKept_IsReportedWhenTheLoopCloses()
    {
        Future<int>? kept = null;
        var reports = LoopTest.RunReporting(async () =>
        {
            kept = new Future<int>();
            kept.SetException(new FormatException());
            await Sleep(0);
        });
        Assert.Equal("Future exception was never retrieved", Assert.Single(reports).Message);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void Task_FailedAndCollected_IsReportedOnTheLoopWhileItRuns() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var usual = loop.ExceptionHandler;
        var reports = new List<LoopErrorContext>();
        var threads = new List<int>();
        loop.ExceptionHandler = (_, report) =>
        {
            reports.Add(report);
            threads.Add(Environment.CurrentManagedThreadId);
        };
        StartAndForget();
        await LoopTest.Passes(2);
        for (var i = 0; i < 50 && reports.Count == 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Sleep(0);
        }

        Assert.Equal("Task exception was never retrieved", Assert.Single(reports).Message);
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        loop.ExceptionHandler = usual;
    });

    [Fact]
    public void Exception_Awaited_IsNotReported() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Fail());
        await Expect.Throws<FormatException>(async () => await task);
    });

    [Fact]
    public void Exception_AskedFor_IsNotReported() => LoopTest.Run(async () =>
    {
        var first = CreateTask(Fail());
        var second = CreateTask(Fail());
        var third = CreateTask(Fail());
        await Sleep(0);
        Assert.NotNull(first.Exception());
        Assert.Throws<FormatException>(() => second.Result());
        Assert.False(third.Cancel());
    });

    [Fact]
    public void Exception_GivenToDotNet_IsNotReported() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Fail());
        var exported = task.AsTask();
        await Sleep(1);
        Assert.True(exported.IsFaulted);
        _ = exported.Exception;
    });

    [Fact]
    public void Cancelled_IsNotReported() => LoopTest.Run(async () =>
    {
        CreateTask(Sleep(100)).Cancel();
        new Future<int>().Cancel();
        await Sleep(1);
    });

    [Fact]
    public void DoneCallbackOrWait_AloneDoNotCountAsRetrieving()
    {
        var reports = LoopTest.RunReporting(async () =>
        {
            var first = CreateTask(Fail());
            var second = CreateTask(Fail());
            first.AddDoneCallback(static _ => { });
            await Wait([second]);
        });
        Assert.Equal(2, reports.Count);
    }

    [Fact]
    public void Collected_JustBeforeTheLoopIsClosed_IsReportedAllTheSame()
    {
        var reports = new List<LoopErrorContext>();
        using (var loop = new EventLoop { ExceptionHandler = (_, report) => reports.Add(report) })
        {
            loop.CallSoon(() => loop.CreateTask(Fail()));
            loop.CallSoon(() => loop.CallSoon(() => loop.CallSoon(() =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                loop.Stop();
            })));
            loop.RunForever();
        }

        Assert.Single(reports);
    }

    [Fact]
    public void ManyFailures_SeenAndUnseen_OnlyTheUnseenAreReported()
    {
        // More than the loop keeps before it looks which of them are of interest still.
        var kept = new List<IAsyncTask>();
        var reports = LoopTest.RunReporting(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                var task = CreateTask(Fail());
                await Sleep(0);
                if (i % 10 == 0)
                    kept.Add(task);
                else
                    _ = task.Exception();
            }
        });
        Assert.Equal(100, reports.Count);
        Assert.Equal(kept, reports.Select(report => (IAsyncTask)report.Future!));
    }

    [Fact]
    public void Handler_ThatFailsAFutureAtTheLoopsClose_DoesNoHarm()
    {
        var reports = new List<string>();
        var loop = new EventLoop(new VirtualClock());
        var failed = loop.CreateFuture<int>();
        Future<int>? another = null;
        failed.SetException(new FormatException());
        loop.ExceptionHandler = (_, report) =>
        {
            reports.Add(report.Message);
            if (another is null)
            {
                another = loop.CreateFuture<int>();
                another.SetException(new FormatException());
            }
        };
        loop.Close();
        GC.KeepAlive(failed);
        Assert.True(loop.IsClosed);
        Assert.Equal("Future exception was never retrieved", reports[0]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StartAndForget() => StartSoon(Fail());

    private static async Coroutine Fail() => throw new FormatException();
}
