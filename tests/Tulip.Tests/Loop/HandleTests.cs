namespace Tulip.Tests;

public sealed class HandleTests
{
    [Fact]
    public void Cancel_BeforeItsTurn_NeverRuns() => LoopTest.Run(async () =>
    {
        var handle = GetRunningLoop().CallSoon(static () => Assert.Fail("It was cancelled."));
        Assert.False(handle.Cancelled);
        Assert.True(handle.Cancel());
        Assert.True(handle.Cancelled);
        Assert.False(handle.Cancel());
        await Sleep(0);
    });

    [Fact]
    public void Cancel_FromACallbackOfTheSamePass_KeepsTheOthersInOrder() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var log = new List<int>();
        Handle second = default;
        loop.CallSoon(() => Assert.True(second.Cancel()));
        loop.CallSoon(() => log.Add(1));
        second = loop.CallSoon(() => log.Add(2));
        loop.CallSoon(() => log.Add(3));
        await Sleep(0);
        Assert.Equal([1, 3], log);
    });

    [Fact]
    public void Cancel_AfterItsTurn_HitsNobodyElse() => LoopTest.Run(async () =>
    {
        // The places of the queue are used again: an old handle must not reach what stands there now.
        var loop = GetRunningLoop();
        var runs = 0;
        var old = Enumerable.Range(0, 1000).Select(_ => loop.CallSoon(() => runs++)).ToArray();
        await Sleep(0);
        for (var i = 0; i < 1000; i++)
            loop.CallSoon(() => runs++);
        Assert.All(old, handle => Assert.False(handle.Cancel()));
        await Sleep(0);
        Assert.Equal(2000, runs);
    });

    [Fact]
    public void Cancel_WithAContext_NeverRuns() => LoopTest.Run(async () =>
    {
        var variable = new ContextVar<int>("v");
        variable.Set(1);
        var handle = GetRunningLoop().CallSoon(static () => Assert.Fail("It was cancelled."));
        Assert.True(handle.Cancel());
        Assert.False(handle.Cancel());
        await Sleep(0);
    });

    [Fact]
    public void Cancel_OfADefaultHandle_DoesNothing()
    {
        Handle none = default;
        Assert.False(none.Cancel());
        Assert.False(none.Cancelled);
        Assert.True(none == default);
    }

    [Fact]
    public void Equality_TwoCallbacks_Differ() => LoopTest.Run(async () =>
    {
        var first = GetRunningLoop().CallSoon(static () => { });
        var second = GetRunningLoop().CallSoon(static () => { });
        Assert.True(first != second && first.Equals((object)first) && !first.Equals(second));
        await Sleep(0);
    });

    [Fact]
    public void Cancel_ThreadsafeHandleFromAnotherThread_NeverRuns()
    {
        using var other = new LoopThread();
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        other.Loop.CallSoonThreadsafe(() =>
        {
            entered.Set();
            leave.Wait(LoopThread.Guard);
        });
        Assert.True(entered.Wait(LoopThread.Guard));
        var ran = false;
        var handle = other.Loop.CallSoonThreadsafe(() => ran = true);
        Assert.True(handle.Cancel());
        leave.Set();
        other.Invoke(static () => { });
        Assert.False(ran);
    }
}
