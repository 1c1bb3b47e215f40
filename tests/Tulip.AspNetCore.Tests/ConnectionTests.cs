using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tulip.AspNetCore.Tests;

/// <summary>What connections tell of themselves, and what is left of them.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Features_AreThoseOfASocketsConnection(string carrier)
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static (HttpContext context) => $"{context.Connection.RemotePort}"), new()
        {
            Listen = listen => listen.Use(next => async connection =>
            {
                var socket = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
                Assert.Equal(SocketType.Stream, socket.SocketType);
                Assert.Equal(socket.RemoteEndPoint, connection.RemoteEndPoint);
                Assert.Equal(socket.LocalEndPoint, connection.LocalEndPoint);
                Assert.Equal(connection.ConnectionId, connection.Features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId);
                Assert.Same(connection.Transport, connection.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport);
                Assert.True(connection.Features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool.MaxBufferSize >= 4096);
                Assert.True(connection.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.CanBeCanceled);
                connection.Items["mine"] = 1;
                connection.Features.Set("text");
                Assert.Equal("text", connection.Features.Get<string>());
                Assert.Contains(connection.Features, static pair => pair.Key == typeof(IConnectionIdFeature));
                seen.TrySetResult($"{((IPEndPoint)connection.RemoteEndPoint!).Port} {((IPEndPoint)connection.LocalEndPoint!).Port} {socket.NoDelay}");
                await next(connection);
            }),
        });
        using var client = await server.Connect();
        await client.Get("/");

        var port = ((IPEndPoint)client.Socket.LocalEndPoint!).Port;
        Assert.Equal($"{port}", (await client.ReadResponse()).Body);
        Assert.Equal($"{port} {server.Port} True", await seen.Task.Guarded());
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Loop_IsAFeatureOfTheRequest(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier, static app => app.MapGet("/", static (HttpContext context) => context.Features.GetRequiredFeature<IEventLoopFeature>().Loop.EngineName));
        using var client = server.Client();

        Assert.Equal(carrier, await client.GetStringAsync("/"));
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task ConnectionHandler_OfOnesOwn_EchoesAndEnds(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static _ => { }, new()
        {
            Listen = static listen => listen.Run(static async connection =>
            {
                while (true)
                {
                    var read = await connection.Transport.Input.ReadAsync();
                    foreach (var segment in read.Buffer)
                        await connection.Transport.Output.WriteAsync(segment);
                    connection.Transport.Input.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        return;
                }
            }),
        });
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        foreach (var text in (string[])["one", new string('x', 300_000), "three"])
        {
            var sent = client.Send(text);
            Assert.Equal(text, await client.ReadExactly(text.Length));
            await sent;
        }

        client.EndSending();

        Assert.Equal("", await client.ReadToEnd());
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Input_CompletedWithAnError_WhileTheClientSends_EndsThatConnectionOnly(string carrier)
    {
        var gate = new TaskCompletionSource();
        await using var server = await TestServer.Start(carrier, static _ => { }, new()
        {
            Listen = listen => listen.Run(async connection =>
            {
                await connection.Transport.Input.ReadAsync();
                await gate.Task;
                connection.Transport.Input.Complete(new InvalidOperationException("no more"));
            }),
        });
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        client.Socket.Blocking = false;
        using var guard = new CancellationTokenSource(TestTime.Guard);
        while (!server.Log.Entries.Any(static entry => entry.Event == "ConnectionPause"))
        {
            guard.Token.ThrowIfCancellationRequested();
            client.Socket.Send(new byte[65536], SocketFlags.None, out _);
        }

        gate.SetResult();
        client.Socket.Blocking = true;
        await client.ReadToEnd();
        await connections.AllGone();
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.Category.StartsWith("Tulip", StringComparison.Ordinal) && entry.Level >= LogLevel.Error);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Input_ThatIsCompleted_WhileTheClientSends_IsTheConnectionsEnd(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static _ => { }, new()
        {
            Listen = static listen => listen.Run(static async connection =>
            {
                var closed = new TaskCompletionSource();
                using var registration = connection.ConnectionClosed.Register(closed.SetResult);
                connection.Transport.Input.Complete();
                await connection.Transport.Output.WriteAsync("go on"u8.ToArray());
                await closed.Task;
                await connection.Transport.Output.WriteAsync(", bye"u8.ToArray());
            }),
        });
        using var client = await server.Connect();
        Assert.Equal("go on", await client.ReadExactly(5));

        await client.Send("what nobody reads");

        Assert.StartsWith(", bye", await client.ReadExactly(5), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task AThousandAbortedRequests_LeaveNoConnectionAndNoMemory(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapPost("/", static async context =>
        {
            await context.Response.WriteAsync(new string('x', 10_000));
            await context.Request.Body.CopyToAsync(context.Response.Body);
        }));
        using var connections = new ActiveConnections(server);
        for (var i = 0; i < 1000; i += 20)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Connect()));
            for (var n = 0; n < clients.Length; n++)
            {
                await clients[n].Send($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n{new string('x', n * 1000)}");
                if (n % 2 == 0)
                    await clients[n].ReadSome();
                if (n % 3 == 0)
                    clients[n].Dispose();
                else
                    clients[n].Reset();
            }
        }

        await connections.AllEnded(1000);
        Assert.Equal(0, connections.Count);
        foreach (var pool in server.Pools())
            await TestTime.Until(() => pool.Rented == 0, "all memory had come back");
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Errors_OfTheLoop_AreLogged(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static () =>
        {
            Aio.GetRunningLoop().CallSoon(static () => throw new InvalidOperationException("nobody awaits this"));
            return "";
        }));
        using var client = server.Client();
        await client.GetStringAsync("/");

        await TestTime.Until(
            () => server.Log.Entries.Any(static entry => entry is { Category: "Tulip.AspNetCore.Loop", Level: LogLevel.Error }
                && entry.Message.Contains("nobody awaits this", StringComparison.Ordinal)),
            "the error was logged");
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Host_ThatEnds_EndsItsLoopsAndTheirTasks(string carrier)
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        EventLoop? loop = null;
        await using (var server = await TestServer.Start(carrier, app => app.MapGet("/", () =>
        {
            loop = Aio.GetRunningLoop();
            Aio.StartSoon(Background());
            return "";
        })))
        {
            using var client = server.Client();
            await client.GetStringAsync("/");
            await begun.Task.Guarded();
        }

        await ended.Task.Guarded();
        Assert.True(loop!.IsClosed);

        async Coroutine Background()
        {
            begun.SetResult();
            try
            {
                await Aio.Sleep(1000);
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task LoopGroup_IsAmongTheServices_AndTakesWork(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static () => $"{Environment.CurrentManagedThreadId}"));
        using var client = server.Client();
        var group = server.Services.GetRequiredService<LoopGroup>();

        var thread = await group.Submit(static async Coroutine<string> () =>
        {
            await Aio.Sleep(0);
            return $"{Environment.CurrentManagedThreadId}";
        }).Guarded();

        Assert.Equal(thread, await client.GetStringAsync("/"));
        Assert.Equal(1, group[0].Load);
    }

    [Fact]
    public void Options_ThatMakeNoSense_AreRefused()
    {
        var options = new TulipTransportOptions();
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Loops = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Backlog = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxReadBufferSize = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxWriteBufferSize = -1);
        Assert.Throws<ArgumentNullException>(() => options.CreateBoundListenSocket = null!);
    }

    [Fact]
    public async Task Engine_ThatThereIsNot_IsAnErrorAtTheStart()
        => await Assert.ThrowsAsync<ArgumentException>(() => TestServer.Start("no-such-engine", static _ => { }));

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task ConfigureLoop_RunsOnTheLoopsThread(string carrier)
    {
        var thread = 0;
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapGet("/", static () => $"{Environment.CurrentManagedThreadId} {Aio.GetRunningLoop().Debug}"),
            new()
            {
                Tulip = options => options.ConfigureLoop = loop =>
                {
                    loop.Debug = true;
                    thread = Environment.CurrentManagedThreadId;
                },
            });
        using var client = server.Client();

        Assert.Equal($"{thread} True", await client.GetStringAsync("/"));
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Loop_ThatCrashes_EndsItsConnectionsAndTheApplication(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app =>
        {
            app.MapPost("/read", static async context => await context.Request.Body.ReadExactlyAsync(new byte[1]));
            app.MapGet("/crash", static () => Aio.GetRunningLoop().Stop());
        });
        using var connections = new ActiveConnections(server);
        var stopping = new TaskCompletionSource();
        using var registration = server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        using var reading = await server.Connect();
        await reading.Send("POST /read HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n");
        using var idle = await server.Connect();
        using var client = await server.Connect();

        await client.Get("/crash");

        foreach (var each in (RawClient[])[client, reading, idle])
            await each.ReadToEnd();
        await stopping.Task.Guarded();
        await server.Stop().Guarded();
        await connections.AllGone();
        Assert.Contains(server.Log.Entries, static entry => entry is { Event: "LoopFailed", Level: LogLevel.Critical });
    }
}
