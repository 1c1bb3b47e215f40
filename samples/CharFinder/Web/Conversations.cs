// Conversations: the WebSockets that are open.
// Thread: the loop's.
//   1. Each is closed with a reason: its conversation is over, or the server goes away.
//   2. End waits for nobody: clients that do not answer are cut off with the server's other connections.
using System.Net.WebSockets;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>Holds conversations over WebSockets until they or the server end.</summary>
internal sealed class Conversations
{
    private readonly HashSet<TextSocket> _open = [];
    private bool _hasEnded;

    /// <summary>Has a conversation, and closes its connection.</summary>
    public async Coroutine Hold(TextSocket socket, Func<TextSocket, Coroutine> conversation)
    {
        _open.Add(socket);
        try
        {
            if (_hasEnded)
                await GoAway(socket);
            await conversation(socket);
            await socket.Close(WebSocketCloseStatus.NormalClosure, "");
        }
        finally
        {
            _open.Remove(socket);
        }
    }

    /// <summary>Tells all clients, and those still to come, that the server goes away.</summary>
    public void End()
    {
        _hasEnded = true;
        foreach (var socket in _open)
            CreateTask(GoAway(socket), "close a conversation");
    }

    private static Coroutine GoAway(TextSocket socket) => socket.Close(WebSocketCloseStatus.EndpointUnavailable, "the server is stopping");
}
