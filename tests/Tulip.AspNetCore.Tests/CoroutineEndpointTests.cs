using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using static Tulip.Aio;

namespace Tulip.AspNetCore.Tests;

/// <summary>Handlers that return a coroutine.</summary>
public sealed class CoroutineEndpointTests
{
    private const string Carrier = "epoll";

    private sealed record Order(string Name, int Count);

    private sealed class Greeter
    {
        public string Greet(string name) => $"Hello, {name}!";
    }

    [Fact]
    public async Task Parameters_AreBoundAsUsual()
    {
        await using var server = await TestServer.Start(
            Carrier,
            static app => app.MapCoroutinePost("/{id:int}", async Coroutine<string> (int id, Order order, Greeter greeter, string? note = "none") =>
            {
                await Sleep(0.001);
                return $"{id} {order.Count} {greeter.Greet(order.Name)} {note}";
            }),
            new() { Services = static services => services.AddSingleton<Greeter>() });
        using var client = server.Client();

        using var first = await client.PostAsJsonAsync("/7", new Order("you", 3));
        Assert.Equal("7 3 Hello, you! none", await first.Content.ReadAsStringAsync());
        using var second = await client.PostAsJsonAsync("/8?note=some", new Order("me", 4));
        Assert.Equal("8 4 Hello, me! some", await second.Content.ReadAsStringAsync());
        using var wrong = await client.PostAsync("/8", null);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Results_AreWrittenAsUsual()
    {
        await using var server = await TestServer.Start(Carrier, static app =>
        {
            app.MapCoroutineGet("/text", async Coroutine<string> () => await Later("text"));
            app.MapCoroutineGet("/object", async Coroutine<Order> () => await Later(new Order("x", 1)));
            app.MapCoroutineGet("/result", async Coroutine<IResult> () => await Later(Results.StatusCode(418)));
            app.MapCoroutineGet("/typed", async Coroutine<Results<Ok<int>, NotFound>> () => await Later(TypedResults.NotFound()));
            app.MapCoroutineGet("/number", async Coroutine<int> () => await Later(5));
            app.MapCoroutineGet("/nothing", async Coroutine () => await Sleep(0.001));
            app.MapCoroutineGet("/by-hand", async Coroutine (HttpResponse response) => await response.WriteAsync("by hand"));
            app.MapCoroutineGet("/at-once", AtOnce);
        });
        using var client = server.Client();

        Assert.Equal("text", await client.GetStringAsync("/text"));
        Assert.Equal(new Order("x", 1), await client.GetFromJsonAsync<Order>("/object"));
        Assert.Equal((HttpStatusCode)418, (await client.GetAsync("/result")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/typed")).StatusCode);
        Assert.Equal("5", await client.GetStringAsync("/number"));
        Assert.Equal("", await client.GetStringAsync("/nothing"));
        Assert.Equal("by hand", await client.GetStringAsync("/by-hand"));
        Assert.Equal("at once", await client.GetStringAsync("/at-once"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync("/text", null)).StatusCode);

#pragma warning disable CS1998 // That it waits for nothing is the point.
        static async Coroutine<string> AtOnce() => "at once";
#pragma warning restore CS1998
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Client_ThatGoesAway_CancelsTheTask(string carrier)
    {
        var (begun, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.Start(carrier, app => app.MapCoroutineGet("/", async Coroutine<string> () =>
        {
            begun.SetResult();
            try
            {
                await Sleep(1000);
            }
            catch (CancelledException)
            {
                await Sleep(0.001); // Cleaning up may wait.
                cancelled.SetResult();
                throw;
            }

            return "";
        }));
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();
        await client.Get("/");
        await begun.Task.Guarded();

        client.Reset();

        await cancelled.Task.Guarded();
        await connections.AllGone();

        // That a busy machine is slow is none of the server's faults.
        Assert.DoesNotContain(
            server.Log.Entries, static entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && entry.Event != "HeartbeatSlow");
    }

    [Fact]
    public async Task Exception_InTheCoroutine_IsTheRequestsFailure()
    {
        await using var server = await TestServer.Start(Carrier, static app =>
        {
            app.MapCoroutineGet("/later", async Coroutine<string> () => await Later<string>(null!) ?? throw new InvalidOperationException("later"));
            app.MapCoroutineGet("/cancelled", async Coroutine<string> () =>
            {
                CurrentTask()!.Cancel();
                return await Later("");
            });
        });
        using var client = server.Client();

        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("/later")).StatusCode);
        Assert.Contains(server.Log.Entries, static entry => entry.Exception is InvalidOperationException { Message: "later" });
        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("/cancelled")).StatusCode);
    }

    [Fact]
    public async Task Filters_GetWhatTheCoroutineBrought()
    {
        await using var server = await TestServer.Start(Carrier, static app =>
        {
            var group = app.MapGroup("/");
            group.AddEndpointFilter(async (context, next) => $"outer({await next(context)})");
            group.MapCoroutineGet("/{n}", async Coroutine<string> (int n) => await Later($"{n}"))
                .WithName("number")
                .AddEndpointFilter(async (context, next) => $"inner({await next(context)} {context.GetArgument<int>(0)})");
        });
        using var client = server.Client();

        Assert.Equal("outer(inner(5 5))", await client.GetStringAsync("/5"));
    }

    [Fact]
    public async Task Task_IsTheRequestsOwn_AndUsesTheLoopsThings()
    {
        var tasks = new HashSet<object?>();
        var (order, gate) = (new List<int>(), new AsyncLock());
        await using var server = await TestServer.Start(Carrier, app => app.MapCoroutineGet("/{n}", async Coroutine<string> (int n) =>
        {
            tasks.Add(CurrentTask());
            using (await gate.Acquire())
            {
                order.Add(n);
                await Sleep(0.001);
                order.Add(n);
            }

            return "";
        }));
        using var client = server.Client();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => client.GetStringAsync($"/{n}"))).Guarded();

        Assert.Equal(10, tasks.Count);
        Assert.All(order.Chunk(2), static pair => Assert.Equal(pair[0], pair[1]));
    }

    [Fact]
    public async Task Handler_ThatReturnsNoCoroutine_IsRefused()
    {
        await using var server = await TestServer.Start(Carrier, static app =>
        {
            var failure = Assert.Throws<ArgumentException>(() => app.MapCoroutineGet("/", async () => await Task.Yield()));
            Assert.Contains("async Coroutine<string> (int id) =>", failure.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Coroutine_WithoutTulip_SaysWhatIsMissing()
    {
        await using var server = await TestServer.Start(Carriers.Sockets, static app => app.MapCoroutineGet("/", async Coroutine<string> () => await Later("")));
        using var client = server.Client();

        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("/")).StatusCode);
        Assert.Contains(server.Log.Entries, static entry => entry.Exception?.Message.Contains("UseTulip()", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task Coroutine_OfAnEndpointOffTheLoop_RunsOnTheLoop()
    {
        await using var server = await TestServer.Start(
            Carrier, static app => app.MapCoroutineGet("/", async Coroutine<string> () => await Later(GetRunningLoop().EngineName)).RunOnThreadPool());
        using var client = server.Client();

        Assert.Equal(Carrier, await client.GetStringAsync("/"));
    }

    private static async Coroutine<T> Later<T>(T value)
    {
        await Sleep(0.001);
        return value;
    }
}
