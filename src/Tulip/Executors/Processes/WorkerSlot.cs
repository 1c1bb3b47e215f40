// WorkerSlot: one of a pool's workers, and the thread that serves it: takes a job, sends it, waits for the answer.
// Thread: its own; Kill under the pool's gate.
//   1. A process is started for a job, never before, and kept for the next ones.
//   2. A job whose worker is gone before it said that it began was not run at all: it gets another worker. One that had
//      begun fails: nobody but its owner can know whether it may be repeated.
using System.Diagnostics.CodeAnalysis;

namespace Tulip;

[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal sealed class WorkerSlot(ProcessPoolExecutor pool)
{
    private const int MaxAttempts = 3;

    private WorkerProcess? _worker;
    private int _jobs;

    /// <summary>The process, if there is one.</summary>
    public int? ProcessId => Volatile.Read(ref _worker)?.Id;

    /// <summary>The thread's life.</summary>
    public void Work()
    {
        while (pool.Next(this) is { } job)
        {
            Serve(job);
            if (_jobs == pool.Options.MaxJobsPerWorker)
                Retire();
        }

        Retire();
    }

    /// <summary>Ends the process at once.</summary>
    public void Kill() => Volatile.Read(ref _worker)?.Kill();

    private void Serve(PoolJob job)
    {
        byte[] answer;
        try
        {
            answer = Ask(job);
        }
        catch (Exception exception)
        {
            Retire();
            if (pool.End(job))
                job.Cancel();
            else
                job.Fail(exception);
            return;
        }

        _jobs++;
        var killed = pool.End(job);
        job.Complete(answer);

        // Cancelled in the last moment: the answer came, but the process is ending.
        if (killed)
            Retire();
    }

    private byte[] Ask(PoolJob job)
    {
        for (var attempt = 1; ; attempt++)
        {
            var worker = _worker ?? Start();

            // Who cancelled before there was a process has killed nothing.
            if (pool.IsTakenBack(job))
                throw new OperationCanceledException();
            var answer = worker.Ask(job.Frame, out var begun);
            if (answer is not null)
                return answer;
            if (begun)
                throw worker.Broken($"while it ran {job.Function}");
            if (attempt == MaxAttempts || pool.Killed || pool.IsTakenBack(job))
                throw worker.Broken($"before it could run {job.Function}");
            Retire();
        }
    }

    private WorkerProcess Start()
    {
        var worker = new WorkerProcess(pool.Options);
        Volatile.Write(ref _worker, worker);

        // Who killed all workers a moment ago did not see this one.
        if (pool.Killed)
            worker.Kill();
        worker.Connect(pool.Setup);
        return worker;
    }

    private void Retire()
    {
        var worker = _worker;
        Volatile.Write(ref _worker, null);
        _jobs = 0;
        worker?.Dispose();
    }
}
