// What becomes of a task that is cancelled: it may end cancelled, refuse, fail, or cancel itself.
namespace Tulip.Tests;

public sealed class CancelOutcomeTests
{
    [Fact]
    public void Cancel_CaughtAndSwallowed_TheTaskFinishes() => LoopTest.Run(async () =>
    {
        async Coroutine<string> Work()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
                await Sleep(2);
            }

            return "finished";
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        Assert.Equal("finished", await task);
        Assert.Equal((false, 1, 3.0), (task.Cancelled, task.Cancelling, GetRunningLoop().Time));
    });

    [Fact]
    public void Cancel_CaughtAndReplaced_TheTaskFails() => LoopTest.Run(async () =>
    {
        async Coroutine Work()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
                throw new FormatException();
            }
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Throws<FormatException>(async () => await task);
        Assert.False(task.Cancelled);
    });

    [Fact]
    public void Cancel_Itself_StrikesAtTheNextAwait() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Work()
        {
            Assert.True(CurrentTask()!.Cancel("self"));
            log.Add("still running");
            await Sleep(0);
            log.Add("never");
        }

        var task = CreateTask(Work());
        Assert.Equal("self", (await Expect.Cancelled(async () => await task)).CancelMessage);
        Assert.Equal(["still running"], log);
    });

    [Fact]
    public void Cancel_ItselfThenADoneFuture_GoesOnUntilARealSuspension() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        var done = new Future<int>();
        done.SetResult(1);
        async Coroutine Nothing() => log.Add("inner");
        async Coroutine Work()
        {
            CurrentTask()!.Cancel();
            await done;
            await Nothing();
            log.Add("not suspended yet");
            await Sleep(5);
            log.Add("never");
        }

        var task = CreateTask(Work());
        await Expect.Cancelled(async () => await task);
        Assert.Equal(["inner", "not suspended yet"], log);
    });

    [Fact]
    public void Cancel_ItselfAndReturn_TheTaskIsCancelled() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Work()
        {
            CurrentTask()!.Cancel("at the end");
            return 1;
        }

        var task = CreateTask(Work());
        Assert.Equal("at the end", (await Expect.Cancelled(async () => await task)).CancelMessage);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void Cancel_ItselfAndThrow_TheExceptionWins() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            CurrentTask()!.Cancel();
            throw new FormatException();
        }

        var task = CreateTask(Work());
        await Expect.Throws<FormatException>(async () => await task);
        Assert.False(task.Cancelled);
    });

    [Fact]
    public void CancelledExceptionThrownByTheBody_IsACancellation() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            await Sleep(0);
            throw new SpecialCancelledException();
        }

        var task = CreateTask(Work());
        await Expect.Throws<SpecialCancelledException>(async () => await task);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void OperationCanceledThrownByTheBody_IsAFailure() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            await Sleep(0);
            throw new OperationCanceledException("of its own");
        }

        var task = CreateTask(Work());
        await Expect.Throws<OperationCanceledException>(async () => await task);
        Assert.False(task.Cancelled);
        Assert.IsType<OperationCanceledException>(task.Exception());
    });

    [Fact]
    public void Cancel_FromADoneCallbackOfTheSamePass_StillReachesTheTask() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        AsyncTask<int>? task = null;
        future.AddDoneCallback(_ => task!.Cancel());
        async Coroutine<int> Wait() => await future;
        task = CreateTask(Wait());
        await Sleep(0);
        future.SetResult(1);
        await Expect.Cancelled(async () => await task);
    });

    [Fact]
    public void Cancel_RepeatedWhileCleaningUp_InterruptsTheCleaningUpToo() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Work()
        {
            try
            {
                await Sleep(100);
            }
            finally
            {
                try
                {
                    await Sleep(100);
                    log.Add("never");
                }
                finally
                {
                    log.Add("cleaned up");
                }
            }
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Sleep(1);
        Assert.False(task.Done);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal(["cleaned up"], log);
        Assert.Equal(2.0, GetRunningLoop().Time);
    });

    private sealed class SpecialCancelledException : CancelledException;
}
