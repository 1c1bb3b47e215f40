using Microsoft.Extensions.Logging;

namespace Tulip.AspNetCore.Tests;

/// <summary>How connections end: by either side, in order or not, at each stage of a request.</summary>
public sealed class EndTests
{
    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task ClientThatEndsItsHalf_BetweenRequests_IsClosed(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => "hello"));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get("/");
        Assert.Equal("hello", (await client.ReadResponse()).Body);

        client.EndSending();

        Assert.Equal("", await client.ReadToEnd());
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task ClientThatEndsItsHalf_DuringARequest_AbortsIt(string carrier)
    {
        var (begun, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/", context => WaitForAbort(context, begun, aborted)));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get("/");
        await begun.Task.Guarded();

        client.EndSending();

        await aborted.Task.Guarded();
        await client.ReadToEnd();
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task ClientThatAsksToClose_GetsItsResponseAndTheEnd(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => TypedResults.Text(new string('x', 100_000))));
        using var connections = new ActiveConnections(server);
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.Connect();
            await client.Get("/", "Connection: close\r\n");
            Assert.Contains(new string('x', 100_000), await client.ReadToEnd(), StringComparison.Ordinal);
        }

        await connections.AllGone();
        await connections.AllEnded(20);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Abort_ByTheHandler_ResetsTheConnection(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        }));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();

        await client.Get("/");

        Assert.Null(await client.ReadToEnd());
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Abort_InTheMiddleOfTheResponse_IsNoOrderlyEnd(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("beginning");
            await context.Response.Body.FlushAsync();
            context.Abort();
        }));
        using var connections = new ActiveConnections(server);
        using var client = server.Client();

        await Assert.ThrowsAnyAsync<Exception>(() => client.GetStringAsync("/"));
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_BeforeTheRequest_LeavesNothing(string carrier)
        => await ResetAfter(carrier, static _ => Task.CompletedTask);

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_InTheHeaders_LeavesNothing(string carrier)
        => await ResetAfter(carrier, static client => client.Send("GET / HTTP/1.1\r\nHos"));

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_BetweenRequests_LeavesNothing(string carrier)
        => await ResetAfter(carrier, static async client =>
        {
            await client.Get("/");
            await client.ReadResponse();
        });

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_WhileTheHandlerRuns_AbortsTheRequest(string carrier)
    {
        var (begun, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/", context => WaitForAbort(context, begun, aborted)));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get("/");
        await begun.Task.Guarded();

        client.Reset();

        await aborted.Task.Guarded();
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_InTheRequestsBody_FailsItsReading(string carrier)
    {
        var (begun, failure) = (new TaskCompletionSource(), new TaskCompletionSource<Exception>());
        await using var server = await TestServer.Start(carrier, app => app.MapPost("/", async context =>
        {
            try
            {
                await context.Request.Body.ReadExactlyAsync(new byte[10]);
                begun.SetResult();
                await context.Request.Body.ReadExactlyAsync(new byte[10]);
            }
            catch (Exception exception)
            {
                failure.SetResult(exception);
                throw;
            }
        }));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 20\r\n\r\n0123456789");
        await begun.Task.Guarded();

        client.Reset();

        Assert.IsType<Microsoft.AspNetCore.Connections.ConnectionResetException>(await failure.Task.Guarded());
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_WhileTheResponseLeaves_EndsItsWriting(string carrier)
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/", async context =>
        {
            var piece = new byte[32 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece);
                begun.TrySetResult();
            }

            ended.SetResult();
        }));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get("/");
        await begun.Task.Guarded();
        await client.ReadSome();

        client.Reset();

        await ended.Task.Guarded();
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Stop_WithARequestInFlight_LetsItEnd(string carrier)
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/", async () =>
        {
            begun.SetResult();
            await gate.Task;
            return "done";
        }));
        using var idle = await server.Connect();
        await idle.Get("/none");
        await idle.ReadResponse();
        using var client = await server.Connect();
        await client.Get("/");
        await begun.Task.Guarded();

        var stopped = server.Stop();
        Assert.Equal("", await idle.ReadToEnd());
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => server.Connect());
        Assert.False(stopped.IsCompleted);
        gate.SetResult();

        var response = await client.ReadResponse();
        Assert.Equal("done", response.Body);
        Assert.Equal("close", response.Headers["Connection"]);
        Assert.Equal("", await client.ReadToEnd());
        await stopped.Guarded();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Stop_ThatMayNotWait_AbortsWhatIsInFlight(string carrier)
    {
        var begun = new TaskCompletionSource();
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/", async context =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }));
        using var client = await server.Connect();
        await client.Get("/");
        await begun.Task.Guarded();

        await server.Stop(new CancellationToken(canceled: true)).Guarded();

        await client.ReadToEnd();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Stop_WhileClientsConnect_LeavesNobodyWaiting(string carrier)
    {
        for (var round = 0; round < 3; round++)
        {
            await using var server = await TestServer.Start(
                carrier, static app => app.MapGet("/", () => "hello"), new() { Tulip = static options => options.Loops = 3 });
            using var connections = new ActiveConnections(server);
            using var over = new CancellationTokenSource();
            var clients = Enumerable.Range(0, 20).Select(_ => Task.Run(() => ConnectUntil(server, over.Token))).ToArray();
            await TestTime.Until(() => connections.Count >= 10, "there were ten connections");

            await server.Stop().Guarded();

            await over.CancelAsync();
            await Task.WhenAll(clients).Guarded();
            await connections.AllGone();
            Assert.DoesNotContain(server.Log.Entries, static entry => entry.Level >= LogLevel.Error);
        }

        static async Task ConnectUntil(TestServer server, CancellationToken over)
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    using var client = await server.Connect();
                    await client.Get("/");
                    await client.ReadToEnd();
                }
                catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
                {
                    // Nobody listens any more, or the end came before the request.
                }
            }
        }
    }

    private static async Task ResetAfter(string carrier, Func<RawClient, Task> begin)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => "hello"));
        using var connections = new ActiveConnections(server);
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.Connect();
            await begin(client);
            client.Reset();
        }

        using var other = await server.Connect();
        await other.Get("/", "Connection: close\r\n");
        Assert.Equal("hello", (await other.ReadResponse()).Body);
        await connections.AllGone();
    }

    private static async Task WaitForAbort(HttpContext context, TaskCompletionSource begun, TaskCompletionSource aborted)
    {
        context.RequestAborted.Register(aborted.SetResult);
        begun.SetResult();
        await aborted.Task;
    }
}
