using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static Tulip.Aio;

namespace Tulip.AspNetCore.Tests;

/// <summary>Where handlers run.</summary>
public sealed class LoopThreadTests
{
    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Handler_BeforeAndAfterEachAwait_IsOnItsLoop(string carrier)
    {
        var threads = new List<int>();
        await using var other = await TestServer.Start(Carriers.Sockets, static app => app.MapGet("/", () => "other"));
        using var http = other.Client();
        await using var server = await TestServer.Start(carrier, app => app.MapPost("/", async context =>
        {
            Note();
            await Task.Delay(1);
            Note();
            await Task.Run(static () => { });
            Note();
            await Sleep(0.001);
            Note();
            await http.GetStringAsync("/");
            Note();
            await context.Request.Body.CopyToAsync(Stream.Null);
            Note();
            await context.Response.WriteAsync(new string('x', 1_000_000));
            Note();
            await Task.Yield();
            Note();
        }));
        using var client = server.Client();

        for (var i = 0; i < 10; i++)
        {
            using var content = new GeneratedBody(100_000);
            using var response = await client.PostAsync("/", content);
            Assert.Equal(1_000_000, (await response.Content.ReadAsStringAsync()).Length);
        }

        Assert.Equal(80, threads.Count);
        Assert.Single(threads.Distinct());

        void Note()
        {
            _ = GetRunningLoop();
            threads.Add(Environment.CurrentManagedThreadId);
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task FirstRequest_OfManyConnections_IsOnTheLoop(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static () => GetRunningLoop().EngineName));
        for (var i = 0; i < 50; i++)
        {
            using var client = server.Client();
            Assert.Equal(carrier, await client.GetStringAsync("/"));
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Handler_ThatLeftTheLoop_IsBackForTheNextRequest(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app =>
        {
            app.MapGet("/leave", static async () =>
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                return EventLoopOrNull() is null ? "left" : "stayed";
            });
            app.MapGet("/", static () => GetRunningLoop().EngineName);
        });
        using var client = await server.Connect();
        for (var i = 0; i < 20; i++)
        {
            await client.Get("/leave");
            await client.Get("/");
            Assert.Equal("left", (await client.ReadResponse()).Body);
            Assert.Equal(carrier, (await client.ReadResponse()).Body);
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Streams_OfHttp2_ShareTheirConnectionsLoopWithoutALock(string carrier)
    {
        var (count, most, inside) = (0, 0, 0);
        var threads = new HashSet<int>();
        await using var server = await TestServer.Start(
            carrier,
            app => app.MapGet("/", async () =>
            {
                for (var i = 0; i < 10; i++)
                {
                    // Seen by nobody else unless two run at once.
                    inside++;
                    most = Math.Max(most, inside);
                    threads.Add(Environment.CurrentManagedThreadId);
                    count++;
                    inside--;
                    await Task.Yield();
                }

                return "";
            }),
            new() { Listen = static listen => listen.Protocols = HttpProtocols.Http2 });
        using var client = server.Client(HttpVersion.Version20);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetStringAsync("/"))).Guarded();

        Assert.Equal(1000, count);
        Assert.Equal(1, most);
        Assert.Single(threads);
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Tls_HandlersAreOnTheLoop(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapGet("/", static async () =>
            {
                var before = GetRunningLoop();
                await Task.Delay(1);
                return ReferenceEquals(before, GetRunningLoop()) ? before.EngineName : "another";
            }),
            new() { Listen = static listen => listen.UseHttps(TestCertificate.Instance) });
        using var client = server.Client();
        for (var i = 0; i < 5; i++)
            Assert.Equal(carrier, await client.GetStringAsync(server.Url("/", "https")));
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task SeveralLoops_ShareTheConnections_EachKeepsItsOwn(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapGet("/", static async () =>
            {
                var before = Environment.CurrentManagedThreadId;
                await Task.Yield();
                Assert.Equal(before, Environment.CurrentManagedThreadId);
                return $"{before}";
            }),
            new() { Tulip = static options => options.Loops = 3 });
        var threads = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            using var client = await server.Connect();
            await client.Get("/");
            var first = (await client.ReadResponse()).Body;
            await client.Get("/");
            Assert.Equal(first, (await client.ReadResponse()).Body);
            threads.Add(first);
        }

        Assert.Equal(3, threads.Count);
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task RunOnThreadPool_LeavesTheLoopFree(string carrier)
    {
        using var blocked = new ManualResetEventSlim();
        await using var server = await TestServer.Start(carrier, app =>
        {
            app.MapGet("/blocks", () =>
            {
                Assert.True(blocked.Wait(TestTime.Guard));
                return EventLoopOrNull() is null && SynchronizationContext.Current is null ? "pool" : "loop";
            }).RunOnThreadPool();
            app.MapGet("/", static () => GetRunningLoop().EngineName);
        });
        using var client = server.Client();
        var blocking = client.GetStringAsync("/blocks");

        Assert.Equal(carrier, await client.GetStringAsync("/"));
        blocked.Set();

        Assert.Equal("pool", await blocking);
    }

    [Fact]
    public async Task RunOnThreadPool_WithoutTulip_ChangesNothing()
    {
        await using var server = await TestServer.Start(Carriers.Sockets, static app => app.MapGet("/", () => "hello").RunOnThreadPool());
        using var client = server.Client();

        Assert.Equal("hello", await client.GetStringAsync("/"));
    }

    private static EventLoop? EventLoopOrNull()
    {
        try
        {
            return GetRunningLoop();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A body that does not come all at once.</summary>
    private sealed class GeneratedBody(int length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < length; i += 1000)
            {
                await stream.WriteAsync(new byte[1000]);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long result)
        {
            result = 0;
            return false;
        }
    }
}
