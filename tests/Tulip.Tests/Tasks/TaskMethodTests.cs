// Inwards: an async Task method that runs on the loop awaits what is Tulip's. It never parks the current task.
namespace Tulip.Tests;

public sealed class TaskMethodTests
{
    [Fact]
    public void Await_SleepCoroutineAndFuture_GiveTheirResultsOnTheLoop() => LoopTest.Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        async Task<string> Method()
        {
            await Sleep(1);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            var text = await Sleep(1, "tea");
            var future = new Future<string>();
            GetRunningLoop().CallLater(1, () => future.SetResult(" and milk"));
            return text + await future;
        }

        Assert.Equal("tea and milk", await Method());
        Assert.Equal(3.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Await_OnAnotherThread_TellsHowItCameToBeThere() => LoopTest.Run(async () =>
    {
        var thrown = await Expect.Throws<InvalidOperationException>(async () => await Task.Run(static async () => await Sleep(0)));
        Assert.Contains("ConfigureAwait(false)", thrown.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Await_FailingCoroutineOrFuture_ThrowsInTheMethod() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Fail()
        {
            await Sleep(1);
            throw new FormatException("coroutine");
        }

        static async Task<string> Method()
        {
            try
            {
                await Fail();
                return "no";
            }
            catch (FormatException exception)
            {
                var future = new Future<int>();
                GetRunningLoop().CallSoon(() => future.SetException(new FormatException(exception.Message + " and future")));
                await future;
                return "no";
            }
        }

        var error = await Expect.Throws<FormatException>(static async () => await Method());
        Assert.Equal("coroutine and future", error.Message);
    });

    [Fact]
    public void Await_Coroutine_RunsAsAChildTask() => LoopTest.Run(async () =>
    {
        var current = CurrentTask();
        static async Coroutine<IAsyncTask?> Who() => CurrentTask();
        static async Task<IAsyncTask?> Method() => await Who();
        var child = await Method();
        Assert.NotNull(child);
        Assert.NotSame(current, child);
        Assert.True(child.Done);
    });

    [Fact]
    public void Await_InTheMethod_DoesNotParkTheCurrentTask() => LoopTest.Run(async () =>
    {
        static async Task<double> Method()
        {
            await Sleep(5);
            return GetRunningLoop().Time;
        }

        var running = Method();
        await Sleep(1);
        Assert.Equal((1.0, false), (GetRunningLoop().Time, running.IsCompleted));
        Assert.Equal(5.0, await running);
    });

    [Fact]
    public void CurrentTask_InTheMethod_IsTheTaskThatCalledIt() => LoopTest.Run(async () =>
    {
        var current = CurrentTask();
        async Task Method()
        {
            Assert.Same(current, CurrentTask());
            await Sleep(1);
            Assert.Same(current, CurrentTask());
            await new Future<int>(GetRunningLoop()).Settle(1);
            Assert.Same(current, CurrentTask());
        }

        await Method();
        Assert.Same(current, CurrentTask());
    });

    [Fact]
    public void Cancel_CurrentTask_CancelsTheMethodsChild() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Task Method()
        {
            try
            {
                await Sleep(100);
            }
            catch (CancelledException)
            {
                log.Add("method cancelled");
                throw;
            }
        }

        async Coroutine Work() => await Method();
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        await Wait([task]);
        Assert.Equal(["method cancelled"], log);
        Assert.True(task.Cancelled);
        Assert.Equal(1.0, GetRunningLoop().Time);
    });

    [Fact]
    public void Cancel_CurrentTask_CancelsTheFutureTheMethodAwaits() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        async Task Method() => await future;
        async Coroutine Work() => await Method();
        var task = CreateTask(Work());
        await Sleep(1);
        task.Cancel();
        Assert.True(future.Cancelled);
        await Wait([task]);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void Await_DoneFuture_GoesOnInLine() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        future.SetResult(3);
        async Task<int> Method() => await future;
        var method = Method();
        Assert.True(method.IsCompleted);
        Assert.Equal(3, await method);
    });

    [Fact]
    public void Await_UsedCoroutine_ThrowsInTheMethod() => LoopTest.Run(async () =>
    {
        var used = Sleep(0, 1);
        await used;
        var log = new List<string>();
        async Task Method()
        {
            try
            {
                await used;
            }
            finally
            {
                log.Add("finally");
            }
        }

        await Expect.Throws<InvalidOperationException>(async () => await Method());
        Assert.Equal(["finally"], log);
    });

    [Fact]
    public void Await_TaskFactoryThatFails_ThrowsInTheMethod() => LoopTest.Run(async () =>
    {
        static async Task Method() => await Sleep(1);
        GetRunningLoop().TaskFactory = new FailingFactory();
        await Expect.Throws<FormatException>(static async () => await Method());
        GetRunningLoop().TaskFactory = null;
        await Method();
    });

    [Fact]
    public void ContextVariables_SetInTheMethod_BehaveAsInTheTask() => LoopTest.Run(async () =>
    {
        var variable = new ContextVar<string>("v", "none");
        variable.Set("task");
        async Task Method()
        {
            Assert.Equal("task", variable.Value);
            await Sleep(1);
            Assert.Equal("task", variable.Value);
            variable.Set("method");
        }

        await Method();
        Assert.Equal("method", variable.Value);
    });

    [Fact]
    public void TaskThatCalledTheMethod_EndsFirst_TheMethodStillEnds() => LoopTest.Run(async () =>
    {
        Task<IAsyncTask?>? method = null;
        static async Task<IAsyncTask?> Method()
        {
            await Sleep(5);
            return CurrentTask();
        }

        async Coroutine Work() => method = Method();
        await CreateTask(Work());
        Assert.Null(await method!);
    });

    [Fact]
    public void AsyncVoidAndEvents_OnTheLoop_GoOn() => LoopTest.RunInRealTime(async () =>
    {
        var done = new Future<string>();
        async void Handler()
        {
            await Sleep(0);
            await Task.Run(static () => { });
            done.SetResult("handled");
        }

        Handler();
        Assert.Equal("handled", await done);
    });

    [Fact]
    public void ConfigureAwaitFalse_InTheMethod_LeavesTheLoopAndTheCoroutineComesBack() => LoopTest.Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        static async Task<int> Method()
        {
            await Task.Run(static () => { }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return Environment.CurrentManagedThreadId;
        }

        Assert.NotEqual(thread, await Method());
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
    });

    private sealed class FailingFactory : ITaskFactory
    {
        public AsyncTask<T> Create<T>(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) => throw new FormatException();
    }
}

internal static class FutureSettling
{
    /// <summary>Sets the future's result in the next pass.</summary>
    public static Future<T> Settle<T>(this Future<T> future, T result)
    {
        future.Loop.CallSoon(() => future.SetResult(result));
        return future;
    }
}
