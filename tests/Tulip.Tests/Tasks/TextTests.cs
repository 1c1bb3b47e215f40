using System.Text.RegularExpressions;

namespace Tulip.Tests;

public sealed class TextTests
{
    [Fact]
    public void ToString_Future_SaysStateAndOutcome() => LoopTest.Run(async () =>
    {
        var future = new Future<string>();
        Assert.Equal("<Future pending>", future.ToString());
        future.SetResult("tea");
        Assert.Equal("<Future finished result='tea'>", future.ToString());

        var number = new Future<int?>();
        number.SetResult(null);
        Assert.Equal("<Future finished result=null>", number.ToString());

        var failed = new Future<int>();
        failed.SetException(new FormatException("bad"));
        Assert.Equal("<Future finished exception=FormatException('bad')>", failed.ToString());
        _ = failed.Exception();

        var cancelled = new Future<int>();
        cancelled.Cancel();
        Assert.Equal("<Future cancelled>", cancelled.ToString());

        var nothing = new Future<Unit>();
        nothing.SetResult(default);
        Assert.Equal("<Future finished>", nothing.ToString());
        await Sleep(0);
    });

    [Fact]
    public void ToString_FutureWithCallbacks_NamesThem() => LoopTest.Run(async () =>
    {
        var future = new Future<int>();
        static void Notify(Future _)
        {
        }

        future.AddDoneCallback(Notify);
        Assert.Contains("cb=[", future.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(Notify), future.ToString(), StringComparison.Ordinal);
        future.AddDoneCallback(Notify);
        Assert.Equal("<Future pending cb=[2 callbacks]>", future.ToString());

        var awaited = new Future<int>();
        async Coroutine Wait() => await awaited;
        var task = CreateTask(Wait(), "waiter");
        await Sleep(0);
        Assert.Equal("<Future pending cb=[wakes 'waiter']>", awaited.ToString());
        awaited.SetResult(1);
        future.SetResult(1);
        await task;
    });

    [Fact]
    public void ToString_LongResult_IsCut() => LoopTest.Run(async () =>
    {
        var future = new Future<string>();
        future.SetResult(new string('x', 10_000));
        Assert.InRange(future.ToString().Length, 100, 200);
        await Sleep(0);
    });

