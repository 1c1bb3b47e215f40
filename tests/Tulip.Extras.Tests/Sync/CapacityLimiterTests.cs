using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Sync;

public sealed class CapacityLimiterTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void Acquire_LendsAsManyAsThereAre() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(2);
        await Gather(Enumerable.Range(1, 5).Select(n => Work(limiter, $"{n}")));
        Assert.Equal(["1 at 0", "2 at 0", "3 at 1", "4 at 1", "5 at 2"], _log);
        Assert.Equal(0, limiter.BorrowedTokens);
    });

    [Fact]
    public void Acquire_ByATaskThatHasAToken_IsAnError() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(5);
        using (await limiter.Acquire())
        {
            await Outcome.Throws<InvalidOperationException, Releaser>(limiter.Acquire());
            Assert.Throws<InvalidOperationException>(() => limiter.AcquireNoWait());
            Assert.Equal(1, limiter.BorrowedTokens);
        }

        using (await limiter.Acquire())
            Assert.Equal(4, limiter.AvailableTokens);
    });

    [Fact]
    public void AcquireOnBehalfOf_ABorrowerThatWaits_IsAnError() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        limiter.AcquireOnBehalfOfNoWait("a");
        var waiting = CreateTask(limiter.AcquireOnBehalfOf("b"));
        await Sleep(1);
        await Outcome.Throws<InvalidOperationException, Releaser>(limiter.AcquireOnBehalfOf("b"));
        Assert.Throws<InvalidOperationException>(() => limiter.AcquireOnBehalfOfNoWait("b"));
        limiter.ReleaseOnBehalfOf("a");
        await waiting;
        Assert.Equal(["b"], limiter.Statistics.Borrowers);
    });

    [Fact]
    public void NoWait_WithoutAFreeToken_Throws() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        limiter.AcquireOnBehalfOfNoWait("a");
        Assert.Throws<WouldBlockException>(() => limiter.AcquireNoWait());
        await Sleep(0);
    });

    [Fact]
    public void Release_HandsTheTokenToTheFirstThatWaits_NobodyOvertakes() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        limiter.AcquireOnBehalfOfNoWait("a");
        var waiting = CreateTask(limiter.AcquireOnBehalfOf("b"));
        await Sleep(1);
        limiter.ReleaseOnBehalfOf("a");
        Assert.Throws<WouldBlockException>(() => limiter.AcquireOnBehalfOfNoWait("c"));
        (await waiting).Dispose();
        limiter.AcquireOnBehalfOfNoWait("c");
    });

    [Fact]
    public void Release_WithoutAToken_IsAnError() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        Assert.Throws<InvalidOperationException>(limiter.Release);
        Assert.Throws<InvalidOperationException>(() => limiter.ReleaseOnBehalfOf("a"));
        await Sleep(0);
    });

    [Fact]
    public void Release_ByTheBorrower_GivesTheTokenBack() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        await limiter.Acquire();
        limiter.Release();
        Assert.Equal(1, limiter.AvailableTokens);
    });

    [Fact]
    public void Releaser_DisposedInAnotherTask_GivesTheTokenBackOnce() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(2);
        var token = await limiter.Acquire();
        limiter.AcquireOnBehalfOfNoWait("other");
        await CreateTask(Dispose());
        token.Dispose();
        Assert.Equal(["other"], limiter.Statistics.Borrowers);

        async Coroutine Dispose()
        {
            await Sleep(1);
            token.Dispose();
        }
    });

    [Fact]
    public void Acquire_CancelledWhileItWaits_BorrowsNothing() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        limiter.AcquireOnBehalfOfNoWait("a");
        var first = CreateTask(limiter.AcquireOnBehalfOf("b"));
        var second = CreateTask(limiter.AcquireOnBehalfOf("c"));
        await Sleep(1);
        first.Cancel();
        limiter.ReleaseOnBehalfOf("a");
        await second;
        Assert.Equal(["c"], limiter.Statistics.Borrowers);
        limiter.ReleaseOnBehalfOf("c");
        limiter.AcquireOnBehalfOfNoWait("b");
    });

    [Fact]
    public void Acquire_CancelledInTheMomentItIsGivenTheToken_NextOneHasIt() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        limiter.AcquireOnBehalfOfNoWait("a");
        var first = CreateTask(limiter.AcquireOnBehalfOf("b"));
        var second = CreateTask(limiter.AcquireOnBehalfOf("c"));
        await Sleep(1);
        limiter.ReleaseOnBehalfOf("a");
        first.Cancel();
        await second;
        Assert.True(first.Cancelled);
        Assert.Equal(["c"], limiter.Statistics.Borrowers);
    });

    [Fact]
    public void TotalTokens_Raised_LendsToThoseThatWait() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(0);
        var tasks = new[] { "a", "b", "c" }.Select(name => CreateTask(limiter.AcquireOnBehalfOf(name))).ToArray();
        await Sleep(1);
        Assert.Equal(3, limiter.Statistics.TasksWaiting);
        limiter.TotalTokens = 2;
        await Sleep(1);
        Assert.Equal([true, true, false], tasks.Select(task => task.Done));
        Assert.Equal("<CapacityLimiter 2/2, waiters:1>", limiter.ToString());
        limiter.TotalTokens = int.MaxValue;
        await tasks[2];
    });

    [Fact]
    public void TotalTokens_Lowered_LendsNothingUntilEnoughHaveComeBack() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(3);
        foreach (var name in new[] { "a", "b", "c" })
            limiter.AcquireOnBehalfOfNoWait(name);
        limiter.TotalTokens = 1;
        Assert.Equal(-2, limiter.AvailableTokens);
        var waiting = CreateTask(limiter.AcquireOnBehalfOf("d"));
        await Sleep(1);
        limiter.ReleaseOnBehalfOf("a");
        limiter.ReleaseOnBehalfOf("b");
        await Sleep(1);
        Assert.False(waiting.Done);
        limiter.ReleaseOnBehalfOf("c");
        await waiting;
    });

    [Fact]
    public void TotalTokens_Negative_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapacityLimiter(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapacityLimiter(1).TotalTokens = -1);
    }

    [Fact]
    public void Acquire_OutsideATask_IsAnError() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        Exception? failure = null;
        GetRunningLoop().CallSoon(() => failure = Record.Exception(() => limiter.AcquireNoWait()));
        await Sleep(1);
        Assert.IsType<InvalidOperationException>(failure);
    });

    [Fact]
    public void Statistics_CountWhatIsThere() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        await limiter.Acquire();
        StartSoon(limiter.AcquireOnBehalfOf("b"));
        await Sleep(1);
        var statistics = limiter.Statistics;
        Assert.Equal((1, 1, 1), (statistics.BorrowedTokens, statistics.TotalTokens, statistics.TasksWaiting));
        Assert.Same(CurrentTask(), Assert.Single(statistics.Borrowers));
        limiter.Release();
        await Sleep(1);
    });

    private async Coroutine Work(CapacityLimiter limiter, string name)
    {
        using (await limiter.Acquire())
        {
            _log.Add($"{name} at {GetRunningLoop().Time}");
            await Sleep(1);
        }
    }
}
