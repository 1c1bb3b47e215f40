using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Tulip.Http.Tests;

/// <summary>WebSockets over the loop's connections.</summary>
public sealed class WebSocketTests
{
    public static TheoryData<string> Engines => HttpRig.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Messages_GoAndComeBack_AndTheEndIsInOrder(string engine) => HttpRig.Run(engine, static async rig =>
    {
        using var socket = await ConnectWebSocket(Address(rig.Server.Url, "ws"));
        await Echo(rig, socket, 100);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancelToken);
        Assert.Equal(WebSocketState.Closed, socket.State);
        await rig.Server.Ended(1);
    });

    [Fact]
    public void Messages_OverTls_WithAHandlersOptions() => HttpRig.Run("auto", static async rig =>
    {
        using var handler = CreateHttpHandler(new HttpHandlerOptions { Tls = HttpRig.Trusting() });
        using var socket = await ConnectWebSocket(
            Address(rig.Server.SecureUrl, "wss"), handler, static options => options.SetRequestHeader("X-Reason", "test"));
        await Echo(rig, socket, 20);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancelToken);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Receive_ThatIsCancelled_ClosesTheConnection(string engine) => HttpRig.Run(engine, static async rig =>
    {
        using var socket = await ConnectWebSocket(Address(rig.Server.Url, "ws"));
        var task = CreateTask(Receive());
        await Sleep(0);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled, $"{task}");
        await rig.Server.Ended(1);

        async Coroutine Receive() => await socket.ReceiveAsync(new byte[10].AsMemory(), CancelToken);
    });

    [Fact]
    public void Connect_ThatIsCancelled_EndsTheAttempt() => HttpRig.Run("auto", static async rig =>
    {
        // Somebody who takes the request, and never answers it.
        var (asked, gone) = (false, false);
        await using var silent = await StartServer(
            async (reader, writer) =>
            {
                await reader.ReadUntil("\r\n\r\n"u8.ToArray());
                asked = true;
                gone = (await reader.Read(1)).Length == 0;
                writer.Close();
            },
            "127.0.0.1",
            0);
        var task = CreateTask(ConnectWebSocket(new Uri($"ws://127.0.0.1:{((IPEndPoint)silent.LocalEndPoints[0]).Port}/")));
        await HttpRig.Until(() => asked);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled, $"{task}");
        await HttpRig.Until(() => gone);
    });

    [Fact]
    public void Server_WithoutWebSockets_IsAFailure() => HttpRig.Run("auto", static async rig =>
    {
        await Expect.Throws<WebSocketException>(async () => (await ConnectWebSocket(new Uri(Address(rig.Server.Url, "ws"), "/now"))).Dispose());
        Assert.Throws<ArgumentNullException>(static () => ConnectWebSocket(null!));
    });

    private static Uri Address(Uri server, string scheme) => new UriBuilder(server) { Scheme = scheme, Path = "/socket" }.Uri;

    private static async Coroutine Echo(HttpRig rig, ClientWebSocket socket, int count)
    {
        var buffer = new byte[64 * 1024];
        for (var i = 0; i < count; i++)
        {
            var text = $"message {i} {new string('x', i * 200)}";
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancelToken);
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), CancelToken);
                length += received.Count;
                Assert.True(rig.OnLoop);
            }
            while (!received.EndOfMessage);
            Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, length));
        }
    }
}