    [Fact]
    public void ToString_Task_SaysNameMethodAndPlaceInEachState() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Spin(), "spinner");
        Assert.Matches(@"^<Task pending name='spinner' coro=<Spin\(\) running at TextTests\.cs:\d+>>$", task.ToString());
        await Sleep(0);
        Assert.Matches(@"^<Task pending name='spinner' coro=<Spin\(\) running at TextTests\.cs:\d+> wait_for=<a sleep>>$", task.ToString());
        var lineOfTheSleep = Line(task);
        await Sleep(1.5);
        Assert.Contains("wait_for=<Future pending>", task.ToString(), StringComparison.Ordinal);
        Assert.Equal(lineOfTheSleep + 1, Line(task));
        task.Cancel();
        Assert.StartsWith("<Task cancelling name='spinner'", task.ToString(), StringComparison.Ordinal);
        await Wait([task]);
        Assert.Matches(@"^<Task cancelled name='spinner' coro=<Spin\(\) done, defined at TextTests\.cs:\d+>>$", task.ToString());

        static async Coroutine Spin()
        {
            await Sleep(1);
            await new Future<int>();
        }
    });

    [Fact]
    public void ToString_FinishedTask_SaysResultOrException() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Answer() => 42;
        static async Coroutine Fail() => throw new FormatException("bad");
        var good = CreateTask(Answer(), "good");
        var bad = CreateTask(Fail(), "bad");
        await Wait<Future>([good, bad]);
        Assert.Matches(@"^<Task finished name='good' coro=<Answer\(\) done, defined at TextTests\.cs:\d+> result=42>$", good.ToString());
        Assert.Matches(@"^<Task finished name='bad' coro=<Fail\(\) done, defined at TextTests\.cs:\d+> exception=FormatException\('bad'\)>$", bad.ToString());
        _ = bad.Exception();
    });

    [Fact]
    public void ToString_TaskThatAwaitsATask_NamesIt() => LoopTest.Run(async () =>
    {
        var inner = CreateTask(Sleep(5), "inner");
        async Coroutine Wait() => await inner;
        var outer = CreateTask(Wait(), "outer");
        await Sleep(1);
        Assert.Contains("wait_for=<Task pending name='inner'>", outer.ToString(), StringComparison.Ordinal);
        Assert.Contains("cb=[wakes 'outer']", inner.ToString(), StringComparison.Ordinal);
        await outer;
    });

    [Fact]
    public void ToString_TaskThatAwaitsDotNet_SaysSo() => LoopTest.Run(async () =>
    {
        var source = new TaskCompletionSource();
        async Coroutine Wait() => await source.Task;
        var task = CreateTask(Wait());
        await Sleep(0);
        Assert.Contains("wait_for=<a .NET task>", task.ToString(), StringComparison.Ordinal);
        source.SetResult();
        await task;
    });

    [Fact]
    public void ToString_TaskInsideAnAwaitedCoroutine_DescribesTheOutermost() => LoopTest.Run(async () =>
    {
        static async Coroutine Outer() => await Inner();
        static async Coroutine Inner() => await Sleep(5);
        var task = CreateTask(Outer());
        await Sleep(1);
        Assert.Contains("coro=<Outer() running at", task.ToString(), StringComparison.Ordinal);
        await task;
    });

    [Fact]
    public void ToString_Sleep_IsNamedSleep() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(1));
        Assert.Contains("coro=<Sleep()", task.ToString(), StringComparison.Ordinal);
        Assert.Equal("<coroutine Sleep()>", Sleep(1).ToString());
        await task;
    });

    [Fact]
    public void ToString_TaskOfTulipsOwnFunctions_NamesTheFunctionThatWasCalled() => LoopTest.Run(async () =>
    {
        var reader = new AsyncStreamReader();
        IAsyncTask[] tasks = [CreateTask(Sleep(1, 2)), CreateTask(ToThread(static () => { })), CreateTask(ToThread(static () => 1)), CreateTask(reader.ReadExactly(1))];
        Assert.Equal(["Sleep", "ToThread", "ToThread", "ReadExactly"], tasks.Select(static task => Regex.Match(task.ToString()!, @"coro=<(\w+)\(\)").Groups[1].Value));
        reader.FeedData("x"u8);
        foreach (var task in tasks)
            await task.AsTask();
    });

    [Fact]
    public void ToString_Coroutine_SaysMethodAndWhetherItWasAwaited() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Answer() => 42;
        var coroutine = Answer();
        Assert.Matches(@"^<coroutine Answer\(\) running at TextTests\.cs:\d+>$", coroutine.ToString());
        await coroutine;
        Assert.Equal("<coroutine already awaited>", coroutine.ToString());
        Assert.Equal("<coroutine without a call>", default(Coroutine).ToString());
    });

    [Fact]
    public void ToString_Handles_SayTheirState() => LoopTest.Run(async () =>
    {
        var timer = GetRunningLoop().CallLater(1.5, static () => { });
        Assert.Equal("<TimerHandle when=1.5>", timer.ToString());
        timer.Cancel();
        Assert.Equal("<TimerHandle cancelled when=1.5>", timer.ToString());
        await Sleep(0);
    });

    [Fact]
    public void ToString_Settled_IsTheResultOrTheException() => LoopTest.Run(async () =>
    {
        static async Coroutine<int> Answer() => 42;
        static async Coroutine<int> Fail() => throw new FormatException("bad");
        var settled = await GatherSettled(Answer(), Fail());
        Assert.Equal(["42", "FormatException: bad"], settled.Select(one => one.ToString()));
    });

    [Fact]
    public void ToString_ErrorReport_NamesWhatIsConcerned()
    {
        var report = new LoopErrorContext("It went wrong") { Exception = new FormatException("bad"), Task = "a task", Future = "a future" };
        Assert.Matches("^It went wrong\r?\nfuture: a future\r?\ntask: a task\r?\nSystem.FormatException: bad", report.ToString());
    }

    private static int Line(IAsyncTask task) => int.Parse(Regex.Match(task.ToString()!, @"\.cs:(\d+)").Groups[1].Value);
}
