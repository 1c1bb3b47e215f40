using System.Net;

namespace Tulip.AspNetCore.Tests;

/// <summary>What Kestrel limits.</summary>
public sealed class LimitTests
{
    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Headers_ThatAreTooLarge_AreRefused(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier, static app => app.MapGet("/", () => ""), new() { Kestrel = static options => options.Limits.MaxRequestHeadersTotalSize = 1024 });
        using var connections = new ActiveConnections(server);
        using var client = await server.Connect();

        await client.Get("/", $"X-Long: {new string('x', 2000)}\r\n");

        Assert.Equal(431, (await client.ReadResponse()).Status);
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task RequestLine_ThatIsTooLong_IsRefused(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => ""));
        using var client = await server.Connect();

        await client.Get("/" + new string('x', 20_000));

        Assert.Equal(414, (await client.ReadResponse()).Status);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Request_ThatIsNone_IsRefused(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => ""));
        using var client = await server.Connect();

        await client.Send("this is no request\r\n\r\n");

        Assert.Equal(400, (await client.ReadResponse()).Status);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Body_ThatIsTooLarge_IsRefused(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapPost("/", static async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }),
            new() { Kestrel = static options => options.Limits.MaxRequestBodySize = 100 });
        using var client = await server.Connect();
        await client.Send($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 200\r\n\r\n");
        Assert.Equal(413, (await client.ReadResponse()).Status);

        using var chunked = await server.Connect();
        await chunked.Send($"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nC8\r\n{new string('x', 200)}\r\n0\r\n\r\n");
        Assert.Equal(413, (await chunked.ReadResponse()).Status);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Connections_AboveTheLimit_AreClosed(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier, static app => app.MapGet("/", () => "hello"), new() { Kestrel = static options => options.Limits.MaxConcurrentConnections = 2 });
        using var first = await server.Connect();
        using var second = await server.Connect();
        foreach (var client in (RawClient[])[first, second])
        {
            await client.Get("/");
            Assert.Equal("hello", (await client.ReadResponse()).Body);
        }

        using var third = await server.Connect();
        Assert.True(string.IsNullOrEmpty(await third.ReadToEnd()));

        await first.Get("/");
        Assert.Equal("hello", (await first.ReadResponse()).Body);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Headers_ThatComeTooSlowly_EndTheConnection(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapGet("/", () => "hello"),
            new() { Kestrel = static options => options.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(100) });
        using var connections = new ActiveConnections(server);
        var slow = new List<RawClient>();
        for (var i = 0; i < 50; i++)
        {
            var client = await server.Connect();
            await client.Send("GET / HTTP/1.1\r\nX-Slow: ");
            slow.Add(client);
        }

        using var quick = server.Client();
        Assert.Equal("hello", await quick.GetStringAsync("/"));
        foreach (var client in slow)
        {
            Assert.Equal(408, (await client.ReadResponse()).Status);
            client.Dispose();
        }

        quick.Dispose();
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Connection_ThatStaysIdleTooLong_IsClosed(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapGet("/", () => "hello"),
            new() { Kestrel = static options => options.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(100) });

        // The limit holds before the first request too: on a machine that is busy elsewhere one may come too late.
        while (!await IsServedAndThenClosed())
        {
        }

        async Task<bool> IsServedAndThenClosed()
        {
            using var client = await server.Connect();
            try
            {
                await client.Get("/");
                await client.ReadResponse();
            }
            catch (IOException)
            {
                return false;
            }

            Assert.Equal("", await client.ReadToEnd());
            return true;
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task UnixSocket_ServesAndIsRemoved(string carrier)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tulip-{Guid.NewGuid():N}.sock");
        await using (var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => "hello"), new() { UnixPath = path }))
        {
            using var client = server.Client();
            Assert.Equal("hello", await client.GetStringAsync("/"));
        }

        Assert.False(File.Exists(path));
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Port_ThatIsTaken_IsAnError(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => ""));

        var failure = await Assert.ThrowsAsync<IOException>(() => TestServer.Start(
            carrier, static app => app.MapGet("/", () => ""), new() { Kestrel = options => options.Listen(IPAddress.Loopback, server.Port) }));
        Assert.IsType<Microsoft.AspNetCore.Connections.AddressInUseException>(failure.InnerException);
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Buffers_OfAnySize_PassEverything(string carrier)
    {
        foreach (var size in (long?[])[1, 2, 0, null, long.MaxValue])
        {
            await using var server = await TestServer.Start(
                carrier,
                static app => app.MapPost("/", static async context => await context.Request.Body.CopyToAsync(context.Response.Body)),
                new() { Tulip = options => (options.MaxReadBufferSize, options.MaxWriteBufferSize) = (size, size) });
            using var client = server.Client();
            var body = new string('x', 300_000);
            using var content = new StringContent(body);
            using var response = await client.PostAsync("/", content);
            Assert.Equal(body, await response.Content.ReadAsStringAsync());
        }
    }
}
