// Outwards: a coroutine awaits what .NET has to offer, and is back on its loop afterwards.
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Tulip.Tests;

public sealed class DotNetAwaitTests
{
    [Fact]
    public void Await_AnyDotNetAwaitable_IsBackOnTheLoopAndInTheTask() => LoopTest.Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        var task = CurrentTask();
        var loop = GetRunningLoop();
        void CheckPlace()
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Assert.Same(task, CurrentTask());
            Assert.Same(loop, GetRunningLoop());
            Assert.NotNull(SynchronizationContext.Current);
        }

        await Task.Run(static () => { });
        CheckPlace();
        Assert.Equal(1, await Task.Run(static () => 1));
        CheckPlace();
        await Task.Run(static () => { }).ConfigureAwait(false);
        CheckPlace();
        Assert.Equal(2, await Task.Run(static () => 2).ConfigureAwait(false));
        CheckPlace();
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        CheckPlace();
        await Task.Yield();
        CheckPlace();
        await new ValueTask(Task.Run(static () => { }));
        CheckPlace();
        Assert.Equal(3, await new ValueTask<int>(Task.Run(static () => 3)).ConfigureAwait(false));
        CheckPlace();
        Assert.Equal(4, await new ValueTask<int>(4));
        CheckPlace();
        Assert.Equal(5, await ValueTaskOfASource(5));
        CheckPlace();
        await new ThreadPoolAwaitable();
        CheckPlace();
        await foreach (var n in Count(3))
        {
            CheckPlace();
            Assert.InRange(n, 0, 2);
        }
    });

    [Fact]
    public void Await_CompletedTask_GoesOnWithoutAHop() => LoopTest.Run(async () =>
    {
        var passes = GetRunningLoop().Passes;
        await Task.CompletedTask;
        await new ValueTask<int>(1);
        Assert.Equal(passes, GetRunningLoop().Passes);
    });

    [Fact]
    public void Await_TaskCompletedOnTheLoop_TakesOneHop() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        async Coroutine Wait()
        {
            await source.Task.ConfigureAwait(false);
            log.Add("went on");
        }

        var task = CreateTask(Wait());
        await Sleep(0);
        source.SetResult();
        log.Add("set");
        GetRunningLoop().CallSoon(() => log.Add("behind it"));
        await task;
        Assert.Equal(["set", "went on", "behind it"], log);
    });

    [Fact]
    public void Await_FailingTask_ThrowsItsException() => LoopTest.Run(async () =>
    {
        await Expect.Throws<FormatException>(async () => await Task.Run(() => Expect.Raise(new FormatException())));
        await Expect.Throws<FormatException>(async () => await Task.FromException(new FormatException()));
        await Expect.Throws<TaskCanceledException>(async () => await Task.FromCanceled(new CancellationToken(true)));
        Assert.Equal(0, CurrentTask()!.Cancelling);
    });

    [Fact]
    public void TaskYield_LetsTheOthersRunOnce() => LoopTest.Run(async () =>
    {
        var log = new List<string>();
        async Coroutine Work(string name)
        {
            for (var i = 0; i < 3; i++)
            {
                log.Add(name + i);
                await Task.Yield();
            }
        }

        await Gather(Work("a"), Work("b"));
        Assert.Equal(["a0", "b0", "a1", "b1", "a2", "b2"], log);
    });

    [Fact]
    public void Await_AwaiterThatCallsBackTwice_GoesOnOnce() => LoopTest.Run(async () =>
    {
        var count = 0;
        async Coroutine Work()
        {
            await new EagerAwaitable();
            count++;
            await Sleep(1);
            count++;
        }

        await CreateTask(Work());
        Assert.Equal((2, 1.0), (count, GetRunningLoop().Time));
    });

    [Fact]
    public void Await_InlineContinuationOfAnotherTask_LeavesTheCurrentTaskAlone() => LoopTest.Run(async () =>
    {
        // .NET continues an async Task method in line where its task is completed: here inside the other task's step.
        var source = new TaskCompletionSource();
        var log = new List<string>();
        async Task Method()
        {
            await source.Task;
            log.Add("method goes on in " + CurrentTask()?.Name);
            await Sleep(1);
            log.Add("method slept");
        }

        async Coroutine Waits() => await Method();
        var waits = CreateTask(Waits(), "waits");
        await Sleep(0);
        async Coroutine Sets()
        {
            var self = CurrentTask();
            source.SetResult();
            log.Add("set");
            Assert.Same(self, CurrentTask());
            await Sleep(0);
            Assert.Same(self, CurrentTask());
            log.Add("sets is done");
        }

        var sets = CreateTask(Sets(), "sets");
        await Gather(waits, sets);
        Assert.Equal("method slept", log[^1]);
        Assert.True(log.IndexOf("sets is done") < log.IndexOf("method slept"));
    });

    [Fact]
    public void Await_InlineContinuationOfACoroutine_DoesNotRunInsideTheOtherStep() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        async Coroutine Waits()
        {
            await source.Task;
            log.Add("went on");
        }

        var waits = CreateTask(Waits());
        await Sleep(0);
        source.SetResult();
        log.Add("after SetResult");
        await waits;
        Assert.Equal(["after SetResult", "went on"], log);
    });

    [Fact]
    public void TaskMethods_MixedWithCoroutines_NestAsDeepAsYouLike() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> AsCoroutine(int n) => n == 0 ? 0 : 1 + await AsTask(n - 1);
        static async Task<int> AsTask(int n)
        {
            await Sleep(0.5);
            return 1 + await AsCoroutine(n - 1);
        }

        Assert.Equal(20, await AsCoroutine(20));
        Assert.Equal(5.0, GetRunningLoop().Time);
    });

    [Fact]
    public void WhenAllAndWhenAny_OfTulipTasks_Work() => LoopTest.Run(async () =>
    {
        // No timer for the slow one: .NET hears of the end of a task by its thread pool, and virtual time does not wait.
        var slow = new Future<string>();
        var fast = CreateTask(Sleep(1, "fast"));
        Assert.Equal("fast", await await Task.WhenAny(slow.AsTask(), fast.AsTask()));
        slow.SetResult("slow");
        Assert.Equal(["slow", "fast"], await Task.WhenAll(slow.AsTask(), fast.AsTask()));
    });

    private static ValueTask<int> ValueTaskOfASource(int result)
    {
        var source = new Source();
        _ = Task.Run(() => source.Core.SetResult(result));
        return new ValueTask<int>(source, source.Core.Version);
    }

    private static async IAsyncEnumerable<int> Count(int n)
    {
        for (var i = 0; i < n; i++)
        {
            await Sleep(1);
            await Task.Yield();
            yield return i;
        }
    }

    private sealed class Source : IValueTaskSource<int>
    {
        // Not readonly: a mutable struct.
        public ManualResetValueTaskSourceCore<int> Core = new() { RunContinuationsAsynchronously = true };

        public int GetResult(short token) => Core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => Core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
            => Core.OnCompleted(continuation, state, token, flags);
    }

    /// <summary>Goes on on the thread pool; its awaiter is no ICriticalNotifyCompletion.</summary>
    private sealed class ThreadPoolAwaitable : INotifyCompletion
    {
        public bool IsCompleted => false;

        public ThreadPoolAwaitable GetAwaiter() => this;

        public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(_ => continuation());

        public void GetResult()
        {
        }
    }

    /// <summary>Calls back at once, and once too often.</summary>
    private sealed class EagerAwaitable : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public EagerAwaitable GetAwaiter() => this;

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            continuation();
            continuation();
        }

        public void GetResult()
        {
        }
    }
}
