// StaggeredRace: attempts to connect that start one after the other; the first to succeed ends the others (RFC 8305).
// Thread: the loop's.
//   1. The next attempt starts when the delay after the last one's start is over, or when one has failed.
//   2. When it ends, in whatever way, all attempts have ended; a second success is closed.
namespace Tulip;

internal sealed class StaggeredRace(LoopTransports shared, List<Exception> failures)
{
    private readonly List<AsyncTask<Attempt>> _running = [];

    /// <summary>The first success; null if all have failed, with their exceptions in the list.</summary>
    public async Coroutine<Attempt?> Run(IReadOnlyList<Func<Coroutine<Attempt>>> attempts, double delay)
    {
        Attempt? winner = null;
        try
        {
            var next = 0;
            while (winner is null && (next < attempts.Count || _running.Count > 0))
            {
                if (next < attempts.Count)
                    _running.Add(shared.Loop.CreateTask(attempts[next++]()));
                winner = await WaitForNews(next < attempts.Count ? delay : null);
            }

        }
        catch
        {
            await EndOthers();
            throw;
        }

        try
        {
            await EndOthers();
            return winner;
        }
        catch when (winner is not null)
        {
            shared.Engine.Close(winner.Handle);
            throw;
        }
    }

    /// <summary>Waits until one has ended, or for the delay; null if there is no success yet.</summary>
    private async Coroutine<Attempt?> WaitForNews(double? delay)
    {
        while (_running.Count > 0)
        {
            var (done, _) = await Aio.Wait(_running, delay, ReturnWhen.FirstCompleted);
            if (done.Count == 0)
                return null;

            // What else has succeeded stays in the list, to be closed.
            var failed = false;
            foreach (var task in _running.Where(static task => task.Done).ToArray())
            {
                if (!task.Cancelled && task.Failure is null)
                {
                    _running.Remove(task);
                    return task.Result();
                }

                _running.Remove(task);
                failures.Add(task.Cancelled ? new CancelledException() : task.Exception()!);
                failed = true;
            }

            if (failed && delay is not null)
                return null;
        }

        return null;
    }

    private async Coroutine EndOthers()
    {
        foreach (var task in _running)
            task.Cancel();

        // A cancel that comes meanwhile is not lost: they have all been cancelled, so that this is over in the next passes.
        CancelledException? cancelled = null;
        while (_running.Exists(static task => !task.Done))
        {
            try
            {
                using (CancelShield.Enter())
                    await Aio.Wait(_running);
            }
            catch (CancelledException exception)
            {
                cancelled = exception;
            }
        }

        foreach (var task in _running)
        {
            if (!task.Cancelled && task.Exception() is null)
                shared.Engine.Close(task.Result().Handle);
        }

        if (cancelled is not null)
            throw cancelled;
    }
}
