namespace Tulip.Tests;

public sealed class WrapFutureTests
{
    [Fact]
    public void WrapFuture_EndsAsTheDotNetTaskEnds() => LoopTest.Run(async () =>
    {
        Assert.Equal(3, await WrapFuture(Task.Run(static () => 3)));
        await WrapFuture(Task.Run(static () => { }));
        await Expect.Throws<FormatException>(static async () => await WrapFuture(Task.FromException(new FormatException())));
        await Expect.Throws<FormatException>(static async () => await WrapFuture(Task.FromException<int>(new FormatException())));
        await Expect.Cancelled(static async () => await WrapFuture(Task.FromCanceled<int>(new CancellationToken(true))));
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void Cancel_TheAwaitingTask_AbandonsTheWaitAndLeavesTheDotNetTaskAlone() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        async Coroutine<int> Work() => await WrapFuture(source.Task);
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.False(source.Task.IsCompleted);
        source.SetResult(1);
        await LoopTest.Passes(3);
    });

    [Fact]
    public void Cancel_ThenTheDotNetTaskFails_NobodyIsTold() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        var future = WrapFuture(source.Task);
        future.Cancel();
        source.SetException(new FormatException());
        await LoopTest.Passes(3);
        Assert.True(future.Cancelled);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancel_OfATaskThatDoesNotEnd_IsNothingToWaitFor(bool endsLater)
    {
        using var loop = new EventLoop(new VirtualClock()) { ExceptionHandler = static (_, _) => { } };
        using var watchdog = new Timer(_ => loop.CallSoonThreadsafe(loop.Stop), null, LoopThread.Guard, Timeout.InfiniteTimeSpan);
        async Coroutine Work()
        {
            var source = new TaskCompletionSource();
            WrapFuture(source.Task).Cancel();
            await Sleep(1);
            if (endsLater)
                source.SetResult();
            await Sleep(1);
            await new Future<int>();
        }

        Assert.Throws<DeadlockException>(() => loop.RunUntilComplete(Work()));
    }

    [Fact]
    public void WaitFor_WrappedTask_TimesOut() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource();
        await Expect.Throws<TimeoutException>(async () => await WaitFor(WrapFuture(source.Task), 5));
        Assert.Equal(5.0, GetRunningLoop().Time);
        source.SetResult();
    });

    [Fact]
    public void HoldTime_VirtualTimeStandsStillUntilItsEnd() => LoopTest.Run(async () =>
    {
        using var go = new ManualResetEventSlim();
        var future = WrapFuture(Task.Run(() => go.Wait(LoopThread.Guard)), holdTime: true);
        var sleeper = CreateTask(Sleep(1));
        GetRunningLoop().CallSoon(go.Set);
        await future;
        Assert.Equal((0.0, false), (GetRunningLoop().Time, sleeper.Done));
        await sleeper;
    });

    [Fact]
    public void TaskThatEndsOnAnotherThread_ResumesOnTheLoop() => LoopTest.RunInRealTime(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        for (var i = 0; i < 200; i++)
        {
            await WrapFuture(Task.Run(static () => { }));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
    });

    [Fact]
    public void NotOnALoop_Throws()
        => Assert.Throws<InvalidOperationException>(static () => WrapFuture(Task.CompletedTask));
}
