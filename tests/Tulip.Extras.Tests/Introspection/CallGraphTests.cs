using System.Runtime.CompilerServices;
using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Introspection;

public sealed class CallGraphTests
{
    [Fact]
    public void CurrentTask_ShowsFunctionsAndCoroutines() => Virtual.Run(async () =>
    {
        var text = await Outer();
        Assert.Equal("""
            * Task(name='Task-1', id=0x1)
              + Call stack:
              |   File 'CallGraphTests.cs', line N, in Plain()
              |   File 'CallGraphTests.cs', line N, in async Inner()
              |   File 'CallGraphTests.cs', line N, in async Outer()
            """, FirstLines(Texts.Plain(text), 5));

        async Coroutine<string> Outer() => await Inner();

        async Coroutine<string> Inner()
        {
            await Sleep(1);
            return Plain();
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
        string Plain() => FormatCallGraph();
    });

    [Fact]
    public void CurrentTask_AfterAnInnerCoroutineEnded_ShowsOnlyWhatIsLeft() => Virtual.Run(async () =>
    {
        // The frame at which the step began is used again for a call that is not this task's.
        var text = await Middle();
        Assert.Equal("""
            * Task(name='Task-1', id=0x1)
              + Call stack:
              |   File 'CallGraphTests.cs', line N, in async Middle()
            """, FirstLines(Texts.Plain(text), 3));
        Assert.DoesNotContain("Pause", text);

        async Coroutine<string> Middle()
        {
            await Pause();
            var other = CreateTask(Pause());
            var text = FormatCallGraph();
            Assert.Contains("lambda", CurrentTask()!.ToString());
            Assert.DoesNotContain("Pause", CurrentTask()!.ToString());
            await other;
            return text;
        }

        async Coroutine Pause() => await Sleep(0);
    });

    [Fact]
    public void Lines_AreThoseOfTheAwaitsAndCalls() => Virtual.Run(async () =>
    {
        var (inner, outer) = (0, 0);
        var task = CreateTask(Outer());
        await Sleep(0);
        var graph = CaptureCallGraph(task)!;
        Assert.Equal(["Aio.Sleep", "CallGraphTests.Inner", "CallGraphTests.Outer"], graph.CallStack.Select(static call => call.Method));
        Assert.Equal([0, inner, outer], graph.CallStack.Select(static call => call.Line));
        Assert.Equal(Texts.File(), graph.CallStack[1].File);

        CheckRunning();
        task.Cancel();
        await Wait([task]);

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
        static void CheckRunning()
        {
            var graph = CaptureCallGraph()!;
            Assert.Equal(Texts.Line() - 1, graph.CallStack[0].Line);
        }

        async Coroutine Outer()
        {
            outer = Texts.Line() + 1;
            await Inner();
        }

        async Coroutine Inner()
        {
            inner = Texts.Line() + 1;
            await Sleep(100);
        }
    });

    [Fact]
    public void DepthAndLimit_CutTheCalls() => Virtual.Run(async () =>
    {
        await One();

        async Coroutine One() => await Two();

        async Coroutine Two() => Three();

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
        void Three()
        {
            Assert.Equal(["Three", "Two"], Names(CaptureCallGraph()!)[..2]);
            Assert.Equal(["Two", "One"], Names(CaptureCallGraph(depth: 2)!)[..2]);
            Assert.Equal(["Three", "Two"], Names(CaptureCallGraph(limit: -2)!));
            Assert.Equal("One", Names(CaptureCallGraph(limit: 2)!)[0]);
            Assert.Equal(2, Names(CaptureCallGraph(limit: 2)!).Length);
            Assert.Equal("* Task(name='Task-1', id=0x1)", FormatCallGraph(limit: 0));
            Assert.Empty(CaptureCallGraph(depth: 1000)!.CallStack);
            Assert.Throws<ArgumentOutOfRangeException>(() => CaptureCallGraph(depth: 0));
        }
    });

    [Fact]
    public void Outside_OfATask_ThereIsNone() => Virtual.Run(async () =>
    {
        var seen = new TaskCompletionSource<(FutureCallGraph?, string)>();
        GetRunningLoop().CallSoon(() => seen.SetResult((CaptureCallGraph(), FormatCallGraph())));
        Assert.Equal((null, ""), await seen.Task);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(static () => CaptureCallGraph()));
        var task = CurrentTask() as Future;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => CaptureCallGraph(task)));
    });

    [Fact]
    public void TaskGroup_ItsTasksAreAwaitedByTheParent() => Virtual.Run(async () =>
    {
        var text = "";
        await TaskGroup.Run(async group =>
        {
            var child = group.CreateTask(Waits(), "child");
            group.StartSoon(Look(child));
            Assert.Same(CurrentTask(), Assert.Single(CaptureCallGraph(child)!.AwaitedBy).Future);
        });
        Assert.Equal("""
            * Task(name='child', id=0x2)
              + Call stack:
              |   in async Aio.Sleep()
              |   File 'CallGraphTests.cs', line N, in async Waits()
              + Awaited by:
                * Task(name='Task-1', id=0x1)
                  + Call stack:
                  |   File 'TaskGroup.cs', line N, in async TaskGroup.Exit()
                  |   File 'TaskGroup.cs', line N, in async TaskGroup.RunBody()
                  |   File 'CallGraphTests.cs', line N, in async lambda in TaskGroup_ItsTasksAreAwaitedByTheParent()
            """, Texts.Plain(text));

        async Coroutine Look(Future child)
        {
            await Sleep(0);
            text = FormatCallGraph(child);
        }
    });

    [Fact]
    public void Gather_IsPassedThrough_AlsoWhenItIsNested() => Virtual.Run(async () =>
    {
        var child = CreateTask(Waits(), "child");
        var look = Looking(child);
        await Gather(Gather(child, CreateTask(Waits())), CreateTask(Gatherer(look)));
        Assert.Equal("""
              + Awaited by:
                * Task(name='Task-1', id=0x1)
                  + Call stack:
                  |   File 'CallGraphTests.cs', line N, in async lambda in Gather_IsPassedThrough_AlsoWhenItIsNested()
            """, await look);

        static async Coroutine<Unit[]> Gatherer(Future<string> look)
        {
            await look;
            return [];
        }
    });

    [Fact]
    public void Gather_ThatHasFailed_AwaitsNobodyAnyMore() => Virtual.Run(async () =>
    {
        var child = CreateTask(Waits());
        await Outcome.Throws<InvalidOperationException, (Unit, Unit)>(All());
        Assert.Empty(CaptureCallGraph(child)!.AwaitedBy);

        async Coroutine<(Unit, Unit)> All() => await Gather(child, CreateTask(Fails()));

        static async Coroutine Fails()
        {
            await Sleep(0);
            throw new InvalidOperationException();
        }
    });

    [Theory]
    [InlineData("shield")]
    [InlineData("wait")]
    [InlineData("wait for")]
    [InlineData("race")]
    [InlineData("plain")]
    [InlineData("settled")]
    public void EveryWait_TellsItsTask(string kind) => Virtual.Run(async () =>
    {
        var child = CreateTask(Waits());
        var waiter = CreateTask(WaitBy(), "waiter");
        await Sleep(0);
        await Sleep(0);
        var target = kind == "race" ? (Future)AllTasks().Single(static task => task.Name is "Task-4") : child;
        Assert.Equal(waiter, Assert.Single(CaptureCallGraph(target)!.AwaitedBy).Future);
        waiter.Cancel();
        child.Cancel();
        await Wait([waiter]);
        Assert.Empty(CaptureCallGraph(target)!.AwaitedBy);

        async Coroutine WaitBy()
        {
            switch (kind)
            {
                case "shield": await Shield(child); break;
                case "wait": await Wait([child]); break;
                case "wait for": await WaitFor(child, 1000); break;
                case "race": await Race(Endless()); break;
                case "settled": await GatherSettled(child); break;
                default: await child; break;
            }
        }

        static async Coroutine<int> Endless() => await Sleep(1000, 0);
    });

    [Fact]
    public void Future_AwaitedByTwo_ShowsBothInOrder() => Virtual.Run(async () =>
    {
        var future = new Future<int>();
        var first = CreateTask(Get(), "first");
        var second = CreateTask(Get(), "second");
        await Sleep(0);
        var id = RuntimeHelpers.GetHashCode(future).ToString("x");
        Assert.Equal($$"""
            * Future(id=0x{{id}})
              + Awaited by:
                * Task(name='first', id=0x2)
                  + Call stack:
                  |   File 'CallGraphTests.cs', line N, in async Get()
                * Task(name='second', id=0x3)
                  + Call stack:
                  |   File 'CallGraphTests.cs', line N, in async Get()
            """, Texts.Plain(FormatCallGraph(future)));
        future.SetResult(1);
        Assert.Empty(CaptureCallGraph(future)!.AwaitedBy);
        await Gather(first, second);

        async Coroutine<int> Get() => await future;
    });

    [Fact]
    public void ToldByHand_AnyFutureAwaits_UntilItIsTakenBack() => Virtual.Run(async () =>
    {
        var (future, waiter) = (new Future<int>(), new Future<int>());
        FutureAddToAwaitedBy(future, waiter);
        FutureAddToAwaitedBy(future, waiter);
        Assert.Same(waiter, Assert.Single(CaptureCallGraph(future)!.AwaitedBy).Future);
        FutureDiscardFromAwaitedBy(future, waiter);
        FutureDiscardFromAwaitedBy(waiter, future);
        Assert.Empty(CaptureCallGraph(future)!.AwaitedBy);
        await Sleep(0);
    });

    [Fact]
    public void Circle_IsShownOnce() => Virtual.Run(async () =>
    {
        var a = CreateTask(Waits(), "A");
        var b = CreateTask(Awaits(a), "B");
        await Sleep(0);
        FutureAddToAwaitedBy(b, a);
        Assert.Equal("""
            * Task(name='A', id=0x2)
              + Awaited by:
                * Task(name='B', id=0x3)
                  + Awaited by:
                    * Task(name='A', id=0x2) (cycle)
            """, FormatCallGraph(a, limit: 0).ReplaceLineEndings("\n"));
        await b;
    });

    [Fact]
    public void LongChain_OfTasks_IsCaptured() => Virtual.Run(async () =>
    {
        const int Length = 20_000;
        var gate = new Future<Unit>();
        var last = CreateTask(Awaits(gate));
        for (var i = 1; i < Length; i++)
            last = CreateTask(Awaits(last));
        await Sleep(0);
        var depth = 0;
        for (var graph = CaptureCallGraph(gate)!; graph.AwaitedBy.Count > 0; graph = graph.AwaitedBy[0])
            depth++;
        Assert.Equal(Length, depth);
        gate.SetResult(default);
        await last;
    });

    [Fact]
    public void AsyncIterator_ThatACoroutineWaitsFor_IsInItsCalls() => Virtual.Run(async () =>
    {
        var gate = new Future<Unit>();
        var task = CreateTask(Consume(), "consumer");
        await Sleep(0);
        await Sleep(0);
        Assert.Equal("""
            * Future(id=X)
              + Awaited by:
                * Task(name='consumer', id=0x2)
                  + Call stack:
                  |   File 'CallGraphTests.cs', line N, in async generator Items()
                  |   File 'CallGraphTests.cs', line N, in async Consume()
            """, System.Text.RegularExpressions.Regex.Replace(Texts.Plain(FormatCallGraph(gate)), @"Future\(id=0x\w+\)", "Future(id=X)"));
        gate.SetResult(default);
        await task;

        async Coroutine Consume()
        {
            await foreach (var _ in Items())
            {
            }
        }

        async IAsyncEnumerable<int> Items()
        {
            yield return 1;
            await gate;
            yield return 2;
        }
    });

    [Fact]
    public void NetMethod_ThatACoroutineWaitsFor_IsInItsCalls_AndAwaitsForItsTask() => Virtual.Run(async () =>
    {
        var child = CreateTask(Waits(), "child");
        var line = 0;
        var task = CreateTask(Uses(), "user");
        await Sleep(0);
        var user = Assert.Single(CaptureCallGraph(child)!.AwaitedBy);
        Assert.Same(task, user.Future);
        Assert.Equal(["NetMethod", "Uses"], Names(user));
        Assert.Equal(line, user.CallStack[0].Line);
        await task;

        async Coroutine Uses() => await NetMethod();

        async Task NetMethod()
        {
            line = Texts.Line() + 1;
            await child;
            Assert.Equal(["NetMethod", "Uses"], Names(CaptureCallGraph()!));
        }
    });

    [Fact]
    public void Iterator_ThatRuns_IsAGenerator() => Virtual.Run(async () =>
    {
        var text = Texts.Plain(Numbers().Single());
        Assert.Contains("  |   File 'CallGraphTests.cs', line N, in generator Numbers()\n", text);
        await Sleep(0);

        static IEnumerable<string> Numbers()
        {
            yield return FormatCallGraph();
        }
    });

    [Fact]
    public void LocksAndQueues_AreCallsWithoutAPlace() => Virtual.Run(async () =>
    {
        var queue = new AsyncQueue<int>();
        var task = CreateTask(Get(), "getter");
        await Sleep(0);
        Assert.Equal("""
            * Task(name='getter', id=0x2)
              + Call stack:
              |   in async Get()
              |   File 'CallGraphTests.cs', line N, in async Get()
            """, Texts.Plain(FormatCallGraph(task)));
        queue.PutNoWait(1);
        await task;

        async Coroutine<int> Get() => await queue.Get();
    });

    [Fact]
    public void Print_WritesTheText() => Virtual.Run(async () =>
    {
        using var writer = new StringWriter();
        var future = new Future<int>();
        PrintCallGraph(writer, future);
        Assert.Equal(FormatCallGraph(future) + Environment.NewLine, writer.ToString());
        await Sleep(0);
    });

    private static async Coroutine Waits() => await Sleep(10);

    private static async Coroutine<Unit> Awaits(Future<Unit> future) => await future;

    private static Future<string> Looking(Future future)
    {
        return CreateTask(Look());

        async Coroutine<string> Look()
        {
            await Sleep(1);
            var lines = Texts.Plain(FormatCallGraph(future)).Split('\n');
            return string.Join('\n', lines.SkipWhile(static line => !line.Contains("Awaited by")));
        }
    }

    private static string[] Names(FutureCallGraph graph) => [.. graph.CallStack.Select(static call => call.Method["CallGraphTests.".Length..])];

    private static string FirstLines(string text, int count) => string.Join('\n', text.Split('\n')[..count]);
}
