using System.Diagnostics;

namespace Tulip.Executors.Tests;

/// <summary>The workers' lives.</summary>
public sealed class WorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Workers_StartWhenNeeded_AndAreReused()
    {
        using var pool = new ProcessPoolExecutor(4);
        Assert.Empty(pool.WorkerProcessIds);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => pool.Submit(Jobs.Count).Result()));
        Assert.Single(pool.WorkerProcessIds);
    }

    [Fact]
    public void Workers_AreAsManyAsJobs_UpToTheMaximum()
    {
        using var pool = new ProcessPoolExecutor(2);
        var jobs = Enumerable.Range(0, 3).Select(n => pool.Submit(Jobs.BlockWhile, _folder.File($"{n}"))).ToArray();
        Guard.Until(() => File.Exists(_folder.File("0")) && File.Exists(_folder.File("1")), "two jobs at a time");
        Assert.Equal(2, pool.WorkerProcessIds.Distinct().Count());
        Assert.False(File.Exists(_folder.File("2")));
        File.Delete(_folder.File("0"));
        Guard.Until(() => File.Exists(_folder.File("2")), "the third job");
        File.Delete(_folder.File("1"));
        File.Delete(_folder.File("2"));
        Assert.All(jobs, static job => Assert.Equal(42, job.Result()));
    }

    [Fact]
    public void ThousandJobs_AllEnd_AndNothingIsLeft()
    {
        var before = DescriptorsOfAUsedRuntime();
        IReadOnlyList<int> workers;
        using (var pool = new ProcessPoolExecutor(3))
        {
            var jobs = Enumerable.Range(0, 1000).Select(n => pool.Submit(Jobs.Square, n)).ToArray();
            Assert.Equal(Enumerable.Range(0, 1000).Select(Jobs.Square), jobs.Select(static job => job.Result()));
            workers = pool.WorkerProcessIds;
            Assert.InRange(workers.Count, 1, 3);
        }

        Assert.All(workers, static id => Assert.False(Guard.IsAlive(id), "A worker outlived its pool."));
        AssertNoMoreThan(before);
    }

    [Fact]
    public void Workers_ReplacedAgainAndAgain_LeaveNothing()
    {
        var before = DescriptorsOfAUsedRuntime();
        using (var pool = new ProcessPoolExecutor(2, new ProcessPoolOptions { MaxJobsPerWorker = 2 }))
        {
            var ids = Enumerable.Range(0, 24).Select(_ => pool.Submit(Jobs.ProcessId)).ToArray().Select(static job => job.Result()).ToArray();
            Assert.All(ids.CountBy(static id => id), static uses => Assert.InRange(uses.Value, 1, 2));
        }

        AssertNoMoreThan(before);
        Guard.Until(static () => Zombies().Count == 0, "that all children are waited for");
    }

    [Fact]
    public void Worker_Killed_FailsItsJobOnly_AndIsReplaced()
    {
        using var pool = new ProcessPoolExecutor(2);
        var doomed = pool.Submit(Jobs.Block, _folder.File("doomed"));
        var other = pool.Submit(Jobs.BlockWhile, _folder.File("other"));
        var worker = _folder.ProcessIdIn("doomed");
        Guard.Until(() => File.Exists(_folder.File("other")), "the other job");

        Kill(worker);
        var failure = doomed.Fails<BrokenWorkerException>();
        Assert.Equal(worker, failure.ProcessId);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(128 + 9, failure.ExitCode);
            Assert.StartsWith($"The worker process {worker} was ended by signal 9 (SIGKILL", failure.Message);
        }

        Assert.EndsWith("while it ran Tulip.Executors.Tests.Jobs.Block.", failure.Message);
        Assert.NotEqual(worker, pool.Submit(Jobs.ProcessId).Result());
        File.Delete(_folder.File("other"));
        Assert.Equal(42, other.Result());
    }

    [Fact]
    public void Worker_ThatEndsItself_FailsItsJob()
    {
        using var pool = new ProcessPoolExecutor(1);
        var exited = pool.Submit(Jobs.Exit, 3).Fails<BrokenWorkerException>();
        Assert.Equal(3, exited.ExitCode);
        Assert.EndsWith("exited with code 3 while it ran Tulip.Executors.Tests.Jobs.Exit.", exited.Message);
        Assert.NotEqual(0, pool.Submit(Jobs.FailFast).Fails<BrokenWorkerException>().ExitCode);
        Assert.Equal(1, pool.Submit(Jobs.Count).Result());
    }

    [Fact]
    public void Worker_KilledWhileIdle_FailsNobody()
    {
        using var pool = new ProcessPoolExecutor(1);
        for (var i = 0; i < 5; i++)
        {
            var worker = pool.Submit(Jobs.ProcessId).Result();
            Kill(worker);
            Assert.NotEqual(worker, pool.Submit(Jobs.ProcessId).Result());
        }
    }

    /// <summary>Ctrl-C goes to every process of a terminal: the program decides what becomes of its jobs.</summary>
    [Fact]
    public void Worker_IsNotInterruptedByCtrlC()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A Ctrl-C cannot be sent to one process.");
        using var pool = new ProcessPoolExecutor(1);
        var worker = pool.Submit(Jobs.ProcessId).Result();
        var job = pool.Submit(Jobs.BlockWhile, _folder.File("running"));
        Guard.Until(() => File.Exists(_folder.File("running")), "the job");
        using (var kill = Process.Start("kill", ["-INT", $"{worker}"]))
            kill.WaitForExit();
        Assert.Equal(worker, pool.WorkerProcessIds.Single());
        File.Delete(_folder.File("running"));
        Assert.Equal(42, job.Result());
        Assert.Equal(worker, pool.Submit(Jobs.ProcessId).Result());
    }

    [Fact]
    public void Initializer_RunsOnceInEachWorker()
    {
        using var pool = new ProcessPoolExecutor(1, new ProcessPoolOptions { Initializer = Jobs.Initialize });
        Assert.Equal("yes", pool.Submit(Jobs.WhatWasInitialized).Result());
        Assert.Null(Jobs.Initialized);
    }

    [Fact]
    public void Initializer_ThatThrows_FailsTheJob()
    {
        using var pool = new ProcessPoolExecutor(1, new ProcessPoolOptions { Initializer = Jobs.FailToInitialize });
        for (var i = 0; i < 2; i++)
        {
            var failure = pool.Submit(Jobs.ProcessId).Fails<BrokenWorkerException>();
            Assert.EndsWith("failed: no initial state", failure.Message);
            Assert.IsType<FormatException>(failure.InnerException);
        }
    }

    [Fact]
    public void Surroundings_AreWhatTheOptionsSay()
    {
        var options = new ProcessPoolOptions
        {
            WorkingDirectory = _folder.Path,
            Environment = new Dictionary<string, string?> { ["TULIP_TEST"] = "on", ["PATH"] = null },
        };
        using var pool = new ProcessPoolExecutor(1, options);
        Assert.Equal("on", pool.Submit(Jobs.Variable, "TULIP_TEST").Result());
        Assert.Null(pool.Submit(Jobs.Variable, "PATH").Result());
        Assert.EndsWith(Path.GetFileName(_folder.Path), pool.Submit(Jobs.Folder).Result());
        Assert.Null(pool.Submit(Jobs.ReadInput).Result());

        // What makes a process a worker is not handed on to the processes that it starts.
        Assert.Null(pool.Submit(Jobs.Variable, "DOTNET_STARTUP_HOOKS").Result());
        Assert.Null(pool.Submit(Jobs.Variable, "TULIP_WORKER_ADDRESS").Result());
    }

    [Fact]
    public void Worker_ThatCannotBeStarted_FailsTheJob()
    {
        using var pool = new ProcessPoolExecutor(1, new ProcessPoolOptions { WorkingDirectory = _folder.File("nowhere") });
        Assert.StartsWith("A worker process could not be started: ", pool.Submit(Jobs.Count).Fails<BrokenWorkerException>().Message);
    }

    [Fact]
    public void Pool_InAWorker_Works()
    {
        using var pool = new ProcessPoolExecutor(1);
        Assert.Equal(16, pool.Submit(InAnotherPool, 4).Result());

        static int InAnotherPool(int number)
        {
            using var inner = new ProcessPoolExecutor(1);
            return inner.Submit(Jobs.Square, number).Result;
        }
    }

    private static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        process.WaitForExit();
    }

    private static int Descriptors() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;

    /// <summary>What the runtime opens once, for any child, is open then.</summary>
    private static int DescriptorsOfAUsedRuntime()
    {
        using (var first = new ProcessPoolExecutor(1))
            Assert.Equal(9, first.Submit(Jobs.Square, 3).Result());
        return Descriptors();
    }

    /// <summary>Other things that the runtime opens are not forbidden, but they do not grow with the number of jobs.</summary>
    private static void AssertNoMoreThan(int before)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Descriptors(), 0, before + 10);
    }

    private static List<string> Zombies()
        => !OperatingSystem.IsLinux() ? [] : [.. Directory.GetDirectories("/proc").Select(StatusOf).Where(static status => status.Contains("(zombie)") && status.Contains($"PPid:\t{Environment.ProcessId}\n"))];

    private static string StatusOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "status"));
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
