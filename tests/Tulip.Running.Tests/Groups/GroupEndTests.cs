namespace Tulip.Running.Tests.Groups;

/// <summary>The orderly end of a group, and who may still do what meanwhile.</summary>
public sealed class GroupEndTests
{
    [Fact]
    public void Stop_JobsThatEndByThemselves_AreWaitedFor()
    {
        using var test = new TestGroup();
        var group = test.Group;
        var go = new TaskCompletionSource<int>();
        var jobs = group.Members.Select(member => member.Submit(async () => await go.Task)).ToList();
        var stop = group.Stop(double.PositiveInfinity);
        Assert.All(group.Members, static member => Assert.True(member.IsAlive));
        go.SetResult(5);
        stop.WaitGuarded();
        Assert.All(jobs, static job => Assert.Equal(5, job.WaitGuarded()));
        Assert.All(group.Members, static member => Assert.True(member.Ended.IsCompletedSuccessfully));
    }

    [Fact]
    public void Stop_GraceIsOver_CancelsWhatIsLeftAndLetsItCleanUp()
    {
        using var test = new TestGroup();
        var cleaned = 0;
        var jobs = test.Group.Members.Select(member => member.Submit(async () =>
        {
            try
            {
                await new Future<Unit>();
            }
            finally
            {
                await Sleep(0);
                Interlocked.Increment(ref cleaned);
            }
        })).ToList();
        test.Group.Stop(0.001).WaitGuarded();
        Assert.Equal(2, cleaned);
        Assert.All(jobs, static job => Assert.True(job.IsCanceled));
    }

    [Fact]
    public void Stop_TasksThatNobodySubmitted_AreCancelledWithoutAWait()
    {
        using var test = new TestGroup(1);
        var cancelled = false;
        test.Group.Submit(async () =>
        {
            StartSoon(Background());
            await Sleep(0);
        }).WaitGuarded();
        test.Group.Stop(double.PositiveInfinity).WaitGuarded();
        Assert.True(cancelled);

        async Coroutine Background()
        {
            try
            {
                await new Future<Unit>();
            }
            catch (CancelledException)
            {
                cancelled = true;
                throw;
            }
        }
    }

    [Fact]
    public void Stop_WorkSentToAnotherLoopMeanwhile_IsDone()
    {
        using var test = new TestGroup();
        var group = test.Group;
        var go = new TaskCompletionSource();
        var job = group[0].Submit(async () =>
        {
            await go.Task;
            return await group[1].Submit(() => group[0].IsAlive ? Sleep(0, 7) : Sleep(0, -1));
        });
        var stop = group.Stop(double.PositiveInfinity);
        Assert.Throws<InvalidOperationException>(() => { group.Submit(static () => Sleep(0)); });
        Assert.Throws<InvalidOperationException>(() => { group[1].Submit(static () => Sleep(0)); });
        go.SetResult();
        Assert.Equal(7, job.WaitGuarded());
        stop.WaitGuarded();
    }

    [Fact]
    public void Stop_Twice_IsOneStop()
    {
        using var test = new TestGroup();
        Assert.Same(test.Group.Stop(0), test.Group.Stop(TimeSpan.FromDays(1)));
        test.Group.Dispose();
    }

    [Fact]
    public void Stop_TheDefaultExecutorsJobs_AreWaitedFor()
    {
        using var test = new TestGroup(1);
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var ended = false;
        test.Group[0].Submit(() => ToThread(() =>
        {
            begun.Set();
            go.Wait();
            ended = true;
        }));
        Assert.True(begun.Wait(LoopThread.Guard));
        var stop = test.Group.Stop(0);
        go.Set();
        stop.WaitGuarded();
        Assert.True(ended);
    }

    [Fact]
    public void Stop_WorkSentToALoopThatIsBeingClosed_IsCancelledAndNothingIsLeft()
    {
        using var test = new TestGroup();
        var group = test.Group;
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();

        // With its tasks ended, the first loop waits for its executor; the second one's task still cleans up.
        group[0].Submit(() => ToThread(() =>
        {
            begun.Set();
            go.Wait(LoopThread.Guard);
        }));
        Assert.True(begun.Wait(LoopThread.Guard));
        Task? late = null;
        var cleaning = group[1].Submit(async () =>
        {
            try
            {
                await new Future<Unit>();
            }
            finally
            {
                while (group[0].Load > 0)
                    await Sleep(0);
                for (var i = 0; i < 50; i++)
                    await Sleep(0.001);
                late = group[0].Submit(static () => Sleep(3600));
                go.Set();
            }
        });
        group.Stop(0).WaitGuarded();
        Assert.True(cleaning.IsCanceled);
        Assert.True(late!.IsCanceled);
    }

    [Fact]
    public void Submit_WhileTheGroupIsStopped_EndsOneWayOrTheOther()
    {
        for (var round = 0; round < 20; round++)
        {
            using var test = new TestGroup();
            var group = test.Group;
            var jobs = new List<Task>();
            using var begun = new ManualResetEventSlim();
            var submitter = new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        jobs.Add(group.Submit(static () => Sleep(0)));
                        begun.Set();
                    }
                }
                catch (InvalidOperationException)
                {
                    // Stopped.
                }
            });
            submitter.Start();
            Assert.True(begun.Wait(LoopThread.Guard));
            group.Stop(0).WaitGuarded();
            Assert.True(submitter.Join(LoopThread.Guard));
            Assert.All(jobs, static job => Assert.True(job.IsCompleted && !job.IsFaulted));
        }
    }

    [Fact]
    public void Dispose_OnALoopOfTheGroup_IsRefused_StopIsNot()
    {
        using var test = new TestGroup();
        var group = test.Group;
        group.Submit(async () =>
        {
            Assert.Throws<InvalidOperationException>(group.Dispose);
            _ = group.Stop(0);
            await Sleep(0);
        }).WaitGuarded();
        group.Stop(0).WaitGuarded();
    }

    [Fact]
    public async Task DisposeAsync_FromAnotherLoop_LeavesThatOneRunning()
    {
        var ticked = new TaskCompletionSource();
        var run = Task.Factory.StartNew(
            () => Run(async () =>
            {
                var ticking = CreateTask(Tick());
                await using (var group = new LoopGroup(2, new LoopGroupOptions { GraceSeconds = double.PositiveInfinity }))
                    _ = group.Submit(async () => await ticked.Task);
                await ticking;
            }),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await run.WaitAsync(LoopThread.Guard, TestContext.Current.CancellationToken);

        // The group does not end before this loop has gone on.
        async Coroutine Tick()
        {
            await Sleep(0);
            ticked.SetResult();
        }
    }
}
