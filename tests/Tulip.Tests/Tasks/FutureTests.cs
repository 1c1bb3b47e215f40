namespace Tulip.Tests;

public sealed class FutureTests
{
    [Fact]
    public void SetResult_Awaiter_GetsItOneHopLater() => LoopTest.Run(async () =>
    {
        var future = new Future<string>();
        var log = new List<string>();
        var task = CreateTask(Wait());
        await Sleep(0);
        future.SetResult("tea");
        log.Add("set");
        await Sleep(0);
        Assert.Equal(["set", "got tea"], log);
        Assert.True(task.Done);

        async Coroutine Wait() => log.Add("got " + await future);
    });

    [Fact]
    public void Await_DoneFuture_GoesOnWithoutAHop() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        future.SetResult(1);
        var passes = GetRunningLoop().Passes;
        Assert.Equal(1, await future);
        Assert.Equal(1, await future);
        Assert.Equal(passes, GetRunningLoop().Passes);
    });

    [Fact]
    public void SetException_Awaiter_GetsTheSameException() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var failure = new FormatException();
        GetRunningLoop().CallSoon(() => future.SetException(failure));
        Assert.Same(failure, await Expect.Throws<FormatException>(async () => await future));
        Assert.Same(failure, future.Exception());
        Assert.Same(failure, Assert.Throws<FormatException>(() => future.Result()));
    });

    [Fact]
    public void Await_FailedFutureManyTimes_TheTraceDoesNotGrow() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        future.SetException(new FormatException());
        var first = (await Expect.Throws<FormatException>(async () => await future)).StackTrace!.Length;
        for (var i = 0; i < 50; i++)
            await Expect.Throws<FormatException>(async () => await future);
        Assert.Equal(first, (await Expect.Throws<FormatException>(async () => await future)).StackTrace!.Length);
    });

    [Fact]
    public void Pending_ResultOrException_ThrowsInvalidState() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        Assert.Throws<InvalidStateException>(() => future.Result());
        Assert.Throws<InvalidStateException>(future.Exception);
        Assert.False(future.Done || future.Cancelled);
        await Sleep(0);
    });

    [Fact]
    public void Set_ASecondTime_ThrowsInvalidStateAndKeepsTheFirst() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        future.SetResult(1);
        Assert.Throws<InvalidStateException>(() => future.SetResult(2));
        Assert.Throws<InvalidStateException>(() => future.SetException(new FormatException()));
        Assert.False(future.Cancel());
        Assert.Equal(1, await future);

        var cancelled = new Future<int>();
        cancelled.Cancel();
        Assert.Throws<InvalidStateException>(() => cancelled.SetResult(2));
        Assert.Throws<InvalidStateException>(() => cancelled.SetException(new FormatException()));
        Assert.True(cancelled.Cancelled);
    });

    [Fact]
    public void Cancel_PendingFuture_AwaiterGetsTheMessage() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        GetRunningLoop().CallSoon(() => Assert.True(future.Cancel("enough")));
        Assert.Equal("enough", (await Expect.Cancelled(async () => await future)).CancelMessage);
        Assert.True(future.Done && future.Cancelled);
        Assert.False(future.Cancel());
        Assert.Throws<CancelledException>(() => future.Result());
        Assert.Throws<CancelledException>(future.Exception);

        // Only the future was cancelled, not the task that awaited it.
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void DoneCallbacks_RunThroughTheQueueInTheirOrder() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var log = new List<string>();
        future.AddDoneCallback(done => log.Add("first " + ReferenceEquals(done, future)));
        future.AddDoneCallback(_ => log.Add("second"));
        future.AddDoneCallback(_ => log.Add("third"));
        future.SetResult(1);
        log.Add("set");
        await Sleep(0);
        Assert.Equal(["set", "first True", "second", "third"], log);
    });

    [Fact]
    public void DoneCallback_AddedWhenDone_RunsInTheNextPass() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        future.SetResult(1);
        var ran = false;
        future.AddDoneCallback(_ => ran = true);
        Assert.False(ran);
        await Sleep(0);
        Assert.True(ran);
    });

    [Fact]
    public void DoneCallback_AddedAndRemovedByACallback_TheScheduledOnesStillRun() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var log = new List<string>();
        void Second(Future _) => log.Add("second");
        future.AddDoneCallback(done =>
        {
            log.Add("first");
            Assert.Equal(0, done.RemoveDoneCallback(Second));
            done.AddDoneCallback(_ => log.Add("added"));
        });
        future.AddDoneCallback(Second);
        future.SetResult(1);
        await LoopTest.Passes(2);
        Assert.Equal(["first", "second", "added"], log);
    });

    [Fact]
    public void RemoveDoneCallback_TakesAllRegistrationsBack() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var runs = 0;
        void Count(Future _) => runs++;
        var kept = 0;
        future.AddDoneCallback(Count);
        Assert.Equal(1, future.RemoveDoneCallback(Count));
        Assert.Equal(0, future.RemoveDoneCallback(Count));
        future.AddDoneCallback(Count);
        future.AddDoneCallback(_ => kept++);
        future.AddDoneCallback(Count);
        Assert.Equal(2, future.RemoveDoneCallback(Count));
        future.SetResult(1);
        await Sleep(0);
        Assert.Equal((0, 1), (runs, kept));
    });

    [Fact]
    public void Awaiters_Several_GoOnInTheOrderInWhichTheyCame() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        var log = new List<string>();
        async Coroutine Wait(string name)
        {
            await future;
            log.Add(name);
        }

        var tasks = Gather(Wait("a"), Wait("b"), Wait("c"));
        await Sleep(0);
        future.AddDoneCallback(_ => log.Add("callback"));
        future.SetResult(1);
        await tasks;
        Assert.Equal(["a", "b", "c", "callback"], log);
    });

    [Fact]
    public void Await_FutureOfAnotherLoop_Throws() => LoopTest.Run(async () =>
    {
        using var other = new EventLoop(new VirtualClock());
        var foreign = other.CreateFuture<int>();
        var error = await Expect.Throws<InvalidOperationException>(async () => await foreign);
        Assert.Contains("attached to a different loop", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Gather<int>(foreign));
        foreign.SetResult(1);
        await Expect.Throws<InvalidOperationException>(async () => await foreign);
    });

    [Fact]
    public void NewFuture_WithoutARunningLoop_Throws()
    {
        Assert.Throws<InvalidOperationException>(static () => new Future<int>());
        Assert.Throws<ArgumentNullException>(static () => new Future<int>(null!));
    }

    [Fact]
    public async Task GetAwaiter_OutsideTheLoop_Throws()
    {
        using var loop = new EventLoop(new VirtualClock());
        var future = loop.CreateFuture<int>();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await future);
        Assert.Contains("AsTask", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NullArguments_AreRefused() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var future = new Future<int>();
        Assert.Throws<ArgumentNullException>(() => future.AddDoneCallback(null!));
        Assert.Throws<ArgumentNullException>(() => future.RemoveDoneCallback(null!));
        Assert.Throws<ArgumentNullException>(() => future.SetException(null!));
        Assert.Throws<ArgumentNullException>(() => { loop.CallSoon((Action)null!); });
        Assert.Throws<ArgumentNullException>(() => loop.CallLater(1, null!));
        Assert.Throws<ArgumentNullException>(() => loop.CallAt(1, null!));
        Assert.Throws<ArgumentNullException>(() => loop.CallSoonThreadsafe(null!));
        Assert.Throws<ArgumentNullException>(() => loop.RunInExecutor(null, (Func<int>)null!));
        Assert.Throws<ArgumentNullException>(() => loop.SetDefaultExecutor(null!));
        Assert.Throws<ArgumentNullException>(static () => Shield((Future<int>)null!));
        Assert.Throws<ArgumentNullException>(static () => { _ = WaitFor((Future<int>)null!, 1); });
        Assert.Throws<ArgumentNullException>(static () => Gather((IAwaitable<int>[])null!));
        Assert.Throws<ArgumentNullException>(static () => Gather<int>(new Future<int>(), null!));
        Assert.Throws<ArgumentNullException>(static () => { _ = Aio.Wait<Future<int>>(null!); });
        Assert.Throws<ArgumentNullException>(static () => WrapFuture((Task)null!));
        Assert.Throws<ArgumentNullException>(static () => { _ = ToThread((Action)null!); });
        Assert.Throws<ArgumentNullException>(static () => { _ = RunCoroutineThreadsafe(Sleep(1), null!); });
        Assert.Throws<ArgumentNullException>(static () => EnsureFuture((Future<int>)null!));
        Assert.Throws<ArgumentNullException>(() => { loop.RunUntilComplete((Future<int>)null!); });
        await Sleep(0);
    });
}
