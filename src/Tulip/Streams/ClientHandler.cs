namespace Tulip;

/// <summary>What a server does with a new client. One object serves all clients of a server.</summary>
internal abstract class ClientHandler
{
    public abstract void OnConnected(AsyncStreamReader reader, AsyncStreamWriter writer, Transport transport);
}

/// <summary>Calls a plain function; an exception in it is the transport's affair, as in every callback of a protocol.</summary>
internal sealed class CallPerClient(Action<AsyncStreamReader, AsyncStreamWriter> clientConnected) : ClientHandler
{
    public static CallPerClient Of(Action<AsyncStreamReader, AsyncStreamWriter> clientConnected)
    {
        ArgumentNullException.ThrowIfNull(clientConnected);
        return new CallPerClient(clientConnected);
    }

    public override void OnConnected(AsyncStreamReader reader, AsyncStreamWriter writer, Transport transport)
        => clientConnected(reader, writer);
}

/// <summary>Runs a coroutine as a task, which the loop holds until it is done.</summary>
internal sealed class TaskPerClient(Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected) : ClientHandler
{
    public static TaskPerClient Of(Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> clientConnected)
    {
        ArgumentNullException.ThrowIfNull(clientConnected);
        return new TaskPerClient(clientConnected);
    }

    public override void OnConnected(AsyncStreamReader reader, AsyncStreamWriter writer, Transport transport)
    {
        var task = reader.Loop.CreateTask(clientConnected(reader, writer));
        task.AddCallback(new ClientEnd(task, transport));
    }

    /// <summary>Closes the connection of a task that was cancelled or failed.</summary>
    private sealed class ClientEnd(Future task, Transport transport) : FutureCallback(task)
    {
        protected override void OnDone(Future source)
        {
            if (!source.Cancelled)
            {
                if (source.Exception() is not { } exception)
                    return;
                source.Loop.CallExceptionHandler(new LoopErrorContext("Unhandled exception in client_connected_cb")
                {
                    Exception = exception,
                    Task = source,
                    Transport = transport,
                });
            }

            transport.Close();
        }
    }
}
