// FileWork: calls to the file system, off the loop.
// Thread: the loop's; the calls themselves run in the loop's default executor.
//   1. A call that has begun cannot be stopped, and it uses the caller's memory: a cancel is delivered when it has
//      ended, never before, so that the memory is the caller's again when the await is over.
//   2. The end of the call comes first: what it did is not undone by the cancel.
namespace Tulip;

internal static class FileWork
{
    /// <summary>Runs a blocking call on a worker thread and waits for its end, also when cancelled meanwhile.</summary>
    public static async Coroutine<T> Run<T>(Func<T> call)
    {
        var job = Aio.GetRunningLoop().RunInExecutor(null, call);
        CancelledException? cancelled = null;
        while (!job.Done)
        {
            try
            {
                using (CancelShield.Enter())
                    await Aio.Shield(job);
            }
            catch (CancelledException exception) when (!job.Done)
            {
                cancelled = exception;
            }
            catch (Exception) when (cancelled is not null)
            {
                // The cancel came first; what the call failed with is no longer anybody's question.
            }
        }

        // A scope's cancel was kept from the wait; now it may be delivered, as after any other wait.
        if (cancelled is null && Aio.CurrentTask()?.Extras.Scope is { InEffect: true })
        {
            _ = job.Exception();
            await Aio.Sleep(0);
        }

        if (cancelled is null)
            return job.Result();

        _ = job.Exception();
        throw cancelled;
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public static async Coroutine Run(Action call) => await Run<Unit>(() =>
    {
        call();
        return default;
    });
}
