namespace Tulip.Tests;

public sealed class TaskContextTests
{
    private static readonly ContextVar<int> s_variable = new("the task's", 0);

    [Fact]
    public void Context_OfATaskThatSetsNothing_IsOneAndReachesTheTask() => LoopTest.Run(async () =>
    {
        var task = CreateTask(ReadTwice());
        await Sleep(0);
        Assert.Same(task.Context, task.Context);
        task.Context.Run(static () => s_variable.Set(5));
        Assert.Equal((0, 5), await task);
        Assert.Equal(0, s_variable.Value);

        static async Coroutine<(int Before, int After)> ReadTwice()
        {
            var before = s_variable.Value;
            await Sleep(1);
            return (before, s_variable.Value);
        }
    });

    [Fact]
    public void Context_ReadWhileTheTaskSteps_IsTheOneItsVariablesAreIn() => LoopTest.Run(async () =>
    {
        await CreateTask(AskFirst());
        await CreateTask(SetFirst());

        static async Coroutine AskFirst()
        {
            var own = CurrentTask()!.Context;
            s_variable.Set(1);
            Assert.True(own.TryGet(s_variable, out var value) && value == 1);
            await Sleep(1);
            Assert.Same(own, CurrentTask()!.Context);
            Assert.Equal(1, s_variable.Value);
        }

        static async Coroutine SetFirst()
        {
            s_variable.Set(2);
            Assert.True(CurrentTask()!.Context.TryGet(s_variable, out var value) && value == 2);
            await Sleep(1);
            Assert.Equal(2, s_variable.Value);
        }
    });

    [Fact]
    public void Context_ReadInsideAnothersRun_IsTheTasksOwn() => LoopTest.Run(async () =>
    {
        await CreateTask(Nested());

        static async Coroutine Nested()
        {
            var task = CurrentTask()!;
            var (outer, inner) = (new Context(), new Context());
            var own = outer.Run(() => inner.Run(() => task.Context));
            Assert.NotSame(outer, own);
            Assert.NotSame(inner, own);
            s_variable.Set(3);
            Assert.True(own.TryGet(s_variable, out var value) && value == 3);
            await Sleep(1);
            Assert.Same(own, task.Context);
            Assert.Equal(3, s_variable.Value);
        }
    });

    [Fact]
    public void Context_OfTheCreator_ReadByAnEagerChild_IsTheCreators() => LoopTest.Run(async () =>
    {
        var creator = CurrentTask()!;
        var seen = await CreateTask(Child(creator), eagerStart: true);
        Assert.Same(seen, creator.Context);
        s_variable.Set(4);
        Assert.True(seen.TryGet(s_variable, out var value) && value == 4);

        static async Coroutine<Context> Child(IAsyncTask creator) => creator.Context;
    });

    [Fact]
    public void Context_GivenToCreateTask_IsThatOne() => LoopTest.Run(async () =>
    {
        var shared = new Context();
        var task = CreateTask(Change(), context: shared);
        Assert.Same(shared, task.Context);
        await task;
        Assert.Same(shared, task.Context);
        Assert.True(shared.TryGet(s_variable, out var value) && value == 6);

        static async Coroutine Change() => s_variable.Set(6);
    });

    [Fact]
    public void Context_OnAnotherThread_Throws()
    {
        using var other = new LoopThread();
        AsyncTask<Unit>? task = null;
        other.Invoke(() => task = CreateTask(Sleep(1000)));
        Assert.Throws<InvalidOperationException>(() => task!.Context);
        other.Invoke(() => task!.Cancel());
    }

    [Fact]
    public void RunnerRun_WithAContext_RunsInIt()
    {
        static async Coroutine<int> Add()
        {
            s_variable.Value++;
            await Sleep(1);
            return s_variable.Value;
        }

        var given = new Context();
        using var runner = new Runner(static () => new EventLoop(new VirtualClock()));
        Assert.Equal(1, runner.Run(Add()));
        Assert.Equal(1, runner.Run(Add(), given));
        Assert.Equal(2, runner.Run(Add(), given));
        Assert.Equal(2, runner.Run(Add()));
        Assert.True(given.TryGet(s_variable, out var value) && value == 2);
    }
}
