namespace Tulip.Tests;

public sealed class SynchronizationContextTests
{
    [Fact]
    public void Current_InsideTheLoop_PostsToTheLoopAndOutsideIsTheOldOne()
    {
        var outer = new SynchronizationContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(outer);
        try
        {
            LoopTest.Run(static async () =>
            {
                Assert.Same(GetRunningLoop().SynchronizationContext, SynchronizationContext.Current);
                await Sleep(1);
                Assert.Same(GetRunningLoop().SynchronizationContext, SynchronizationContext.Current);
            });
            LoopTest.Run(static async () =>
            {
                await CheckPost();
                await Task.Run(static () => { });
                await CheckPost();
            });
            Assert.Same(outer, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        static async Coroutine CheckPost()
        {
            var (loop, ran) = (GetRunningLoop(), false);
            SynchronizationContext.Current!.Post(_ => ran = ReferenceEquals(GetRunningLoop(), loop), null);
            await Sleep(0);
            Assert.True(ran);
            await Task.CompletedTask;
        }
    }

    [Fact]
    public void Post_FromTheLoop_RunsInTheNextPassInOrder() => LoopTest.Run(async () =>
    {
        var loop = GetRunningLoop();
        var log = new List<string>();
        loop.SynchronizationContext.Post(state => log.Add((string)state!), "post");
        loop.CallSoon(() => log.Add("soon"));
        Assert.Empty(log);
        await Sleep(0);
        Assert.Equal(["post", "soon"], log);
    });

    [Fact]
    public void Post_FromAnotherThread_RunsOnTheLoop()
    {
        using var other = new LoopThread();
        using var done = new ManualResetEventSlim();
        var thread = 0;
        other.Loop.SynchronizationContext.Post(
            _ =>
            {
                thread = Environment.CurrentManagedThreadId;
                done.Set();
            },
            null);
        Assert.True(done.Wait(LoopThread.Guard));
        Assert.Equal(other.ThreadId, thread);
    }

    [Fact]
    public void Send_FromAnotherThread_WaitsForTheCallback()
    {
        using var other = new LoopThread();
        var thread = 0;
        other.Loop.SynchronizationContext.Send(_ => thread = Environment.CurrentManagedThreadId, null);
        Assert.Equal(other.ThreadId, thread);
    }

    [Fact]
    public void Send_CallbackThrows_TheSenderGetsTheException()
    {
        using var other = new LoopThread();
        Assert.Throws<FormatException>(() => other.Loop.SynchronizationContext.Send(static _ => throw new FormatException(), null));
        other.Invoke(static () => { });
        Assert.Empty(other.Reports);
    }

    [Fact]
    public void Send_FromTheLoop_RunsInLine() => LoopTest.Run(async () =>
    {
        var ran = false;
        GetRunningLoop().SynchronizationContext.Send(_ => ran = true, null);
        Assert.True(ran);
        await Sleep(0);
    });

    [Fact]
    public void Post_ClosedLoop_RunsOnTheThreadPool()
    {
        var loop = new EventLoop();
        loop.Close();
        using var done = new ManualResetEventSlim();
        loop.SynchronizationContext.Post(_ => done.Set(), null);
        Assert.True(done.Wait(LoopThread.Guard));
    }

    [Fact]
    public void Post_CallbackThrows_IsReported()
    {
        var reports = LoopTest.RunReporting(async () =>
        {
            SynchronizationContext.Current!.Post(static _ => throw new FormatException(), null);
            await Sleep(0);
        });
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);
    }
}
