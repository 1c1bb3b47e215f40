using System.Net.WebSockets;
using System.Text;

namespace FinderLoad;

/// <summary>A page's WebSocket, without the page.</summary>
internal static class FindSocket
{
    /// <summary>Streams a whole result once and returns its bytes; it ends when <paramref name="rows"/> results have come, counted by pages.</summary>
    public static async Task<long> Stream(ServerProcess server, string query, int rows, CancellationToken cancellationToken = default)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/find"), cancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"id":1,"query":"{{query}}","pages":1000000}"""), WebSocketMessageType.Text, true, cancellationToken);
        var buffer = new byte[1 << 16];
        var bytes = 0L;
        for (var messages = 1 + ((rows + 199) / 200); messages > 0;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            bytes += received.Count;
            if (received.EndOfMessage)
                messages--;
        }

        return bytes;
    }
}
