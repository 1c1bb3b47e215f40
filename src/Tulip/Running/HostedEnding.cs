// HostedEnding: the end of a hosted loop that its host no longer calls: it is run to its end on the spot.
// Thread: the one that disposes of it.
namespace Tulip;

internal static class HostedEnding
{
    /// <summary>Cancels the loop's tasks, runs it until they have ended or the time is up, and closes it.</summary>
    public static void Run(EventLoop loop, double graceSeconds)
    {
        // No other loop is in the way, even where the host is itself called by one.
        var outer = CurrentLoop.Running;
        CurrentLoop.Running = null;
        try
        {
            loop.RunUntilComplete(End(graceSeconds));
        }
        catch (Exception exception)
        {
            loop.CallExceptionHandler(new LoopErrorContext("The tasks of a hosted loop could not be ended") { Exception = exception });
        }
        finally
        {
            CurrentLoop.Running = outer;
            loop.Close();
        }
    }

    private static async Coroutine End(double graceSeconds)
    {
        await Aio.MoveOnAfter(graceSeconds, static async _ => await LoopEnding.Run("a host", []));
        await Aio.GetRunningLoop().ShutdownDefaultExecutor(graceSeconds);
    }
}
