using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Structure;

public sealed class LimitedThreadTests
{
    [Fact]
    public void ToThread_WithALimiter_RunsNoMoreAtOnce() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(2);
        int busy = 0, most = 0;
        var results = await Gather(Enumerable.Range(0, 20).Select(n => ToThread(() => Work(n), limiter)));
        Assert.Equal(Enumerable.Range(0, 20), results);
        Assert.InRange(most, 1, 2);
        Assert.Equal(0, limiter.BorrowedTokens);

        int Work(int n)
        {
            var now = Interlocked.Increment(ref busy);
            InterlockedMax(ref most, now);
            Thread.SpinWait(10_000);
            Interlocked.Decrement(ref busy);
            return n;
        }
    });

    [Fact]
    public void ToThread_WithALimiter_ThrowsTheFunctionsException_AndGivesTheTokenBack() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        await Outcome.Throws<InvalidDataException>(ToThread(() => throw new InvalidDataException(), limiter));
        Assert.Equal(1, limiter.AvailableTokens);
    });

    [Fact]
    public void ToThread_WithALimiter_CancelledWhileTheFunctionRuns_TokenComesBackAtItsEnd() => Virtual.Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        using var begun = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var task = CreateTask(ToThread(Block, limiter));
        await ToThread(begun.Wait);
        task.Cancel();
        await Outcome.Throws<CancelledException, int>(Await(task));
        Assert.Equal(1, limiter.BorrowedTokens);
        mayEnd.Set();
        using (await limiter.Acquire())
            Assert.Equal(1, limiter.BorrowedTokens);

        int Block()
        {
            begun.Set();
            mayEnd.Wait();
            return 0;
        }
    });

    [Fact]
    public void ToThread_WithALimiter_CancelledBeforeTheFunctionStarts_ItNeverRuns_AndTheTokenComesBack() => Virtual.Run(async () =>
    {
        GetRunningLoop().SetDefaultExecutor(new ThreadPoolExecutor(1));
        var limiter = new CapacityLimiter(5);
        using var mayEnd = new ManualResetEventSlim();
        var ran = false;
        var blocker = CreateTask(ToThread(mayEnd.Wait));
        await Sleep(0);
        var task = CreateTask(ToThread(() => ran = true, limiter));
        await Sleep(0);
        await Sleep(0);
        Assert.Equal(1, limiter.BorrowedTokens);
        task.Cancel();
        await Outcome.Throws<CancelledException, bool>(Await(task));
        Assert.Equal(0, limiter.BorrowedTokens);
        mayEnd.Set();
        await blocker;
        await ToThread(() => { });
        Assert.False(ran);
    });

    [Fact]
    public void ToThread_WithALimiter_SeesTheCallersVariables() => Virtual.Run(async () =>
    {
        var name = new ContextVar<string>("name");
        name.Value = "caller";
        Assert.Equal("caller", await ToThread(() => name.Value, new CapacityLimiter(1)));
    });

    [Fact]
    public void ToThread_WithALimiter_ChecksItsArgumentsAtTheCall()
    {
        Assert.Throws<ArgumentNullException>(() => { _ = ToThread((Func<int>)null!, new CapacityLimiter(1)); });
        Assert.Throws<ArgumentNullException>(() => { _ = ToThread((Action)null!, new CapacityLimiter(1)); });
        Assert.Throws<ArgumentNullException>(() => { _ = ToThread(() => 1, null!); });
    }

    private static async Coroutine<T> Await<T>(Future<T> future) => await future;

    private static void InterlockedMax(ref int place, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref place)) < value)
            Interlocked.CompareExchange(ref place, value, seen);
    }
}
