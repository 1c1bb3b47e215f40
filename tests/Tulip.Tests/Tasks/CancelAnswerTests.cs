// What a .NET task may answer to a cancel: with its own cancellation, a value, a failure; or with one that has nothing to do with it.
namespace Tulip.Tests;

public sealed class CancelAnswerTests
{
    [Fact]
    public void Cancel_DotNetTaskIgnoresTheToken_ItsValueArrivesAndTheNextAwaitIsCancelled() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource<string>();
        var log = new List<string>();
        async Coroutine Work()
        {
            log.Add(await source.Task);
            await Sleep(100);
            log.Add("never");
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel("late");
        await Sleep(1);
        Assert.False(task.Done);
        source.SetResult("value");
        Assert.Equal("late", (await Expect.Cancelled(async () => await task)).CancelMessage);
        Assert.Equal(["value"], log);
        Assert.Equal(2.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_DotNetTaskIgnoresTheTokenAndNothingFollows_TheTaskIsCancelledAtItsEnd() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource<string>();
        async Coroutine<string> Work() => await source.Task;
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        source.SetResult("value");
        await Expect.Cancelled(async () => await task);
    });

    [Fact]
    public void Cancel_DuringTaskYield_StrikesAtTheNextAwait() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Work()
        {
            await Task.Yield();
            log.Add("yielded");
            await Sleep(0);
            log.Add("never");
        }

        var task = CreateTask(Work());
        await Sleep(0);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal(["yielded"], log);
    });

    [Fact]
    public void UnrelatedCancellation_IsAnOrdinaryFailure() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            using var own = new CancellationTokenSource();
            own.Cancel();
            await Task.Delay(Timeout.Infinite, own.Token);
        }

        var task = CreateTask(Work());
        await Expect.Throws<TaskCanceledException>(async () => await task);
        Assert.False(task.Cancelled);
        Assert.IsType<TaskCanceledException>(task.Exception());
    });

    [Fact]
    public void UnrelatedCancellation_AfterADeliveredCancel_IsStillAnOrdinaryFailure() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            try
            {
                await Task.Delay(Timeout.Infinite, Aio.CancelToken);
            }
            catch (OperationCanceledException)
            {
            }

            await Sleep(1);
            await Task.FromCanceled(new CancellationToken(true));
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Throws<TaskCanceledException>(async () => await task);
    });

    [Fact]
    public void Cancel_LinkedToken_IsTheCancelsAnswer() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Aio.CancelToken);
            await Task.Delay(Timeout.Infinite, limit.Token);
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void Cancel_DotNetTaskFailsInstead_TheFailureWins() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource();
        async Coroutine Work() => await source.Task;
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        source.SetException(new FormatException());
        await Expect.Throws<FormatException>(async () => await task);
    });

    [Fact]
    public void Cancel_BeforeTheAwaitOfTheDotNetTask_CancelsItsToken() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            var token = Aio.CancelToken;
            CurrentTask()!.Cancel("self");
            await Task.Delay(Timeout.Infinite, token);
        }

        var task = CreateTask(Work());
        Assert.Equal("self", (await Expect.Cancelled(async () => await task)).CancelMessage);
    });

    [Fact]
    public void Cancel_TokenTakenAfterTheCancel_IsCancelledToo() => LoopTest.Run(async () =>
    {
        static async Coroutine Work()
        {
            CurrentTask()!.Cancel("self");
            await Task.Delay(Timeout.Infinite, Aio.CancelToken);
        }

        var task = CreateTask(Work());
        await Expect.Cancelled(async () => await task);
    });

    [Fact]
    public void Cancel_TwiceDuringOneDotNetAwait_IsDeliveredOnce() => LoopTest.Run(async () =>
    {
        var caught = 0;
        async Coroutine Work()
        {
            try
            {
                await Task.Delay(Timeout.Infinite, Aio.CancelToken);
            }
            catch (OperationCanceledException)
            {
                caught++;
                await Sleep(1);
            }
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        task.Cancel();
        await task;
        Assert.Equal((1, false, 2), (caught, task.Cancelled, task.Cancelling));
    });

    [Fact]
    public void Uncancel_ToZero_TheNextTokenIsFresh() => LoopTest.Run(async () =>
    {
        static async Coroutine<bool> Work()
        {
            _ = Aio.CancelToken;
            CurrentTask()!.Cancel();
            await Task.CompletedTask;
            CurrentTask()!.Uncancel();
            await Task.Delay(1, Aio.CancelToken);
            return Aio.CancelToken.IsCancellationRequested;
        }

        Assert.False(await CreateTask(Work()));
    });

    [Fact]
    public void CancelToken_InACallback_Throws() => LoopTest.Run(async () =>
    {
        Exception? thrown = null;
        GetRunningLoop().CallSoon(() => thrown = Record.Exception(static () => Aio.CancelToken));
        await Sleep(0);
        Assert.IsType<InvalidOperationException>(thrown);
    });
}
