// A cancel at the border to .NET: what awaits a .NET task cannot be interrupted, but its token is cancelled.
namespace Tulip.Tests;

public sealed class CancelTokenTests
{
    [Fact]
    public void Cancel_DotNetTaskWithTheToken_BecomesCancelledException() => LoopTest.Run(async () =>
    {
        static async Coroutine Wait() => await Task.Delay(Timeout.Infinite, Aio.CancelToken);
        var task = CreateTask(Wait());
        await Sleep(1);
        task.Cancel("enough");
        var error = await Expect.Cancelled(async () => await task);
        Assert.Equal("enough", error.CancelMessage);
        Assert.IsType<OperationCanceledException>(error.InnerException, exactMatch: false);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void Cancel_TokenInADeeperCoroutine_EveryCallerSeesTheCancelledException() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Level(int n)
        {
            try
            {
                if (n == 0)
                    await Task.Delay(Timeout.Infinite, Aio.CancelToken);
                else
                    await Level(n - 1);
            }
            catch (OperationCanceledException exception)
            {
                log.Add($"{n} {exception.GetType().Name}");
                throw;
            }
        }

        var task = CreateTask(Level(2));
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);

        // Where the .NET task is awaited its own exception arrives; outside that coroutine it is the cancel's.
        Assert.Equal(["0 TaskCanceledException", "1 CancelledException", "2 CancelledException"], log);
    });

    [Fact]
    public void Cancel_CleanupAfterCatching_IsNotCancelledASecondTime() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Work()
        {
            try
            {
                await Task.Delay(Timeout.Infinite, Aio.CancelToken);
            }
            catch (OperationCanceledException)
            {
                await Sleep(1);
                log.Add("slept");
                Assert.False(Aio.CancelToken.IsCancellationRequested);
                await Task.Run(static () => { }, Aio.CancelToken);
                log.Add("ran");
                throw;
            }
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Expect.Cancelled(async () => await task);
        Assert.Equal(["slept", "ran"], log);
    });

    [Fact]
    public void Cancel_CleanupAfterAnyKindOfAwait_HasAFreshToken() => LoopTest.Run(async () =>
    {
        var semaphore = new AsyncSemaphore(0);
        var wrapped = new TaskCompletionSource();
        var waits = new Dictionary<string, Func<Coroutine>>
        {
            ["sleep"] = static async () => await Sleep(100),
            ["yield"] = static async () => { CurrentTask()!.Cancel(); await Sleep(0); },
            ["future"] = static async () => await new Future<int>(),
            ["task"] = static async () => await CreateTask(Sleep(100)),
            ["gather"] = static async () => await Gather(Sleep(100), Sleep(200)),
            ["semaphore"] = async () => await semaphore.Acquire(),
            ["shield"] = static async () => await Shield(new Future<int>()),
            ["wait for"] = static async () => await WaitFor(new Future<int>(), 100),
            ["wrapped"] = async () => await WrapFuture(wrapped.Task),
        };
        foreach (var (name, wait) in waits)
        {
            var cancelledInCleanup = true;
            async Coroutine Work()
            {
                var before = Aio.CancelToken;
                try
                {
                    await wait();
                }
                finally
                {
                    Assert.True(before.IsCancellationRequested || name == "yield", name);
                    cancelledInCleanup = Aio.CancelToken.IsCancellationRequested;
                }
            }

            var task = CreateTask(Work());
            await LoopTest.Passes(3);
            task.Cancel();
            await Wait([task]);
            Assert.True(task.Cancelled, name);
            Assert.False(cancelledInCleanup, $"After {name} the cleanup's token is cancelled already.");
        }

        wrapped.SetResult();
    });

    [Fact]
    public void Cancel_WaitRefusesAndGivesAValue_TheNextTokenIsFresh() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Refuse()
        {
            try
            {
                return await Sleep(100, 0);
            }
            catch (CancelledException)
            {
                return 1;
            }
        }

        static async Coroutine<bool> Work()
        {
            _ = Aio.CancelToken;
            await CreateTask(Refuse());
            return Aio.CancelToken.IsCancellationRequested;
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        Assert.False(await task);
    });

    [Fact]
    public void CancelToken_PerEpisode_IsOneAndThenANewOne() => LoopTest.Run(async () =>
    {
        var tokens = new List<CancellationToken>();
        async Coroutine Work()
        {
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    tokens.Add(Aio.CancelToken);
                    Assert.Equal(tokens[^1], Aio.CancelToken);
                    await Sleep(100);
                }
                catch (CancelledException)
                {
                }
            }
        }

        var task = CreateTask(Work());
        for (var i = 0; i < 3; i++)
        {
            await Sleep(1);
            Assert.Equal(i + 1, tokens.Distinct().Count());
            Assert.False(tokens[i].IsCancellationRequested);
            task.Cancel();
            await Sleep(0);
            Assert.True(tokens[i].IsCancellationRequested);
        }

        await task;
    });

    [Fact]
    public void CancelToken_ItsCallbacks_RunThroughTheQueueNotInsideCancel() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Work()
        {
            using var registration = Aio.CancelToken.Register(() => log.Add("callback"));
            await Sleep(100);
        }

        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        log.Add("cancel returned");
        await Wait([task]);
        Assert.Equal(["cancel returned", "callback"], log);
    });
}
