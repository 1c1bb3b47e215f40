// TextSocket: a WebSocket whose messages are short texts, as one coroutine reads them and one writes them.
// Thread: the loop's.
//   1. At most one Receive and one Send are under way.
//   2. When the server begins to stop, Kestrel cancels what is being read, once: that is no end, for the client may still answer.
//   3. A message longer than LongestMessage ends the connection: what is read is never more than that.
using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>The messages of a WebSocket.</summary>
internal sealed class TextSocket(WebSocket socket)
{
    /// <summary>The longest message that is taken, in bytes: the longest query and room to spare.</summary>
    public const int LongestMessage = 8 * 1024;

    // A client that goes away says so, but need not stay to hear the answer.
    private const double ClosingTime = 2;

    private readonly byte[] _received = new byte[LongestMessage];
    private readonly ArrayBufferWriter<byte> _sent = new(4 * 1024);
    private readonly Utf8JsonWriter _json = new(Stream.Null, FoundJson.Options);
    private bool _wasInterrupted;

    /// <summary>The next message; null when there will be none any more: the client has closed, is gone, or sent what is not taken.</summary>
    public async Coroutine<string?> Receive()
    {
        try
        {
            var length = 0;
            while (true)
            {
                var part = await ReceivePart(length);
                length += part.Count;
                if (part.MessageType is WebSocketMessageType.Close)
                    return null;
                if (part.MessageType is WebSocketMessageType.Binary)
                    return await Refuse(WebSocketCloseStatus.InvalidMessageType, "texts only");
                if (part.EndOfMessage)
                    return Encoding.UTF8.GetString(_received.AsSpan(..length));
                if (length == LongestMessage)
                    return await Refuse(WebSocketCloseStatus.MessageTooBig, $"a message has at most {LongestMessage} bytes");
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return null;
        }
    }

    /// <summary>Whether an exception means that there is nobody at the other end any more, or that the connection was aborted here.</summary>
    public static bool IsGone(Exception exception) => exception is WebSocketException or OperationCanceledException and not CancelledException;

    /// <summary>Sends a message, and returns when the connection has room for the next: a client that does not read holds its sender.</summary>
    /// <exception cref="WebSocketException">The client is gone; see <see cref="IsGone"/> for what else says so.</exception>
    public async Coroutine Send(ReadOnlyMemory<byte> message) =>
        await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancelToken);

    /// <summary>Sends what is written.</summary>
    /// <exception cref="WebSocketException">The client is gone.</exception>
    public async Coroutine Send(Action<Utf8JsonWriter> write)
    {
        _sent.ResetWrittenCount();
        _json.Reset(_sent);
        write(_json);
        _json.Flush();
        await Send(_sent.WrittenMemory);
    }

    /// <summary>Ends the connection with a reason; a client that does not answer soon is cut off.</summary>
    public async Coroutine Close(WebSocketCloseStatus status, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;

        try
        {
            await WithTimeout(ClosingTime, async _ => await socket.CloseOutputAsync(status, reason, CancelToken));
        }
        catch (Exception exception) when (IsGone(exception) || exception is TimeoutException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    /// <summary>Ends the connection at once, with what is under way.</summary>
    public void Abort() => socket.Abort();

    private async Coroutine<ValueWebSocketReceiveResult> ReceivePart(int length)
    {
        try
        {
            return await socket.ReceiveAsync(_received.AsMemory(length..), CancelToken);
        }
        catch (OperationCanceledException exception) when (exception is not CancelledException && !_wasInterrupted
            && socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            _wasInterrupted = true;
        }

        return await socket.ReceiveAsync(_received.AsMemory(length..), CancelToken);
    }

    private async Coroutine<string?> Refuse(WebSocketCloseStatus status, string reason)
    {
        await Close(status, reason);
        return null;
    }
}
