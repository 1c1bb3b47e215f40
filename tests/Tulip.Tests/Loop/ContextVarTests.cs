namespace Tulip.Tests;

public sealed class ContextVarTests
{
    private static readonly ContextVar<string> s_variable = new("variable", "default");

    [Fact]
    public void Task_StartsWithItsCreatorsValueAtTheCreation() => LoopTest.Run(async () =>
    {
        s_variable.Set("before");
        var task = CreateTask(Read());
        s_variable.Set("after");
        Assert.Equal("before", await task);

        static async Coroutine<string> Read() => s_variable.Value;
    });

    [Fact]
    public void Task_ChangesStayItsOwn() => LoopTest.Run(async () =>
    {
        s_variable.Set("parent");
        await CreateTask(Change());
        Assert.Equal("parent", s_variable.Value);

        static async Coroutine Change()
        {
            s_variable.Set("child");
            await Sleep(1);
            Assert.Equal("child", s_variable.Value);
        }
    });

    [Fact]
    public void Task_OfACreatorWithoutVariables_ChangesStayItsOwn() => LoopTest.Run(async () =>
    {
        // Nobody has set anything: there is no context yet that could be copied.
        await CreateTask(Change());
        Assert.Equal("default", s_variable.Value);
        await Gather(Change(), Change());
        Assert.Equal("default", s_variable.Value);

        static async Coroutine Change()
        {
            Assert.Equal("default", s_variable.Value);
            s_variable.Set("child");
            await Sleep(1);
            Assert.Equal("child", s_variable.Value);
        }
    });

    [Fact]
    public void AwaitedCoroutine_ItsChangeIsSeenByTheCaller() => LoopTest.Run(async () =>
    {
        await SetNow();
        Assert.Equal("now", s_variable.Value);
        await SetLater();
        Assert.Equal("later", s_variable.Value);

        static async Coroutine SetNow() => s_variable.Set("now");

        static async Coroutine SetLater()
        {
            await Sleep(1);
            s_variable.Set("later");
            await Sleep(1);
        }
    });

    [Fact]
    public void Callbacks_RunInACopyOfTheContextOfTheirRegistration() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var future = new Future<int>();
        var seen = new List<string>();
        void Look(string name)
        {
            seen.Add($"{name} {s_variable.Value}");
            s_variable.Set("changed by " + name);
        }

        s_variable.Set("registered");
        loop.CallSoon(() => Look("soon"));
        loop.CallSoon(() => Look("soon again"));
        loop.CallLater(1, () => Look("later"));
        loop.CallSoonThreadsafe(() => Look("threadsafe"));
        future.AddDoneCallback(_ => Look("done"));
        s_variable.Set("afterwards");
        future.SetResult(1);
        await Sleep(2);
        Assert.Equal(["soon registered", "soon again registered", "threadsafe registered", "done registered", "later registered"], seen);
        Assert.Equal("afterwards", s_variable.Value);
    });

    [Fact]
    public void Callback_WithoutVariables_LeavesNothingToTheNextOne() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var seen = "";
        var future = new Future<int>();
        loop.CallSoon(static () => s_variable.Set("soon"));
        loop.CallLater(0, static () => s_variable.Set("later"));
        future.AddDoneCallback(static _ => s_variable.Set("done"));
        loop.SynchronizationContext.Post(static _ => s_variable.Set("posted"), null);
        future.SetResult(1);
        await LoopTest.Passes(3);
        loop.CallSoon(() => seen = s_variable.Value);
        await Sleep(0);
        Assert.Equal(("default", "default"), (seen, s_variable.Value));
    });

    [Fact]
    public void CreateTask_WithAContext_SharesIt() => LoopTest.Run(async () =>
    {
        var context = new Context();
        s_variable.Set("mine");
        Assert.Equal("default", await CreateTask(ReadAndSet("first"), context: context));
        Assert.Equal("first", await CreateTask(ReadAndSet("second"), context: context));
        Assert.Equal("mine", s_variable.Value);
        Assert.True(context.TryGet(s_variable, out var value));
        Assert.Equal("second", value);

        static async Coroutine<string> ReadAndSet(string value)
        {
            var old = s_variable.Value;
            await Sleep(1);
            s_variable.Set(value);
            return old;
        }
    });

    [Fact]
    public void Reset_PutsTheOldValueBack() => LoopTest.Run(async () =>
    {
        var first = s_variable.Set("one");
        var second = s_variable.Set("two");
        s_variable.Reset(second);
        Assert.Equal("one", s_variable.Value);
        s_variable.Reset(first);
        Assert.Equal("default", s_variable.Value);
        Assert.Throws<InvalidOperationException>(() => s_variable.Reset(first));
        Assert.Throws<ArgumentException>(() => new ContextVar<string>("other").Reset(s_variable.Set("x")));
        Assert.Throws<ArgumentNullException>(() => s_variable.Reset(null!));
        var mine = s_variable.Set("mine");
        await CreateTask(ResetElsewhere(mine));
        Assert.Equal("mine", s_variable.Value);

        static async Coroutine ResetElsewhere(ContextToken<string> token)
            => Assert.Throws<InvalidOperationException>(() => s_variable.Reset(token));
    });

    [Fact]
    public void Value_WithoutADefault_ThrowsUntilItIsSet() => LoopTest.Run(async () =>
    {
        var bare = new ContextVar<int>("bare");
        Assert.Throws<KeyNotFoundException>(() => bare.Value);
        Assert.Equal(3, bare.Get(3));
        bare.Value = 4;
        Assert.Equal((4, 4), (bare.Value, bare.Get(3)));
        Assert.Equal("<ContextVar name='bare'>", bare.ToString());
        await Sleep(0);
    });

    [Fact]
    public void ContextRun_KeepsWhatItSets() => LoopTest.Run(async () =>
    {
        s_variable.Set("outside");
        var copy = Context.CopyCurrent();
        Assert.Equal("outside", copy.Run(static () => s_variable.Value));
        copy.Run(static () => s_variable.Set("inside"));
        Assert.Equal("inside", copy.Run(static () => s_variable.Value));
        Assert.Equal("outside", s_variable.Value);
        Assert.Equal(1, copy.Count);
        await Sleep(0);
    });

    [Fact]
    public void Callback_ThatThrowsInAContext_LeavesTheOthersAlone()
    {
        var seen = "";
        LoopTest.RunReporting(async () =>
        {
            GetRunningLoop().CallLater(1, static () =>
            {
                s_variable.Set("thrown");
                throw new FormatException();
            });
            GetRunningLoop().CallLater(1, () => seen = s_variable.Value);
            await Sleep(2);
        });
        Assert.Equal("default", seen);
    }

    [Fact]
    public void ToThread_FunctionSeesACopy() => LoopTest.Run(async () =>
    {
        s_variable.Set("caller");
        var seen = await ToThread(static () =>
        {
            var value = s_variable.Value;
            s_variable.Set("thread");
            return value;
        });
        Assert.Equal(("caller", "caller"), (seen, s_variable.Value));
        Assert.Equal("caller", await ToThread(static () => s_variable.Value));
    });
}
