// Real threads press on what any thread may use. Bounded by count; what is checked does not depend on who is faster.
using System.Collections.Concurrent;

namespace Tulip.Tests;

public sealed class StressTests
{
    private const int Threads = 4;

    [Fact]
    public void CallSoonThreadsafe_FromManyThreadsWithRandomCancels_EachRunsOnceOrIsCancelled()
    {
        const int PerThread = 20_000;
        using var other = new LoopThread();
        var ran = new int[Threads * PerThread];
        var cancelled = new bool[Threads * PerThread];
        InThreads(thread =>
        {
            var random = new Random(thread);
            for (var i = thread * PerThread; i < (thread + 1) * PerThread; i++)
            {
                var place = i;
                var handle = other.Loop.CallSoonThreadsafe(() => ran[place]++);
                if (random.Next(3) == 0)
                    cancelled[place] = handle.Cancel();
                if (random.Next(500) == 0)
                    Thread.Yield();
            }
        });
        other.Invoke(static () => { });
        for (var i = 0; i < ran.Length; i++)
            Assert.Equal(cancelled[i] ? 0 : 1, ran[i]);
        Assert.Empty(other.Reports);
    }

    [Fact]
    public void CallSoonThreadsafe_PingPong_NeverLosesAWakeUp()
    {
        // The pause before each post is swept over the moments in which the loop is done, about to block, and blocked.
        // A wake-up that is lost in one of them would never come.
        using var other = new LoopThread();
        var pongs = 0;
        for (var i = 1; i <= 40_000; i++)
        {
            other.Loop.CallSoonThreadsafe(() => Volatile.Write(ref pongs, pongs + 1));
            var spins = 0;
            while (Volatile.Read(ref pongs) != i)
            {
                if (++spins > 100_000)
                    Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref pongs) == i, LoopThread.Guard), $"Lost at {i}.");
            }

            for (var pause = i % 300; pause > 0; pause--)
                _ = Volatile.Read(ref pongs);
        }
    }

    [Fact]
    public void CallSoonThreadsafe_WhileTheLoopHasTimers_NeverLosesAWakeUp()
    {
        using var other = new LoopThread();
        var stop = false;
        void Tick()
        {
            if (!stop)
                other.Loop.CallLater(0.0005, Tick);
        }

        other.Invoke(Tick);
        using var pong = new SemaphoreSlim(0);
        for (var i = 0; i < 5_000; i++)
        {
            other.Loop.CallSoonThreadsafe(() => pong.Release());
            Assert.True(pong.Wait(LoopThread.Guard), $"Lost at {i}.");
        }

        other.Invoke(() => stop = true);
    }

    [Fact]
    public void RunCoroutineThreadsafe_FromManyThreadsWithRandomCancels_AllEnd()
    {
        const int PerThread = 2_000;
        using var other = new LoopThread();
        var outcomes = new ConcurrentQueue<string>();
        var begun = 0;
        var left = 0;
        async Coroutine<int> Work(int n)
        {
            begun++;
            try
            {
                for (var i = 0; i < n % 5; i++)
                    await Sleep(0);
                if (n % 7 == 0)
                    await Task.Run(static () => { }, Aio.CancelToken);
                return n % 11 != 0 ? n : throw new FormatException();
            }
            finally
            {
                left++;
            }
        }

        InThreads(thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < PerThread; i++)
            {
                using var cancel = new CancellationTokenSource();
                var task = RunCoroutineThreadsafe(Work(i), other.Loop, cancel.Token);
                if (random.Next(4) == 0)
                    cancel.Cancel();
                try
                {
                    Assert.Equal(i, task.WaitGuarded());
                    outcomes.Enqueue("result");
                }
                catch (FormatException)
                {
                    outcomes.Enqueue("failed");
                }
                catch (OperationCanceledException)
                {
                    outcomes.Enqueue("cancelled");
                }
            }
        });
        Assert.Equal(Threads * PerThread, outcomes.Count);
        Assert.Superset(new HashSet<string> { "result", "failed" }, outcomes.ToHashSet());
        other.Invoke(() => Assert.Empty(AllTasks()));
        Assert.Equal(begun, left);
        Assert.Empty(other.Reports);
    }

    [Fact]
    public void AsTask_FromManyThreadsWhileTheFutureEnds_AllGetTheResult()
    {
        using var other = new LoopThread();
        for (var round = 0; round < 500; round++)
        {
            Future<int> future = null!;
            other.Invoke(() => future = new Future<int>());
            other.Loop.CallSoonThreadsafe(() => future.SetResult(round));
            InThreads(_ => Assert.Equal(round, future.AsTask().WaitGuarded()));
        }
    }

    [Fact]
    public void DotNetTasks_CompletedByOtherThreads_EachGoesOnOnce() => LoopTest.RunInRealTime(static async () =>
    {
        var continued = 0;
        async Coroutine Work()
        {
            for (var i = 0; i < 200; i++)
            {
                var source = new TaskCompletionSource<int>(i % 2 == 0 ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
                ThreadPool.QueueUserWorkItem(static pair => pair.source.SetResult(pair.i), (source, i), preferLocal: false);
                Assert.Equal(i, await source.Task.ConfigureAwait(i % 3 == 0));
                continued++;
            }
        }

        await Gather(Enumerable.Range(0, 50).Select(_ => Work()));
        Assert.Equal(50 * 200, continued);
    });

    [Fact]
    public void Executor_ManySubmittersAndAShutdown_EveryJobEndsOrIsRefused()
    {
        for (var round = 0; round < 50; round++)
        {
            var executor = new ThreadPoolExecutor(3);
            var jobs = new ConcurrentQueue<Task>();
            var ran = 0;
            var refused = 0;
            InThreads(thread =>
            {
                for (var i = 0; i < 100; i++)
                {
                    try
                    {
                        jobs.Enqueue(executor.Submit(() => { Interlocked.Increment(ref ran); }));
                    }
                    catch (InvalidOperationException)
                    {
                        Interlocked.Increment(ref refused);
                    }

                    if (thread == 0 && i == 50)
                        executor.Shutdown(wait: false);
                }
            });
            executor.Shutdown();
            Assert.All(jobs, job => Assert.True(job.IsCompletedSuccessfully));
            Assert.Equal((jobs.Count, Threads * 100), (ran, ran + refused));
        }
    }

    private static void InThreads(Action<int> body)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, Threads).Select(n => new Thread(() =>
        {
            try
            {
                body(n);
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.True(thread.Join(LoopThread.Guard));
        Assert.Empty(failures);
    }
}
