namespace Tulip.Tests;

public sealed class RunCoroutineThreadsafeTests
{
    [Fact]
    public void Result_ReachesTheOtherThread()
    {
        using var other = new LoopThread();
        Assert.Equal(other.ThreadId, RunCoroutineThreadsafe(Where(), other.Loop).WaitGuarded());
        RunCoroutineThreadsafe(Sleep(0), other.Loop).WaitGuarded();

        static async Coroutine<int> Where()
        {
            await Sleep(0);
            return Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void QueueCalls_MadeHereWhileTheLoopMakesOthers_HaveFramesOfTheirOwn()
    {
        // A queue keeps the frames of its calls: those for its own loop's thread must not be given to another.
        const int Items = 50_000;
        using var other = new LoopThread();
        using var started = new ManualResetEventSlim();
        var queue = new AsyncQueue<int>(1);
        var foreign = 0;
        var passed = RunCoroutineThreadsafe(Pass(), other.Loop);
        Assert.True(started.Wait(LoopThread.Guard));
        for (var i = 0; i < Items; i++)
            _ = queue.Put(-1);
        passed.WaitGuarded();
        Assert.Equal(0, foreign);

        async Coroutine Pass()
        {
            for (var i = 0; i < Items; i++)
            {
                await queue.Put(i);
                if (await queue.Get() != i)
                    foreign++;
                if (i == 100)
                    started.Set();
            }
        }
    }

    [Fact]
    public void Exception_ReachesTheOtherThreadAndIsNotReported()
    {
        using var other = new LoopThread();
        Assert.Throws<FormatException>(() => RunCoroutineThreadsafe(Fail(), other.Loop).WaitGuarded());
        other.Invoke(static () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        });
        other.Invoke(static () => { });
        Assert.Empty(other.Reports);

        static async Coroutine<int> Fail()
        {
            await Sleep(0);
            throw new FormatException();
        }
    }

    [Fact]
    public void Cancel_ByTheToken_CancelsTheTask()
    {
        using var other = new LoopThread();
        using var cancel = new CancellationTokenSource();
        using var started = new ManualResetEventSlim();
        var cleaned = false;
        var task = RunCoroutineThreadsafe(Work(), other.Loop, cancel.Token);
        Assert.True(started.Wait(LoopThread.Guard));
        cancel.Cancel();
        Assert.Throws<TaskCanceledException>(() => task.WaitGuarded());
        Assert.True(cleaned);

        async Coroutine Work()
        {
            try
            {
                started.Set();
                await new Future<int>();
            }
            finally
            {
                cleaned = true;
            }
        }
    }

    [Fact]
    public void Cancel_InTheLoop_CancelsTheDotNetTask()
    {
        using var other = new LoopThread();
        var task = RunCoroutineThreadsafe(CancelItself(), other.Loop);
        Assert.Throws<TaskCanceledException>(() => task.WaitGuarded());

        static async Coroutine CancelItself()
        {
            CurrentTask()!.Cancel();
            await Sleep(0);
        }
    }

    [Fact]
    public void Cancel_Refused_GivesTheResult()
    {
        using var other = new LoopThread();
        using var cancel = new CancellationTokenSource();
        using var started = new ManualResetEventSlim();
        var task = RunCoroutineThreadsafe(Refuse(), other.Loop, cancel.Token);
        Assert.True(started.Wait(LoopThread.Guard));
        cancel.Cancel();
        Assert.Equal("refused", task.WaitGuarded());

        async Coroutine<string> Refuse()
        {
            try
            {
                started.Set();
                await new Future<int>();
            }
            catch (CancelledException)
            {
            }

            return "refused";
        }
    }

    [Fact]
    public void Cancel_TokenCancelledBefore_TheTaskIsCancelled()
    {
        using var other = new LoopThread();
        var task = RunCoroutineThreadsafe(Wait(), other.Loop, new CancellationToken(true));
        Assert.Throws<TaskCanceledException>(() => task.WaitGuarded());

        static async Coroutine Wait() => await new Future<int>();
    }

    [Fact]
    public void Cancel_AfterTheEnd_DoesNothing()
    {
        using var other = new LoopThread();
        using var cancel = new CancellationTokenSource();
        Assert.Equal(1, RunCoroutineThreadsafe(Sleep(0, 1), other.Loop, cancel.Token).WaitGuarded());
        cancel.Cancel();
        other.Invoke(static () => { });
        Assert.Empty(other.Reports);
    }

    [Fact]
    public void TaskFactoryThatFails_TheCallerGetsItsError()
    {
        using var other = new LoopThread();
        other.Invoke(() => other.Loop.TaskFactory = new FailingFactory());
        Assert.Throws<FormatException>(() => RunCoroutineThreadsafe(Sleep(0), other.Loop).WaitGuarded());
    }

    [Fact]
    public void AwaitedCoroutine_TheCallerGetsTheError()
    {
        using var other = new LoopThread();
        var coroutine = Sleep(0, 1);
        RunCoroutineThreadsafe(coroutine, other.Loop).WaitGuarded();
        Assert.Throws<InvalidOperationException>(() => RunCoroutineThreadsafe(coroutine, other.Loop).WaitGuarded());
    }

    [Fact]
    public void ClosedLoop_Throws()
    {
        var loop = new EventLoop();
        loop.Close();
        Expect.AtTheCall<InvalidOperationException>(() => { RunCoroutineThreadsafe(Sleep(0), loop); });
    }

    [Fact]
    public void LoopIsClosed_BeforeItBegan_TheDotNetTaskIsCancelled()
    {
        var loop = new EventLoop();
        var task = RunCoroutineThreadsafe(Sleep(0), loop);
        loop.Close();
        Assert.Throws<TaskCanceledException>(() => task.WaitGuarded());
    }

    [Fact]
    public void LoopIsClosed_WhileItIsPending_TheDotNetTaskIsCancelled()
    {
        var reports = new List<LoopErrorContext>();
        var loop = new EventLoop { ExceptionHandler = (_, report) => reports.Add(report) };
        using var cancel = new CancellationTokenSource();
        var task = RunCoroutineThreadsafe(Stay(), loop, cancel.Token);
        loop.RunForever();
        loop.Close();
        Assert.Throws<TaskCanceledException>(() => task.WaitGuarded());
        Assert.Equal("Task was pending when its loop was closed", Assert.Single(reports).Message);
        cancel.Cancel();

        async Coroutine Stay()
        {
            loop.Stop();
            await new Future<int>();
        }
    }

    [Fact]
    public void LoopIsClosed_BeforeItHasToldOfTheResult_TheResultReachesTheOtherThread()
    {
        var loop = new EventLoop();
        var task = RunCoroutineThreadsafe(Last(), loop);
        loop.RunForever();
        Assert.False(task.IsCompleted);
        loop.Close();
        Assert.Equal(7, task.WaitGuarded());

        async Coroutine<int> Last()
        {
            loop.Stop();
            return 7;
        }
    }

    [Fact]
    public async Task LoopIsClosed_WhileOthersPost_NothingIsLost()
    {
        for (var round = 0; round < 200; round++)
        {
            var loop = new EventLoop();
            using var ready = new Barrier(2);
            var posting = Task.Run(() => Post(loop, ready), TestContext.Current.CancellationToken);
            ready.SignalAndWait(TestContext.Current.CancellationToken);
            loop.Close();
            foreach (var task in await posting)
            {
                Assert.True(((IAsyncResult)task).AsyncWaitHandle.WaitOne(LoopThread.Guard), "The task did not end.");
                Assert.True(task.IsCanceled);
            }
        }

        static List<Task> Post(EventLoop loop, Barrier ready)
        {
            var posted = new List<Task>();
            ready.SignalAndWait();
            try
            {
                for (var i = 0; i < 200; i++)
                    posted.Add(RunCoroutineThreadsafe(Sleep(0), loop));
            }
            catch (InvalidOperationException)
            {
                // Closed.
            }

            return posted;
        }
    }

    [Fact]
    public void TwoLoops_CanCallEachOther()
    {
        using LoopThread one = new(), two = new();
        async Coroutine<int> PingPong(int n, LoopThread here, LoopThread there)
        {
            Assert.Equal(here.ThreadId, Environment.CurrentManagedThreadId);
            if (n == 0)
                return 0;
            var result = await RunCoroutineThreadsafe(PingPong(n - 1, there, here), there.Loop);
            Assert.Equal(here.ThreadId, Environment.CurrentManagedThreadId);
            return result + 1;
        }

        Assert.Equal(50, RunCoroutineThreadsafe(PingPong(50, one, two), one.Loop).WaitGuarded());
    }

    private sealed class FailingFactory : ITaskFactory
    {
        public AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) => throw new FormatException();
    }
}
