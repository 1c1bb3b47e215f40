// HostedJobs: what was started on a hosted loop and is not over.
// Thread: any.  Guarded by itself.
//   1. Each ends once: by itself, or with the loop.
namespace Tulip;

internal sealed class HostedJobs
{
    private readonly HashSet<GroupJob> _jobs = [];
    private Exception? _end;

    public Task<T> Start<T>(EventLoop loop, GroupJob<T> job)
    {
        lock (_jobs)
        {
            if (_end is not null)
                throw new InvalidOperationException("The loop has ended.", _end);
            _jobs.Add(job);
        }

        try
        {
            loop.CallSoonThreadsafe(() => job.Start(loop, Remove));
        }
        catch (InvalidOperationException)
        {
            // The loop is being closed: whoever does that ends the job.
        }

        return job.Task;
    }

    public void Cancel() => Fail(new CancelledException());

    public void Fail(Exception exception)
    {
        GroupJob[] left;
        lock (_jobs)
        {
            _end ??= exception;
            left = [.. _jobs];
            _jobs.Clear();
        }

        foreach (var job in left)
            job.Fail(exception);
    }

    private void Remove(GroupJob job)
    {
        lock (_jobs)
            _jobs.Remove(job);
    }
}
