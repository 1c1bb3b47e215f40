namespace Tulip.AspNetCore.Tests;

/// <summary>Requests and responses over HTTP/1.1, as stock Kestrel serves them.</summary>
public sealed class RequestTests
{
    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Get_OfAText_IsAnswered(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => "Hello, World!"));
        using var client = server.Client();

        Assert.Equal("Hello, World!", await client.GetStringAsync("/"));
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Connection_WithManyRequestsOneAfterTheOther_ServesAll(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/{n}", (int n, HttpContext context) => $"{n} {context.Connection.Id}"));
        using var client = await server.Connect();

        var connections = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            await client.Get($"/{i}");
            var response = await client.ReadResponse();
            Assert.StartsWith($"{i} ", response.Body, StringComparison.Ordinal);
            connections.Add(response.Body.Split(' ')[1]);
        }

        Assert.Single(connections);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Requests_SentAllAtOnce_AreAnsweredInOrder(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/{n}", async (int n) =>
        {
            if (n % 3 == 0)
                await Task.Yield();
            return $"{n}";
        }));
        using var client = await server.Connect();

        await client.Send(string.Concat(Enumerable.Range(0, 100).Select(static n => $"GET /{n} HTTP/1.1\r\nHost: test\r\n\r\n")));
        for (var i = 0; i < 100; i++)
            Assert.Equal($"{i}", (await client.ReadResponse()).Body);
    }
}
