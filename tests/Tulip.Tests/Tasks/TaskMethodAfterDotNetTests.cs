// Inwards, after an await of .NET's own: the method still is the work of the task that called it.
using System.Threading.Channels;

namespace Tulip.Tests;

public sealed class TaskMethodAfterDotNetTests
{
    public static TheoryData<string, Func<Task>> Awaits => new()
    {
        { "Task.Yield", static async () => await Task.Yield() },
        { "Task.Run", static async () => await Task.Run(static () => { }) },
        { "a channel", static async () => await ReadOne() },
    };

    [Fact]
    public void CurrentTask_AfterEachKindOfAwait_IsTheCallers() => LoopTest.Run(async () =>
    {
        var current = CurrentTask();
        async Task Method()
        {
            await Task.Yield();
            Assert.Same(current, CurrentTask());
            await Task.Run(static () => { });
            Assert.Same(current, CurrentTask());
            await ReadOne();
            Assert.Same(current, CurrentTask());
            await Sleep(1);
            Assert.Same(current, CurrentTask());
            await Task.Yield();
            Assert.Same(current, CurrentTask());
            Assert.False(CancelToken.IsCancellationRequested);
        }

        await Method();
        Assert.Same(current, CurrentTask());
    });

    [Fact]
    public void CurrentTask_InMethodsInsideMethods_IsTheirCallers() => LoopTest.Run(async () =>
    {
        static async Task<IAsyncTask?> Inner()
        {
            await Task.Yield();
            await Sleep(1);
            return CurrentTask();
        }

        static async Task<IAsyncTask?[]> Outer() => await Task.WhenAll(Inner(), Inner());
        async Coroutine Work(IAsyncTask?[] callers)
        {
            callers[0] = CurrentTask();
            Assert.Equal([callers[0], callers[0]], await Outer());
        }

        // Several tasks at once: none takes another's place.
        await Gather(Work([null]), Work([null]), Work([null]));
    });

    [Theory]
    [MemberData(nameof(Awaits))]
    public void Cancel_AfterAnAwaitOfDotNets_CancelsWhatTheMethodAwaits(string name, Func<Task> dotNet) => LoopTest.Run(async () =>
    {
        var waits = new Future<Unit>();
        var log = new List<string>();
        async Task Method()
        {
            await dotNet();
            try
            {
                waits.SetResult(default);
                await Sleep(100);
            }
            catch (CancelledException)
            {
                log.Add(name);
                throw;
            }
        }

        async Coroutine Work() => await Method();
        var task = CreateTask(Work());
        await waits;
        await Sleep(1);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled);
        Assert.Equal([name], log);
        Assert.Equal(1.0, GetRunningLoop().Time);
    });

    [Fact]
    public void CancelToken_AfterAnAwaitOfDotNets_IsTheTasks() => LoopTest.Run(async () =>
    {
        var reached = new Future<Unit>();
        async Task Method()
        {
            await Task.Yield();
            reached.SetResult(default);
            await Task.Delay(Timeout.Infinite, CancelToken);
        }

        async Coroutine Work() => await Method();
        var task = CreateTask(Work());
        await reached;
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void ContextVariables_AfterAnAwaitOfDotNets_AreTheTasks() => LoopTest.Run(async () =>
    {
        var variable = new ContextVar<string>("v", "none");
        variable.Set("task");
        async Task Method()
        {
            await Task.Yield();
            Assert.Equal("task", variable.Value);
            variable.Set("method");
        }

        await Method();
        Assert.Equal("method", variable.Value);
    });

    [Fact]
    public void Iterator_AfterAnAwaitOfDotNets_IsCancelledWithItsTask() => LoopTest.Run(async () =>
    {
        var log = new List<int>();
        static async IAsyncEnumerable<int> Count()
        {
            for (var i = 0; ; i++)
            {
                await Task.Yield();
                await Sleep(1);
                yield return i;
            }
        }

        async Coroutine Work()
        {
            await foreach (var i in Count())
                log.Add(i);
        }

        var task = CreateTask(Work());
        await Sleep(3.5);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled);
        Assert.Equal([0, 1, 2], log);
        Assert.Equal(3.5, GetRunningLoop().Time);
    });

    [Fact]
    public void TaskThatCalledTheMethod_EndsFirst_TheMethodHasNoTask() => LoopTest.Run(async () =>
    {
        Task<IAsyncTask?>? method = null;
        static async Task<IAsyncTask?> Method()
        {
            await Task.Yield();
            await Sleep(5);
            await Task.Yield();
            return CurrentTask();
        }

        async Coroutine Work()
        {
            method = Method();
            await Task.CompletedTask;
        }

        await CreateTask(Work());
        Assert.Null(await method!);
    });

    [Fact]
    public void EagerTask_ThatAwaitsOnlyTulip_DoesNotTakeItsCreatorsContext() => LoopTest.Run(async () =>
    {
        var seen = new List<SynchronizationContext?>();
        async Coroutine Child() => seen.Add(SynchronizationContext.Current);
        async Coroutine Creator()
        {
            var before = SynchronizationContext.Current;
            await CreateTask(Child(), eagerStart: true);
            Assert.Same(before, SynchronizationContext.Current);
            await Task.CompletedTask;
        }

        await Creator();
        Assert.Same(GetRunningLoop().SynchronizationContext, Assert.Single(seen));
    });

    private static async Task<int> ReadOne()
    {
        var channel = Channel.CreateUnbounded<int>();
        _ = Task.Run(() => channel.Writer.TryWrite(1));
        return await channel.Reader.ReadAsync();
    }
}
