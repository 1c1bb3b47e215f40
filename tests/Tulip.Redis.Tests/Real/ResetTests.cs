using System.Net;
using System.Net.Sockets;

namespace Tulip.Redis.Tests.Real;

/// <summary>Connections that are reset, by the system's own TCP.</summary>
public sealed class ResetTests
{
    [Fact]
    public void ResetWhileACommandWaitsForRoom_ItGoesToTheNextConnection()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var loop = new EventLoop();
        using var watchdog = new Timer(_ => loop.CallSoonThreadsafe(loop.Stop), null, TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan);
        loop.RunUntilComplete(Main());

        async Coroutine Main()
        {
            var connecting = CreateTask(RedisClient.Connect(new RedisOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndPoint!).Port }));
            var first = await listener.AcceptAsync(CancelToken);
            await Greet(first);
            await using var redis = await connecting;

            // More than the sockets take: what comes next waits before it is sent.
            var large = CreateTask(redis.Set("large", new byte[64 * 1024 * 1024]));
            await Sleep(0);
            var waiting = CreateTask(redis.Ping());
            await first.ReceiveAsync(new byte[10], CancelToken);
            Assert.False(waiting.Done);
            first.LingerState = new LingerOption(true, 0);
            first.Dispose();

            using var second = await listener.AcceptAsync(CancelToken);
            await Greet(second);
            Assert.True((await Expect.Throws<RedisConnectionException>(async () => await large)).MayHaveRun);
            await second.ReceiveAsync(new byte[1024], CancelToken);
            await second.SendAsync("+PONG\r\n"u8.ToArray(), CancelToken);
            Assert.True(await waiting);
            Assert.Equal(2, redis.Connections);
        }
    }

    private static async Coroutine Greet(Socket client)
    {
        await client.ReceiveAsync(new byte[1024], CancelToken);
        await client.SendAsync("%1\r\n+server\r\n+fake\r\n"u8.ToArray(), CancelToken);
    }
}
