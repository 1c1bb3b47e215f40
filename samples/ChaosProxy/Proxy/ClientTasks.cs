using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>A server's tasks, one for each client, so that it can end them and wait until they have ended.</summary>
internal sealed class ClientTasks
{
    private readonly HashSet<Future> _tasks = [];

    /// <summary>Runs a client's coroutine, in its task.</summary>
    public async Coroutine Run(Coroutine session)
    {
        var task = (Future)CurrentTask()!;
        _tasks.Add(task);
        try
        {
            await session;
        }
        finally
        {
            _tasks.Remove(task);
        }
    }

    /// <summary>Closes a server, cancels its clients' tasks, and waits until all have gone.</summary>
    public async Coroutine End(Server server)
    {
        server.Close();
        var tasks = _tasks.ToArray();
        foreach (var task in tasks)
            task.Cancel();
        if (tasks.Length > 0)
            await Wait(tasks);
        server.AbortClients();
        await server.WaitClosed();
    }
}
