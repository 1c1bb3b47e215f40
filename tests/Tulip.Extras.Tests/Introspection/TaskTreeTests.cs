using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Introspection;

public sealed class TaskTreeTests
{
    [Fact]
    public void Tree_OfGroupsAndGatherings() => Virtual.Run(async () =>
    {
        var (loop, tree) = (GetRunningLoop(), "");
        loop.CallLater(1, () => tree = FormatTaskTree());
        await Concert();
        Assert.Equal("""
            └── (T) Task-1
                └──  lambda in Tree_OfGroupsAndGatherings TaskTreeTests.cs:N
                    └──  Concert TaskTreeTests.cs:N
                        └──  TaskGroup.RunBody TaskGroup.cs:N
                            └──  TaskGroup.Exit TaskGroup.cs:N
                                ├── (T) Sundowning
                                │   └──  Album TaskTreeTests.cs:N
                                │       ├── (T) TNDNBTG
                                │       │   └──  Play TaskTreeTests.cs:N
                                │       │       └──  Aio.Sleep
                                │       └── (T) Levitate
                                │           └──  Play TaskTreeTests.cs:N
                                │               └──  Aio.Sleep
                                └── (T) TMBTE
                                    └──  Play TaskTreeTests.cs:N
                                        └──  Aio.Sleep
            """, Texts.Plain(tree));

        static async Coroutine Concert() => await TaskGroup.Run(async group =>
        {
            group.StartSoon(Album(), "Sundowning");
            group.StartSoon(Play(), "TMBTE");
        });

        static async Coroutine Album() => await Gather(CreateTask(Play(), "TNDNBTG"), CreateTask(Play(), "Levitate"));
    });

    [Fact]
    public void Tree_TasksThatNobodyAwaits_AreRoots() => Virtual.Run(async () =>
    {
        var task = CreateTask(Play(), "alone");
        await Sleep(0);
        Assert.Equal("""
            └── (T) Task-1
                └──  lambda in Tree_TasksThatNobodyAwaits_AreRoots TaskTreeTests.cs:N
            └── (T) alone
                └──  Play TaskTreeTests.cs:N
                    └──  Aio.Sleep
            """, Texts.Plain(FormatTaskTree()));
        await task;
    });

    [Fact]
    public void Tree_WithACircle_TellsTheCircle() => Virtual.Run(async () =>
    {
        var a = CreateTask(Play(), "A");
        var b = CreateTask(Awaits(a), "B");
        await Sleep(0);
        FutureAddToAwaitedBy(b, a);
        Assert.Equal("""
            ERROR: await-graph contains cycles - cannot print a tree!

            cycle: B → A → B
            """, FormatTaskTree().ReplaceLineEndings("\n"));
        FutureDiscardFromAwaitedBy(b, a);
        Assert.StartsWith("└── (T)", FormatTaskTree());
        await b;
    });

    [Fact]
    public void Tree_ThatIsDeep_IsNoCircle_AndDoesNotOverflow() => Virtual.Run(async () =>
    {
        var gate = new Future<Unit>();
        var last = CreateTask(Awaits(gate));
        for (var i = 0; i < 1_000; i++)
            last = CreateTask(Awaits(last));
        await Sleep(0);
        Assert.Equal(1_001 * 2 + 2, FormatTaskTree().Split('\n').Length);
        gate.SetResult(default);
        await last;
    });

    [Fact]
    public void Table_HasALineForEachTaskAndEachThatAwaitsIt() => Virtual.Run(async () =>
    {
        var child = CreateTask(Play(), "child");
        var (first, second) = (CreateTask(Awaits(child), "first"), CreateTask(Awaits(child), "second"));
        await Sleep(0);
        var lines = Texts.Plain(FormatTaskTable()).Split('\n');
        var thread = $"{Environment.CurrentManagedThreadId,-10}";
        Assert.Equal(
            [
                $"{"tid",-10} {"task id",-20} {"task name",-20} {"coroutine stack",-50} {"awaiter chain",-50} {"awaiter name",-15} {"awaiter id",-15}",
                new string('-', 180),
            ],
            lines[..2]);
        Assert.Equal(
            [
                [thread, "0x1", "Task-1", "lambda in Table_HasALineForEachTaskAndEachThatAwaitsIt", "0x0"],
                [thread, "0x2", "child", "Aio.Sleep -> Play", "Awaits", "first", "0x3"],
                [thread, "0x2", "child", "Aio.Sleep -> Play", "Awaits", "second", "0x4"],
                [thread, "0x3", "first", "Awaits", "0x0"],
                [thread, "0x4", "second", "Awaits", "0x0"],
            ],
            lines[2..].Select(line => (string[])[line[..10], .. line[10..].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .SelectMany(static cell => cell.StartsWith("0x2 ") || cell.StartsWith("0x1 ") ? cell.Split(' ') : [cell])]));
        await Gather(first, second);
    });

    [Fact]
    public void Signal_PrintsTheTreeOfALoopThatRuns() => Virtual.Run(async () =>
    {
        Signals.SkipWhereMissing();
        using var writer = new StringWriter();
        var told = new AsyncEvent();
        GetRunningLoop().AddSignalHandler(Signals.User2, () =>
        {
            PrintTaskTree(writer);
            told.Set();
        });
        var waiting = CreateTask(told.Wait(), "waiting");
        var bridge = new TaskCompletionSource();
        waiting.AddDoneCallback(_ => bridge.SetResult());
        Signals.SendToMyself(Signals.User2);
        await bridge.Task;
        Assert.Contains("(T) waiting", writer.ToString());
    });

    [Fact]
    public void AnotherThread_IsRefused() => Virtual.Run(async () =>
    {
        var loop = GetRunningLoop();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => FormatTaskTree(loop)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => FormatTaskTable(loop)));
    });

    [Fact]
    public void LoopThatDoesNotRun_CanBeAsked()
    {
        using var loop = new EventLoop(new VirtualClock());
        var task = loop.CreateTask(Play(), "unbegun");
        Assert.Equal("└── (T) unbegun\n    └──  Play TaskTreeTests.cs:N", Texts.Plain(FormatTaskTree(loop)));
        loop.RunUntilComplete(task);
        Assert.Equal("", FormatTaskTree(loop));
    }

    private static async Coroutine<Unit> Awaits(Future<Unit> future) => await future;

    private static async Coroutine Play() => await Sleep(10);
}
