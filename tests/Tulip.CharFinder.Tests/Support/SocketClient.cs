using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Tulip.CharFinder.Tests;

/// <summary>A page's end of a WebSocket.</summary>
internal sealed class SocketClient(ClientWebSocket socket) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _patience = new(s_patience);

    public static async Task<SocketClient> Connect(Uri address)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return new SocketClient(socket);
    }

    public async Task Send(string message) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, _patience.Token);

    /// <summary>The next message; null when the server has closed, which is answered as browsers do.</summary>
    public async Task<JsonElement?> Receive()
    {
        var message = new MemoryStream();
        var part = new byte[1 << 16];
        while (true)
        {
            var received = await socket.ReceiveAsync(part.AsMemory(), _patience.Token);
            if (received.MessageType is WebSocketMessageType.Close)
            {
                if (socket.State is WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", _patience.Token);
                return null;
            }

            message.Write(part.AsSpan(..received.Count));
            if (!received.EndOfMessage)
                continue;

            using var json = JsonDocument.Parse(message.ToArray());
            return json.RootElement.Clone();
        }
    }

    /// <summary>Why the server has closed.</summary>
    public WebSocketCloseStatus? Reason => socket.CloseStatus;

    public Task Close() => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", _patience.Token);

    /// <summary>Is gone without a word.</summary>
    public void Abort() => socket.Abort();

    public void Dispose()
    {
        socket.Dispose();
        _patience.Dispose();
    }
}
