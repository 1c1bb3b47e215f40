// LoopEnding: what is left on a loop that is to be closed comes to its end.
// Thread: the loop's.
//   1. Tasks are cancelled first: a handler may still say goodbye to its client. A client that does not listen gets FlushSeconds.
//   2. Then connections are aborted, so that their protocols are told, and whoever waits for a flush goes on.
//   3. A task is cancelled once: a second cancel would end its cleaning up. One that goes on all the same is waited for, and named.
namespace Tulip;

internal static class LoopEnding
{
    private const double FlushSeconds = 1;
    private const double PatienceSeconds = 5;

    public static async Coroutine Run(string group, IReadOnlyList<Server> servers)
    {
        var loop = Aio.GetRunningLoop();
        var cancelled = new HashSet<Future>();
        foreach (var server in servers)
            server.Close();
        await CancelOthers(cancelled, FlushSeconds);
        if (Others().Length > 0 || servers.Any(static server => server.Active > 0))
        {
            foreach (var server in servers)
                server.AbortClients();
        }

        var reported = false;
        while (Others().Length > 0)
        {
            await CancelOthers(cancelled, PatienceSeconds);
            var stubborn = Others().Where(cancelled.Contains).ToArray();
            if (stubborn.Length > 0 && !reported)
            {
                reported = true;
                loop.CallExceptionHandler(new LoopErrorContext(
                    $"A loop of {group} waits for {stubborn.Length} tasks that go on after they were cancelled:{string.Concat(stubborn.Select(static task => $"\n  {task}"))}"));
            }
        }

        foreach (var server in servers)
            await server.WaitClosed();
    }

    /// <summary>Cancels the other tasks, those that were not yet, and waits for them; meanwhile others may begin.</summary>
    private static async Coroutine CancelOthers(HashSet<Future> cancelled, double seconds)
    {
        var tasks = Others();
        foreach (var task in tasks.Where(cancelled.Add))
            task.Cancel();
        if (tasks.Length > 0)
            await Aio.Wait(tasks, seconds);
    }

    private static Future[] Others()
    {
        var own = Aio.CurrentTask();
        return [.. Aio.AllTasks().Where(task => !ReferenceEquals(task, own)).Cast<Future>()];
    }
}
