namespace Tulip.Executors.Tests;

/// <summary>Cancelling jobs, shutting down, the loop.</summary>
public sealed class CancelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cancel_BeforeTheStart_RemovesTheJobAtOnce()
    {
        using var pool = new ProcessPoolExecutor(1);
        using var cancel = new CancellationTokenSource();
        var running = pool.Submit(Jobs.BlockWhile, _folder.File("running"));
        Guard.Until(() => File.Exists(_folder.File("running")), "the first job");
        var waiting = pool.Submit(Jobs.BlockWhile, _folder.File("waiting"), cancel.Token);
        var last = pool.Submit(Jobs.Square, 3);

        cancel.Cancel();
        Assert.True(waiting.IsCanceled);
        Assert.True(pool.Submit(Jobs.Square, 3, cancel.Token).IsCanceled);
        File.Delete(_folder.File("running"));
        Assert.Equal(42, running.Result());
        Assert.Equal(9, last.Result());
        Assert.False(File.Exists(_folder.File("waiting")));
    }

    [Fact]
    public void Cancel_WhileItRuns_ChangesNothing()
    {
        using var pool = new ProcessPoolExecutor(1);
        using var cancel = new CancellationTokenSource();
        var running = pool.Submit(Jobs.BlockWhile, _folder.File("running"), cancel.Token);
        Guard.Until(() => File.Exists(_folder.File("running")), "the job");
        cancel.Cancel();
        File.Delete(_folder.File("running"));
        Assert.Equal(42, running.Result());
    }

    [Fact]
    public void Cancel_WhileItRuns_KillOnCancel_EndsTheWorker()
    {
        using var pool = new ProcessPoolExecutor(1, new ProcessPoolOptions { KillOnCancel = true });
        using var cancel = new CancellationTokenSource();
        var running = pool.Submit(Jobs.Block, _folder.File("running"), cancel.Token);
        var next = pool.Submit(Jobs.ProcessId);
        var worker = _folder.ProcessIdIn("running");
        cancel.Cancel();
        running.Fails<TaskCanceledException>();
        Assert.NotEqual(worker, next.Result());
        Assert.False(Guard.IsAlive(worker));
    }

    [Fact]
    public void Cancel_WhileItsWorkerStarts_KillOnCancel_DoesNotRunTheJob()
    {
        using var pool = new ProcessPoolExecutor(1, new ProcessPoolOptions { KillOnCancel = true });
        for (var round = 0; round < 20; round++)
        {
            // At some moment of the start, before or after there is a process.
            using var cancel = new CancellationTokenSource();
            var job = pool.Submit(Jobs.Block, _folder.File($"running{round}"), cancel.Token);
            for (var i = 0; i < round * 100; i++)
                Thread.Yield();
            cancel.Cancel();
            job.Fails<TaskCanceledException>();
        }
    }

    [Fact]
    public void Shutdown_RunsWhatIsQueued_AndRefusesMore()
    {
        var pool = new ProcessPoolExecutor(1);
        var jobs = Enumerable.Range(0, 20).Select(n => pool.Submit(Jobs.Square, n)).ToArray();
        pool.Shutdown();
        Assert.All(jobs, static job => Assert.True(job.IsCompletedSuccessfully));
        Guard.AtTheCall<InvalidOperationException>(() => pool.Submit(Jobs.Square, 1));
        Assert.Empty(pool.WorkerProcessIds);
        pool.Dispose();
    }

    [Fact]
    public void Shutdown_CancelPending_LetsTheRunningJobEnd()
    {
        var pool = new ProcessPoolExecutor(1);
        var running = pool.Submit(Jobs.BlockWhile, _folder.File("running"));
        var pending = pool.Submit(Jobs.Square, 1);
        Guard.Until(() => File.Exists(_folder.File("running")), "the job");
        pool.Shutdown(wait: false, cancelPending: true);
        Assert.True(pending.IsCanceled);
        Assert.False(running.IsCompleted);
        File.Delete(_folder.File("running"));
        Assert.Equal(42, running.Result());
        pool.Shutdown();
    }

    [Fact]
    public void KillWorkers_EndsEverythingAtOnce()
    {
        var pool = new ProcessPoolExecutor(1);
        var running = pool.Submit(Jobs.Block, _folder.File("running"));
        var pending = pool.Submit(Jobs.Square, 1);
        var worker = _folder.ProcessIdIn("running");
        pool.KillWorkers();
        running.Fails<BrokenWorkerException>();
        Assert.True(pending.IsCanceled);
        Assert.False(Guard.IsAlive(worker));
    }

    [Fact]
    public void RunInExecutor_IsTheSameForThreadsAndProcesses()
        => OnLoop(async loop =>
        {
            using var processes = new ProcessPoolExecutor(1);
            using var threads = new ThreadPoolExecutor(1);
            foreach (var executor in new IExecutor?[] { null, threads, processes })
            {
                Assert.Equal(25, await loop.RunInExecutor(executor, Jobs.Square, 5));
                Assert.Equal("a 1 2 b=3", await loop.RunInExecutor(executor, Jobs.Join, "a", 1, new[] { 2.0 }, ("b", 3)));
                await loop.RunInExecutor(executor, Jobs.Nothing);
                Assert.Equal(executor == processes, await loop.RunInExecutor(executor, Jobs.ProcessId) != Environment.ProcessId);
            }
        });

    [Fact]
    public void RunInExecutor_Cancelled_TakesBackOrAbandonsTheJob()
        => OnLoop(async loop =>
        {
            using var pool = new ProcessPoolExecutor(1);
            var running = loop.RunInExecutor(pool, Jobs.BlockWhile, _folder.File("running"));
            var waiting = loop.RunInExecutor(pool, Jobs.BlockWhile, _folder.File("waiting"));
            while (!File.Exists(_folder.File("running")))
                await Sleep(0);
            running.Cancel();
            waiting.Cancel();
            await Wait([running, waiting]);
            Assert.True(running.Cancelled && waiting.Cancelled);
            File.Delete(_folder.File("running"));
            Assert.Equal(4, await loop.RunInExecutor(pool, Jobs.Square, 2));
            Assert.False(File.Exists(_folder.File("waiting")));
        });

    [Fact]
    public void VirtualClock_StandsStillWhileAJobRuns()
        => OnLoop(async loop =>
        {
            using var pool = new ProcessPoolExecutor(1);
            var before = loop.Time;
            var timeout = CreateTask(Sleep(1000));
            await loop.RunInExecutor(pool, Jobs.Square, 2);
            Assert.Equal(before, loop.Time);
            timeout.Cancel();
            await Wait([timeout]);
        });

    private static void OnLoop(Func<EventLoop, Coroutine> body)
    {
        using var loop = new EventLoop(new VirtualClock());
        loop.ExceptionHandler = static (_, report) => Assert.Fail(report.Message);
        loop.RunUntilComplete(body(loop));
    }
}
