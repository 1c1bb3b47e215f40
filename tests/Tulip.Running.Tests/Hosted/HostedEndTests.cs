namespace Tulip.Running.Tests.Hosted;

/// <summary>The loop's end, the host's end, and hosts and code that misbehave.</summary>
public sealed class HostedEndTests
{
    private readonly List<LoopErrorContext> _reports = [];

    [Fact]
    public void Stop_CancelsAndLetsTasksCleanUpWhileTheHostGoesOn()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        var cleaned = false;
        var job = hosted.Run(() => Forever(() => cleaned = true));
        host.CallAll();
        var stop = hosted.Stop();
        Assert.False(stop.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => { hosted.Run(static () => Sleep(0)); });
        host.CallUntil(() => stop.IsCompleted);
        Assert.True(cleaned);
        Assert.True(hosted.Loop.IsClosed);
        Assert.ThrowsAny<OperationCanceledException>(job.WaitGuarded);
        Assert.Empty(_reports);
    }

    [Fact]
    public void Dispose_HostThatNoLongerCalls_EndsTheTasksOnTheSpot()
    {
        var host = new ManualHost();
        var hosted = New(host);
        var cleaned = false;
        var job = hosted.Run(() => Forever(() => cleaned = true));
        host.CallAll();
        hosted.Dispose();
        Assert.True(cleaned);
        Assert.True(hosted.Loop.IsClosed);
        Assert.True(hosted.Ended.IsCompletedSuccessfully);
        Assert.ThrowsAny<OperationCanceledException>(job.WaitGuarded);
        hosted.Dispose();
        host.CallAll();
        Assert.Throws<InvalidOperationException>(() => { hosted.Run(static () => Sleep(0)); });
        Assert.Empty(_reports);
    }

    [Fact]
    public void Dispose_JobThatNeverBegan_IsCancelled()
    {
        var host = new ManualHost();
        var hosted = New(host);
        var job = hosted.Run(static () => Sleep(0));
        hosted.Dispose();
        Assert.True(SpinWait.SpinUntil(() => job.IsCompleted, LoopThread.Guard));
    }

    [Fact]
    public void Dispose_ByTheLoopsOwnCode_IsRefused()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        var job = hosted.Run(async () =>
        {
            await Sleep(0);
            hosted.Dispose();
        });
        host.CallAll();
        Assert.Throws<InvalidOperationException>(job.WaitGuarded);
    }

    [Fact]
    public void HostGone_WhileTasksRun_IsToldToAllWhoWait()
    {
        var host = new ManualHost();
        var hosted = New(host);
        var cleaned = false;
        var job = hosted.Run(() => Forever(() => cleaned = true));
        host.CallAll();
        host.Gone = new ObjectDisposedException("window");
        hosted.Loop.CallSoonThreadsafe(static () => { });
        var failure = Assert.Throws<HostGoneException>(job.WaitGuarded);
        Assert.IsType<ObjectDisposedException>(failure.InnerException);
        Assert.Equal("The host of the loop is gone", Assert.Single(_reports).Message);
        Assert.True(hosted.Ended.IsCompleted);

        // Later posts say nothing more; the tasks are ended by whoever disposes.
        hosted.Loop.CallSoonThreadsafe(static () => { });
        Assert.Single(_reports);
        Assert.False(cleaned);
        new Thread(hosted.Dispose).RunGuarded();
        Assert.True(cleaned);
        Assert.True(hosted.Loop.IsClosed);
    }

    [Fact]
    public void Host_ThatCallsBackAtOnce_IsRefused()
    {
        using var hosted = new HostedEventLoop(new HastyHost(), Options());
        Assert.Contains("before Post returns", Assert.Single(_reports).Exception!.Message);
        Assert.Throws<InvalidOperationException>(() => { hosted.Run(static () => Sleep(0)); });
    }

    [Fact]
    public void Host_WithSeveralThreads_IsRefused()
    {
        var host = new ManualHost();
        var hosted = New(host);
        host.CallAll();
        var job = hosted.Run(static () => Sleep(0));
        new Thread(() => host.CallAll()).RunGuarded();
        Assert.Contains("several threads", Assert.Throws<HostGoneException>(job.WaitGuarded).Message);
        hosted.Dispose();
    }

    [Fact]
    public void PlainContext_IsNoHost()
    {
        Assert.Throws<ArgumentException>(static () => new SynchronizationContextHost(new SynchronizationContext()));
        using var loop = new EventLoop();
        Assert.Throws<ArgumentException>(() => new SynchronizationContextHost(loop.SynchronizationContext));
    }

    [Fact]
    public void CallbackThatFails_IsReported_InterruptIsTheHosts_BothGoOn()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        host.CallAll();
        hosted.Loop.CallSoonThreadsafe(static () => throw new FormatException());
        host.CallAll();
        Assert.IsType<FormatException>(Assert.Single(_reports).Exception);
        hosted.Loop.CallSoonThreadsafe(static () => throw new KeyboardInterruptException());
        var later = hosted.Run(static () => Sleep(0, 3));
        Assert.Throws<KeyboardInterruptException>(() => { host.CallAll(); });
        host.CallAll();
        Assert.Equal(3, later.WaitGuarded());
    }

    [Fact]
    public void LoopStop_EndsTheLoopAndSaysSo()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        var job = hosted.Run(static async () => await new Future<Unit>());
        hosted.Loop.CallSoonThreadsafe(hosted.Loop.Stop);
        host.CallAll();
        Assert.Throws<InvalidOperationException>(job.WaitGuarded);
        Assert.Equal("The loop of a host was stopped", Assert.Single(_reports).Message);
    }

    [Fact]
    public void NestedPump_TheLoopStandsStillAndThenGoesOn()
    {
        using var host = new ThreadHost();
        var hosted = host.Invoke(() => new HostedEventLoop(new SynchronizationContextHost(host)));
        var ticksInside = -1;
        var ticks = 0;
        var job = hosted.Run(async () =>
        {
            StartSoon(Tick());
            await Sleep(0);
            var before = ticks;
            var otherWork = 0;
            host.Post(_ => otherWork++, null);
            hosted.Loop.CallSoonThreadsafe(() => ticks += 1000);
            host.PumpUntil(() => otherWork == 1);
            ticksInside = ticks - before;
            while (ticks < 1000)
                await Sleep(0);
        });
        job.WaitGuarded();
        Assert.Equal(0, ticksInside);
        var stop = hosted.Stop();
        stop.WaitGuarded();

        async Coroutine Tick()
        {
            while (true)
            {
                ticks++;
                await Sleep(0);
            }
        }
    }

    [Fact]
    public void ThreadHost_TasksTouchWhatBelongsToIt_AndCancelsComeFromAnywhere()
    {
        using var host = new ThreadHost();
        var hosted = host.Invoke(() => new HostedEventLoop(new SynchronizationContextHost(host)));
        Assert.Equal("host", hosted.Run(static async () =>
        {
            await Sleep(0.001);
            await ToThread(static () => { });
            return Thread.CurrentThread.Name;
        }).WaitGuarded());

        using var source = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        var job = hosted.Run(
            async () =>
            {
                begun.Set();
                await Sleep(1000);
            },
            source.Token);
        Assert.True(begun.Wait(LoopThread.Guard));
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(job.WaitGuarded);
        Assert.Throws<InvalidOperationException>(hosted.Dispose);
        hosted.Stop().WaitGuarded();

        // With nothing to do the host is left alone.
        var calls = host.Calls;
        Assert.Equal(calls + 1, host.Invoke(() => host.Calls));
    }

    [Fact]
    public void ManyThreads_PostingAndStopping_LoseNothing()
    {
        for (var round = 0; round < 10; round++)
        {
            using var host = new ThreadHost();
            var hosted = host.Invoke(() => new HostedEventLoop(new SynchronizationContextHost(host)));
            var jobs = new System.Collections.Concurrent.ConcurrentBag<Task>();
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                try
                {
                    for (var i = 0; i < 500; i++)
                        jobs.Add(hosted.Run(static () => Sleep(0)));
                }
                catch (InvalidOperationException)
                {
                    // Stopped.
                }
            })).ToList();
            threads.ForEach(static thread => thread.Start());
            SpinWait.SpinUntil(() => jobs.Count > 100, LoopThread.Guard);
            hosted.Stop().WaitGuarded();
            threads.ForEach(static thread => Assert.True(thread.Join(LoopThread.Guard)));
            Assert.All(jobs, static job => Assert.True(SpinWait.SpinUntil(() => job.IsCompleted, LoopThread.Guard) && !job.IsFaulted));
        }
    }

    private HostedEventLoop New(ManualHost host) => new(host, Options());

    private HostedLoopOptions Options() => new()
    {
        ExceptionHandler = (_, report) =>
        {
            lock (_reports)
                _reports.Add(report);
        },
    };

    private static async Coroutine Forever(Action cleanUp)
    {
        try
        {
            await new Future<Unit>();
        }
        finally
        {
            await Sleep(0);
            cleanUp();
        }
    }

    private sealed class HastyHost : ILoopHost
    {
        public void Post(Action callback) => callback();
    }
}
