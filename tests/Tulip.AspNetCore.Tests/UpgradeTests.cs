using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Tulip.AspNetCore.Tests;

/// <summary>Connections that become something else.</summary>
public sealed class UpgradeTests
{
    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Upgrade_ToAProtocolOfOnesOwn_GivesTheBytes(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static async context =>
        {
            await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            var buffer = new byte[100];
            while (await stream.ReadAsync(buffer) is > 0 and var count)
                await stream.WriteAsync(buffer.AsMemory(0, count));
        }));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get("/", "Connection: Upgrade\r\nUpgrade: echo\r\n");
        Assert.Equal(101, (await client.ReadResponse()).Status);

        foreach (var text in (string[])["one", "two", new string('x', 1000)])
        {
            await client.Send(text);
            Assert.Equal(text, await client.ReadExactly(text.Length));
        }

        client.EndSending();
        Assert.True(string.IsNullOrEmpty(await client.ReadToEnd()));
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task WebSocket_EchoesMessages(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app =>
        {
            app.UseWebSockets();
            app.MapGet("/", static async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[4096];
                while (await socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close } part)
                    await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, default);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
            });
        });
        using var connections = new ActiveConnections(server);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(server.Url("/", "ws"), default).Guarded();

        for (var i = 0; i < 100; i++)
        {
            var message = Encoding.UTF8.GetBytes(new string((char)('a' + (i % 26)), i * 100));
            await client.SendAsync(message, WebSocketMessageType.Text, true, default).Guarded();
            var echo = new MemoryStream();
            var buffer = new byte[1000];
            ValueWebSocketReceiveResult part;
            do
            {
                part = await client.ReceiveAsync(buffer.AsMemory(), default).AsTask().Guarded();
                echo.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            Assert.Equal(message, echo.ToArray());
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default).Guarded();
        Assert.Equal("bye", client.CloseStatusDescription);
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task WebSocket_WhoseClientResets_FailsItsReceive(string carrier)
    {
        var (open, failure) = (new TaskCompletionSource(), new TaskCompletionSource<Exception>());
        await using var server = await TestServer.Start(carrier, app =>
        {
            app.UseWebSockets();
            app.MapGet("/", async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                open.SetResult();
                try
                {
                    await socket.ReceiveAsync(new byte[100].AsMemory(), default);
                }
                catch (Exception exception)
                {
                    failure.SetResult(exception);
                    throw;
                }
            });
        });
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get(
            "/", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        await client.ReadHead();
        await open.Task.Guarded();

        // Half of a message's header.
        await client.Send([0x81]);
        client.Reset();

        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, Assert.IsType<WebSocketException>(await failure.Task.Guarded()).WebSocketErrorCode);
        await connections.AllGone();
    }
}
