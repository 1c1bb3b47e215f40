namespace Tulip.Tests;

public sealed class AsyncTaskTests
{
    [Fact]
    public void CreateTask_Body_BeginsInTheNextPass() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        var task = CreateTask(Work());
        log.Add("created");
        await Sleep(0);
        Assert.Equal(["created", "worked"], log);
        Assert.True(task.Done);
        Assert.Equal(5, await task);

        async Coroutine<int> Work()
        {
            log.Add("worked");
            return 5;
        }
    });

    [Fact]
    public void CreateTask_Several_BeginInTheOrderOfTheirCreation() => LoopTest.Run(async () =>
    {
        var log = new List<int>();
        async Coroutine Work(int n) => log.Add(n);
        var tasks = Enumerable.Range(0, 100).Select(n => CreateTask(Work(n))).ToArray();
        await Sleep(0);
        Assert.Equal(Enumerable.Range(0, 100), log);
        Assert.All(tasks, task => Assert.True(task.Done));
    });

    [Fact]
    public void Await_TaskTwice_GivesTheResultTwice() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(1, new object()));
        Assert.Same(await task, await task);
    });

    [Fact]
    public void Await_FailedTask_ThrowsWithTheTraceOfItsCoroutine() => LoopTest.Run(async () =>
    {
        var task = CreateTask(FailLater());
        var exception = await Expect.Throws<FormatException>(async () => await task);
        Assert.Same(exception, task.Exception());
        Assert.Contains(nameof(FailLater), exception.StackTrace, StringComparison.Ordinal);

        static async Coroutine FailLater()
        {
            await Sleep(1);
            throw new FormatException();
        }
    });

    [Fact]
    public void SetResultAndSetException_OfATask_AreRefused() => LoopTest.Run(async () =>
    {
        Future<int> task = CreateTask(Sleep(1, 1));
        Assert.Throws<InvalidOperationException>(() => task.SetResult(2));
        Assert.Throws<InvalidOperationException>(() => task.SetException(new FormatException()));
        Assert.Equal(1, await task);
    });

    [Fact]
    public void Name_Default_IsNumberedAndCanBeChanged() => LoopTest.Run(async () =>
    {
        var first = CreateTask(Sleep(0));
        var second = CreateTask(Sleep(0));
        var named = CreateTask(Sleep(0), "tea");
        Assert.Equal(int.Parse(first.Name["Task-".Length..]) + 1, int.Parse(second.Name["Task-".Length..]));
        Assert.Equal("tea", named.Name);
        named.Name = "coffee";
        Assert.Equal("coffee", named.Name);
        Assert.Throws<ArgumentNullException>(() => named.Name = null!);
        await Gather(first, second, named);
        Assert.Equal("coffee", named.Name);
    });

    [Fact]
    public void CurrentTask_IsTheRunningOneAndNullInCallbacks() => LoopTest.Run(async () =>
    {
        var main = CurrentTask();
        IAsyncTask? seen = null;
        IAsyncTask? inCallback = main;
        IAsyncTask? inDoneCallback = main;
        async Coroutine Look()
        {
            seen = CurrentTask();
            await Inner();
        }

        async Coroutine Inner() => Assert.Same(seen, CurrentTask());

        var task = CreateTask(Look());
        task.AddDoneCallback(_ => inDoneCallback = CurrentTask());
        GetRunningLoop().CallSoon(() => inCallback = CurrentTask());
        await task;
        await Sleep(0);
        Assert.Same(task, seen);
        Assert.Null(inCallback);
        Assert.Null(inDoneCallback);
        Assert.Same(main, CurrentTask());
    });

    [Fact]
    public void AllTasks_AreTheUnfinishedOnesInTheOrderOfCreation() => LoopTest.Run(async () =>
    {
        var a = CreateTask(Sleep(1));
        var b = CreateTask(Sleep(3));
        var c = CreateTask(Sleep(2));
        Assert.Equal([CurrentTask()!, a, b, c], AllTasks());
        await a;
        Assert.Equal([CurrentTask()!, b, c], AllTasks());
        await c;
        var d = CreateTask(Sleep(2));
        Assert.Equal([CurrentTask()!, b, d], AllTasks());
        await Gather(b, d);
        Assert.Equal([CurrentTask()!], AllTasks());
    });

    [Fact]
    public void Task_ThatNobodyKeeps_IsNotCollected()
    {
        var done = 0;
        LoopTest.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                StartSoon(Work());
            await Sleep(0);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            await Sleep(10);
        });
        Assert.Equal(10, done);

        // The future it waits for is known to nobody but itself and the timer's callback.
        async Coroutine Work()
        {
            var future = new Future<int>();
            GetRunningLoop().CallLater(5, () => future.SetResult(1));
            await future;
            done++;
        }
    }

    [Fact]
    public void EnsureFuture_FutureStaysItselfAndCoroutineBecomesATask() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        Assert.Same(future, EnsureFuture(future));
        var task = EnsureFuture(Sleep(1, 2));
        Assert.Contains(AllTasks(), one => ReferenceEquals(one, task));
        Assert.Equal(2, await task);
    });

    [Fact]
    public void StartSoon_FailingCoroutine_IsReported()
    {
        var reports = LoopTest.RunReporting(static async () =>
        {
            StartSoon(Fail(), "left alone");
            await Sleep(2);
        });
        var report = Assert.Single(reports);
        Assert.Equal("Task exception was never retrieved", report.Message);
        Assert.IsType<FormatException>(report.Exception);
        Assert.Equal("left alone", Assert.IsType<IAsyncTask>(report.Future, exactMatch: false).Name);

        static async Coroutine Fail()
        {
            await Sleep(1);
            throw new FormatException();
        }
    }

    [Fact]
    public void CreateTask_WithoutARunningLoop_Throws()
    {
        Assert.Throws<InvalidOperationException>(static () => CreateTask(Sleep(1)));
        Assert.Throws<InvalidOperationException>(static () => StartSoon(Sleep(1)));
        Assert.Throws<InvalidOperationException>(static () => CurrentTask());
        Assert.Throws<InvalidOperationException>(static () => AllTasks());
        Assert.Throws<InvalidOperationException>(static () => Aio.CancelToken);
    }

    [Fact]
    public void CreateTask_DefaultCoroutine_IsRefused() => LoopTest.Run(async () =>
    {
        Assert.Throws<ArgumentException>(static () => CreateTask(default(Coroutine)));
        Assert.Throws<ArgumentException>(static () => CreateTask(default(Coroutine<int>)));
        await Sleep(0);
    });

    [Fact]
    public void TaskFactory_MakesTheTasksAndItsErrorsSurface() => LoopTest.Run(async () =>
    {
        var factory = new CountingFactory();
        GetRunningLoop().TaskFactory = factory;
        Assert.Same(factory, GetRunningLoop().TaskFactory);
        await CreateTask(Sleep(1), "tea");
        await Gather(Sleep(1), Sleep(2));
        Assert.Equal(["tea", null, null], factory.Names);
        factory.Failure = new FormatException();
        Assert.Throws<FormatException>(static () => CreateTask(Sleep(1)));
        Assert.Throws<FormatException>(static () => StartSoon(Sleep(1)));
        GetRunningLoop().TaskFactory = null;
        await CreateTask(Sleep(1));
        Assert.Equal(3, factory.Names.Count);
    });

    private sealed class CountingFactory : ITaskFactory
    {
        public List<string?> Names { get; } = [];

        public Exception? Failure { get; set; }

        public AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, TaskOptions options)
        {
            if (Failure is not null)
                throw Failure;
            Names.Add(options.Name);
            return TaskFactories.Default.Create(loop, coroutine, options);
        }
    }
}
