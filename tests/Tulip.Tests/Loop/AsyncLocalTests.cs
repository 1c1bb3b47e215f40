namespace Tulip.Tests;

public sealed class AsyncLocalTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public void AwaitedCoroutine_ItsChangeIsUndoneWhenItReturns() => LoopTest.Run(async () =>
    {
        s_local.Value = "caller";
        await SetNow();
        Assert.Equal("caller", s_local.Value);
        await SetLater();
        Assert.Equal("caller", s_local.Value);
        await Expect.Throws<FormatException>(SetAndFail);
        Assert.Equal("caller", s_local.Value);

        static async Coroutine SetNow() => s_local.Value = "now";

        static async Coroutine SetLater()
        {
            Assert.Equal("caller", s_local.Value);
            await Sleep(1);
            s_local.Value = "later";
            await Sleep(1);
            Assert.Equal("later", s_local.Value);
        }

        static async Coroutine SetAndFail()
        {
            s_local.Value = "failed";
            await Sleep(1);
            throw new FormatException();
        }
    });

    [Fact]
    public void AwaitedCoroutine_OfACallerWithoutValues_IsUndoneToo() => LoopTest.Run(async () =>
    {
        await SetLater(3);
        Assert.Null(s_local.Value);

        static async Coroutine SetLater(int depth)
        {
            Assert.Equal(depth == 3 ? null : $"{depth + 1}", s_local.Value);
            s_local.Value = $"{depth}";
            await Sleep(1);
            if (depth > 0)
                await SetLater(depth - 1);
            Assert.Equal($"{depth}", s_local.Value);
        }
    });

    [Fact]
    public void Task_StartsWithItsCreatorsValueAndKeepsItsOwn() => LoopTest.Run(async () =>
    {
        s_local.Value = "creator";
        var task = CreateTask(Change());
        s_local.Value = "afterwards";
        Assert.Equal("creator", await task);
        Assert.Equal("afterwards", s_local.Value);

        static async Coroutine<string?> Change()
        {
            var old = s_local.Value;
            s_local.Value = "child";
            await Sleep(1);
            Assert.Equal("child", s_local.Value);
            return old;
        }
    });

    [Fact]
    public void Tasks_Interleaved_EachSeesItsOwn() => LoopTest.Run(async () =>
    {
        static async Coroutine Work(string name)
        {
            s_local.Value = name;
            for (var i = 0; i < 5; i++)
            {
                await Sleep(i % 2);
                Assert.Equal(name, s_local.Value);
                await Task.Yield();
                Assert.Equal(name, s_local.Value);
                await Task.Run(() => Assert.Equal(name, s_local.Value));
                Assert.Equal(name, s_local.Value);
            }
        }

        await Gather(Work("a"), Work("b"), Work("c"));
        Assert.Null(s_local.Value);
    });

    [Fact]
    public void Callbacks_SeeTheValueOfTheirRegistration() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var future = new Future<int>();
        var seen = new List<string>();
        void Look(string name)
        {
            seen.Add($"{name} {s_local.Value}");
            s_local.Value = "changed by " + name;
        }

        s_local.Value = "registered";
        loop.CallSoon(() => Look("soon"));
        loop.CallSoon(() => Look("soon again"));
        loop.CallLater(1, () => Look("later"));
        loop.CallSoonThreadsafe(() => Look("threadsafe"));
        future.AddDoneCallback(_ => Look("done"));
        s_local.Value = "afterwards";
        future.SetResult(1);
        await Sleep(2);
        Assert.Equal(["soon registered", "soon again registered", "threadsafe registered", "done registered", "later registered"], seen);
        Assert.Equal("afterwards", s_local.Value);
    });

    [Fact]
    public void Callback_WithoutValues_LeavesNothingToTheNextOne() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        string? seen = "";
        var future = new Future<int>();
        loop.CallSoon(static () => s_local.Value = "soon");
        loop.CallLater(0, static () => s_local.Value = "later");
        future.AddDoneCallback(static _ => s_local.Value = "done");
        loop.SynchronizationContext.Post(static _ => s_local.Value = "posted", null);
        future.SetResult(1);
        await LoopTest.Passes(3);
        loop.CallSoon(() => seen = s_local.Value);
        await Sleep(0);
        Assert.Null(seen);
        Assert.Null(s_local.Value);
    });

    [Fact]
    public void Run_StartsWithItsCallersValueAndGivesNothingBack()
    {
        s_local.Value = "outside";
        LoopTest.Run(static async () =>
        {
            Assert.Equal("outside", s_local.Value);
            s_local.Value = "inside";
            await Sleep(1);
            Assert.Equal("inside", s_local.Value);
        });
        Assert.Equal("outside", s_local.Value);
        s_local.Value = null;
    }

    [Fact]
    public void ToThread_FunctionSeesIt() => LoopTest.Run(async () =>
    {
        s_local.Value = "caller";
        Assert.Equal("caller", await ToThread(static () => s_local.Value));
        s_local.Value = null;
        Assert.Null(await ToThread(static () => s_local.Value));
    });
}
