using Tulip.Engines;

namespace Tulip.Running.Tests.Groups;

public sealed class LoopGroupTests
{
    private static readonly ContextVar<int> s_variable = new("group's", 0);
    private static readonly AsyncLocal<int> s_local = new();

    [Fact]
    public void NewGroup_EachLoop_HasAThreadAndAnEngineOfItsOwn()
    {
        using var test = new TestGroup(3);
        var group = test.Group;
        Assert.Equal(3, group.Count);
        Assert.Equal(3, group.Members.Select(static member => member.Loop).Distinct().Count());
        var names = group.Members.Select(static member => member.Submit(static async () => Thread.CurrentThread.Name).WaitGuarded());
        Assert.Equal(["crew-0", "crew-1", "crew-2"], names);
        foreach (var member in group.Members)
            Assert.Same(member.Loop, member.Submit(static async () => GetRunningLoop()).WaitGuarded());
    }

    [Fact]
    public void NewGroup_NoCount_HasALoopForEachProcessor()
    {
        using var group = new LoopGroup();
        Assert.Equal(Environment.ProcessorCount, group.Count);
    }

    [Fact]
    public void Submit_Outcomes_ReachAnyThread()
    {
        using var test = new TestGroup();
        Assert.Equal(42, test.Group.Submit(static () => Sleep(0, 42)).WaitGuarded());
        Assert.Throws<FormatException>(() => test.Group.Submit(static async () =>
        {
            await Sleep(0);
            throw new FormatException();
        }).WaitGuarded());
        Assert.Throws<DivideByZeroException>(() => test.Group.Submit(static Coroutine () => throw new DivideByZeroException()).WaitGuarded());
    }

    [Fact]
    public void Submit_TokenCancelled_CancelsTheTask()
    {
        using var test = new TestGroup();
        using var source = new CancellationTokenSource();
        var cancelled = false;
        var job = test.Group.Submit(
            async () =>
            {
                source.Cancel();
                try
                {
                    await new Future<Unit>();
                }
                catch (CancelledException)
                {
                    cancelled = true;
                    throw;
                }
            },
            source.Token);
        Assert.ThrowsAny<OperationCanceledException>(job.WaitGuarded);
        Assert.True(cancelled);
    }

    [Fact]
    public void Submit_SeesTheCallersVariables()
    {
        using var test = new TestGroup();
        s_variable.Value = 3;
        s_local.Value = 4;
        Assert.Equal((3, 4), test.Group.Submit(static async () => (s_variable.Value, s_local.Value)).WaitGuarded());
    }

    [Fact]
    public void Submit_UnfinishedJobs_AreSpreadEvenly()
    {
        using var test = new TestGroup(3);
        var jobs = Enumerable.Range(0, 9).Select(_ => test.Group.Submit(Forever)).ToList();
        Assert.All(test.Group.Members, static member => Assert.Equal(3, member.Load));
        test.Group.Stop(0).WaitGuarded();
        Assert.All(jobs, static job => Assert.True(job.IsCanceled));
        Assert.All(test.Group.Members, static member => Assert.Equal(0, member.Load));
    }

    [Fact]
    public void LeastBusy_IsTheLoopWithTheSmallestLoad()
    {
        using var test = new TestGroup(3);
        test.Group[0].Submit(Forever);
        test.Group[2].Submit(Forever);
        for (var i = 0; i < 6; i++)
            Assert.Same(test.Group[1], test.Group.LeastBusy);
    }

    [Fact]
    public void Submit_FromALoopOfTheGroup_ComesBackToIt()
    {
        using var test = new TestGroup();
        var group = test.Group;
        var (before, there, after) = group[0].Submit(async () =>
        {
            var before = GetRunningLoop();
            var there = await group[1].Submit(static async () => GetRunningLoop());
            return (before, there, GetRunningLoop());
        }).WaitGuarded();
        Assert.Same(group[0].Loop, before);
        Assert.Same(group[1].Loop, there);
        Assert.Same(before, after);
    }

    [Fact]
    public void Loops_SendingWorkToAndFro_LoseNothing()
    {
        using var test = new TestGroup();
        var group = test.Group;
        var sums = Enumerable.Range(0, 2).Select(index => group[index].Submit(async () =>
        {
            var sum = 0;
            for (var i = 0; i < 2000; i++)
                sum += await group[1 - index].Submit(async () => i);
            return sum;
        })).ToList();
        Assert.All(sums, static sum => Assert.Equal(1_999_000, sum.WaitGuarded()));
    }

    [Fact]
    public void CallbackOrTask_ThatFails_IsReportedAndTheLoopGoesOn()
    {
        using var test = new TestGroup(1);
        test.Group[0].Loop.CallSoonThreadsafe(static () => throw new FormatException("callback"));
        Assert.Equal("callback", test.Take().Exception!.Message);
        Assert.Equal(1, test.Group.Submit(static () => Sleep(0, 1)).WaitGuarded());
        Assert.True(test.Group[0].IsAlive);
    }

    [Fact]
    public void NewGroup_AFactoryThatFails_ThrowsAndLeavesNoLoop()
    {
        var made = 0;
        EventLoop? first = null;
        Assert.Throws<FormatException>(() => new LoopGroup(2, new LoopGroupOptions
        {
            LoopFactory = () => Interlocked.Increment(ref made) == 2 ? throw new FormatException() : first = NewEventLoop(),
        }));
        Assert.True(SpinWait.SpinUntil(() => first!.IsClosed, LoopThread.Guard));
    }

    [Fact]
    public void NewGroup_WrongArguments_SayWhatIsWrong()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new LoopGroup(0));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new LoopGroup(1, new LoopGroupOptions { GraceSeconds = -1 }));
        var exception = Assert.Throws<ArgumentException>(
            static () => new LoopGroup(1, new LoopGroupOptions { LoopFactory = static () => new EventLoop(new VirtualClock()) }));
        Assert.Contains("VirtualClock", exception.Message);
        using var test = new TestGroup(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => { test.Group.Stop(double.NaN); });
    }

    [Fact]
    public void Engine_IsMadeOnTheLoopsThread()
    {
        var threads = new List<string?>();
        using var test = new TestGroup(1, () =>
        {
            threads.Add(Thread.CurrentThread.Name);
            return new EventLoop(engine: EngineSelector.Create());
        });
        Assert.Equal(["crew-0"], threads);
    }

    private static async Coroutine Forever() => await new Future<Unit>();
}
