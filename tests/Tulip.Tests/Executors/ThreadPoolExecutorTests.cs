namespace Tulip.Tests;

public sealed class ThreadPoolExecutorTests
{
    [Fact]
    public void Submit_GivesResultOrException()
    {
        using var executor = new ThreadPoolExecutor(2);
        Assert.Equal(3, executor.Submit(static () => 3).WaitGuarded());
        Assert.Throws<FormatException>(() => executor.Submit(static () => Expect.Raise(new FormatException())).WaitGuarded());
    }

    [Fact]
    public void MaxWorkers_IsTheMostThatRunAtATime()
    {
        using var executor = new ThreadPoolExecutor(3);
        using var allRun = new CountdownEvent(3);
        using var go = new ManualResetEventSlim();
        int running = 0, most = 0;
        var jobs = Enumerable.Range(0, 12).Select(i => executor.Submit(() =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (i < 3)
                allRun.Signal();
            go.Wait(LoopThread.Guard);
            Interlocked.Decrement(ref running);
        })).ToArray();

        // Three run at once; nobody else begins while they are held.
        Assert.True(allRun.Wait(LoopThread.Guard));
        go.Set();
        Task.WhenAll(jobs).WaitGuarded();
        Assert.Equal(3, most);
    }

    [Fact]
    public void Map_GivesTheResultsInTheOrderOfTheItems()
    {
        using var executor = new ThreadPoolExecutor(4);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => n * n), executor.Map(static n => n * n, Enumerable.Range(0, 100)));
    }

    [Fact]
    public void Map_StartsEverythingAtTheCallAndThrowsInItsTurn()
    {
        using var executor = new ThreadPoolExecutor(2);
        using var ran = new CountdownEvent(3);
        var results = executor.Map(
            n =>
            {
                ran.Signal();
                return n != 1 ? n : throw new FormatException();
            },
            [0, 1, 2]);
        Assert.True(ran.Wait(LoopThread.Guard));
        using var enumerator = results.GetEnumerator();
        Assert.True(enumerator.MoveNext());
        Assert.Equal(0, enumerator.Current);
        Assert.Throws<FormatException>(() => enumerator.MoveNext());
    }

    [Fact]
    public void Shutdown_WaitsForTheAcceptedJobsAndRefusesNewOnes()
    {
        var executor = new ThreadPoolExecutor(1);
        var ran = 0;
        for (var i = 0; i < 20; i++)
            executor.Submit(() => { ran++; });
        executor.Shutdown();
        Assert.Equal(20, ran);
        Expect.AtTheCall<InvalidOperationException>(() => { executor.Submit(static () => 1); });
        executor.Shutdown();
        executor.Dispose();
    }

    [Fact]
    public void Shutdown_CancelPending_CancelsWhatHasNotStarted()
    {
        var executor = new ThreadPoolExecutor(1);
        using var started = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = executor.Submit(() =>
        {
            started.Set();
            go.Wait(LoopThread.Guard);
            return 1;
        });
        Assert.True(started.Wait(LoopThread.Guard));
        var pending = Enumerable.Range(0, 5).Select(_ => executor.Submit(static () => 2)).ToArray();
        executor.Shutdown(wait: false, cancelPending: true);
        Assert.All(pending, job => Assert.True(job.IsCanceled));
        Assert.False(first.IsCompleted);
        go.Set();
        Assert.Equal(1, first.WaitGuarded());
        executor.Shutdown();
    }

    [Fact]
    public void Submit_CancelledBeforeItStarts_NeverRuns()
    {
        using var executor = new ThreadPoolExecutor(1);
        using var go = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        executor.Submit(() => { go.Wait(LoopThread.Guard); });
        var ran = false;
        var job = executor.Submit(() => ran = true, cancel.Token);
        cancel.Cancel();
        go.Set();
        Assert.Throws<TaskCanceledException>(() => job.WaitGuarded());
        Assert.False(ran);
    }

    [Fact]
    public void Shutdown_FromAJobOfItsOwn_DoesNotWaitForItself()
    {
        var executor = new ThreadPoolExecutor(1);
        executor.Submit(() => executor.Shutdown()).WaitGuarded();
        executor.Dispose();
    }

    [Fact]
    public void Threads_CarryThePrefixAndAreBackgroundThreads()
    {
        using var executor = new ThreadPoolExecutor(1, "kettle");
        var (name, background) = executor.Submit(static () => (Thread.CurrentThread.Name, Thread.CurrentThread.IsBackground)).WaitGuarded();
        Assert.Equal("kettle_0", name);
        Assert.True(background);
    }

    [Fact]
    public void Constructor_ChecksAndDefaults()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ThreadPoolExecutor(0));
        Expect.AtTheCall<ArgumentNullException>(static () => { new ThreadPoolExecutor(1).Submit((Func<int>)null!); });
        Expect.AtTheCall<ArgumentNullException>(static () => { new ThreadPoolExecutor(1).Submit((Action)null!); });
        Assert.Equal(Math.Min(32, Environment.ProcessorCount + 4), new ThreadPoolExecutor().MaxWorkers);
    }

    [Fact]
    public void AsyncLocal_OfTheSubmitter_IsSeenByTheJobAndNotByTheNext()
    {
        var local = new AsyncLocal<string?>();
        using var executor = new ThreadPoolExecutor(1);
        local.Value = "submitter";
        Assert.Equal("submitter", executor.Submit(() => local.Value).WaitGuarded());
        executor.Submit(() => local.Value = "job").WaitGuarded();
        local.Value = null;
        Assert.Null(executor.Submit(() => local.Value).WaitGuarded());
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
