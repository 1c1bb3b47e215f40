using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Tulip.AspNetCore.Tests;

/// <summary>HTTP/2, TLS, and both.</summary>
public sealed class Http2Tests
{
    private const int Streams = 100;

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Streams_AHundredAtOnce_AreAllServed(string carrier)
    {
        var all = new CountdownEvent(Streams);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.Start(
            carrier,
            app => app.MapPost("/{n}", async (int n, HttpContext context) =>
            {
                if (all.Signal())
                    gate.SetResult();
                await gate.Task;
                using var reader = new StreamReader(context.Request.Body);
                return $"{n} {(await reader.ReadToEndAsync()).Length} {context.Connection.Id}";
            }),
            new() { Listen = static listen => listen.Protocols = HttpProtocols.Http2 });
        using var client = server.Client(HttpVersion.Version20);

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async n =>
        {
            using var content = new StringContent(new string('x', n * 100));
            using var response = await client.PostAsync($"/{n}", content);
            return await response.Content.ReadAsStringAsync();
        })).Guarded();

        for (var n = 0; n < Streams; n++)
            Assert.StartsWith($"{n} {n * 100} ", answers[n], StringComparison.Ordinal);
        Assert.Single(answers.Select(static answer => answer.Split(' ')[2]).Distinct());
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Tls_WithAlpn_ServesEitherVersion(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapPost("/", static async context =>
            {
                await context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.IsHttps} ");
                await context.Request.Body.CopyToAsync(context.Response.Body);
            }),
            new() { Listen = static listen => listen.UseHttps(TestCertificate.Instance) });
        using var connections = new ActiveConnections(server);
        var body = new string('x', 300_000);
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var client = server.Client(version);
            using var content = new StringContent(body);
            using var response = await client.PostAsync(server.Url("/", "https"), content);
            Assert.Equal($"HTTP/{version.Major}{(version.Major == 1 ? ".1" : "")} True {body}", await response.Content.ReadAsStringAsync());
        }

        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Tls_WithAClientThatSpeaksNone_EndsThatConnectionOnly(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier, static app => app.MapGet("/", () => "hello"), new() { Listen = static listen => listen.UseHttps(TestCertificate.Instance) });
        using var connections = new ActiveConnections(server);
        using var plain = await server.Connect();
        await plain.Get("/");
        await plain.ReadToEnd();

        using (var gone = await server.Connect())
            await gone.Send([22, 3, 1]);

        using (var client = server.Client())
            Assert.Equal("hello", await client.GetStringAsync(server.Url("/", "https")));
        await connections.AllGone();
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Tls_WithClientsThatGoOrWaitInTheHandshake_EndsTheirConnections(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", () => "hello"), new()
        {
            Listen = static listen => listen.UseHttps(TestCertificate.Instance, static https => https.HandshakeTimeout = TimeSpan.FromMilliseconds(200)),
        });
        using var connections = new ActiveConnections(server);
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.Connect();
            await client.Send([22, 3, 1, 2, 0, 1]);
            if (i % 2 == 0)
                client.Reset();
            else
                client.EndSending();
        }

        using var waiting = await server.Connect();
        await waiting.Send([22, 3, 1]);
        await waiting.ReadToEnd();
        await connections.AllGone();
        foreach (var pool in server.Pools())
            await TestTime.Until(() => pool.Rented == 0, "all memory had come back");
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Client_ThatGoesAway_AbortsItsStreams(string carrier)
    {
        var (begun, aborted) = (0, 0);
        await using var server = await TestServer.Start(
            carrier,
            app => app.MapGet("/{n}", async (HttpContext context) =>
            {
                var gone = new TaskCompletionSource();
                using var registration = context.RequestAborted.Register(gone.SetResult);
                Interlocked.Increment(ref begun);
                await gone.Task;
                Interlocked.Increment(ref aborted);
            }),
            new() { Listen = static listen => listen.Protocols = HttpProtocols.Http2 });
        using var connections = new ActiveConnections(server);
        for (var round = 1; round <= 3; round++)
        {
            var client = server.Client(HttpVersion.Version20);
            var requests = Enumerable.Range(0, 50).Select(n => client.GetAsync($"/{n}")).ToArray();
            await TestTime.Until(() => Volatile.Read(ref begun) == 50 * round, "all requests had begun");
            client.Dispose();
            foreach (var request in requests)
                await Assert.ThrowsAnyAsync<Exception>(() => request);
            await TestTime.Until(() => Volatile.Read(ref aborted) == 50 * round, "all were aborted");
            await connections.AllGone();
        }

        foreach (var pool in server.Pools())
            await TestTime.Until(() => pool.Rented == 0, "all memory had come back");
    }
}
