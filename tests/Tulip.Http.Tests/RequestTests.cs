using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tulip.Http.Tests;

/// <summary>Requests and their answers, over every kind of connection.</summary>
public sealed class RequestTests
{
    public static TheoryData<string> Engines => HttpRig.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Requests_OneAfterTheOther_ShareOneConnection(string engine) => HttpRig.Run(engine, static async rig =>
    {
        for (var i = 0; i < 50; i++)
            Assert.Equal($"{i}", await rig.Http.GetStringAsync($"/number/{i}"));
        Assert.Equal(1, rig.Server.Connections);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Requests_AThousandAtOnce_AllAreAnswered(string engine) => HttpRig.Run(engine, static async rig =>
    {
        const int Count = 1000;
        var all = Gather(Enumerable.Range(0, Count).Select(async Coroutine<string> (n) => await rig.Http.GetStringAsync($"/gate/{n}")));

        // The server answers nobody before it has them all.
        await rig.Server.Arrived(Count);
        rig.Server.OpenGate();
        Assert.Equal(Enumerable.Range(0, Count).Select(static n => $"{n}"), await all);
        Assert.Equal(Count, rig.Server.Connections);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void MaxConnections_OfFour_AreSharedByAll(string engine) => HttpRig.Run(
        engine,
        static async rig =>
        {
            const int Count = 200;
            var results = await Gather(Enumerable.Range(0, Count).Select(async Coroutine<string> (n) => await rig.Http.GetStringAsync($"/number/{n}")));
            Assert.Equal(Enumerable.Range(0, Count).Select(static n => $"{n}"), results);
            Assert.InRange(rig.Server.Connections, 1, 4);
        },
        new HttpHandlerOptions { MaxConnectionsPerServer = 4 });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Content_OfManyMegabytes_GoesOutAndComesBackWhole(string engine) => HttpRig.Run(engine, static async rig =>
    {
        var sent = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        using var response = await rig.Http.PostAsync("/echo", new ByteArrayContent(sent));
        Assert.True((await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(sent));
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Tls_WithHttp1_SharesOneConnection(string engine) => HttpRig.Run(engine, static async rig =>
    {
        using var http = rig.SecureHttp(HttpVersion.Version11);
        for (var i = 0; i < 10; i++)
            Assert.Equal("now HTTP/1.1", await http.GetStringAsync("/now"));
        Assert.Equal(500_000, (await http.GetByteArrayAsync("/bytes/500000")).Length);
        Assert.Equal(1, rig.Server.Connections);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Http2_AHundredAtOnce_ShareOneConnection(string engine) => HttpRig.Run(engine, static async rig =>
    {
        using var http = rig.SecureHttp(HttpVersion.Version20);
        Assert.Equal("now HTTP/2", await http.GetStringAsync("/now"));
        const int Count = 90; // a server's limit is 100
        var all = Gather(Enumerable.Range(0, Count).Select(async Coroutine<string> (n) =>
        {
            var text = await http.GetStringAsync($"/gate/{n}");
            Assert.True(rig.OnLoop);
            return text;
        }));
        await rig.Server.Arrived(Count);
        rig.Server.OpenGate();
        Assert.Equal(Enumerable.Range(0, Count).Select(static n => $"{n}"), await all);

        var sent = new byte[3 * 1024 * 1024];
        new Random(2).NextBytes(sent);
        using var response = await http.PostAsync("/echo", new ByteArrayContent(sent));
        Assert.True((await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(sent));
        Assert.Equal(1, rig.Server.Connections);
    });

    [Fact]
    public void Tls_CertificateOfNobody_IsNotTaken() => HttpRig.Run("auto", static async rig =>
    {
        var failure = await Expect.Throws<HttpRequestException>(async () => await rig.Http.GetStringAsync(new Uri(rig.Server.SecureUrl, "/now")));
        Assert.Equal(HttpRequestError.SecureConnectionError, failure.HttpRequestError);
        Assert.IsType<AuthenticationException>(failure.InnerException);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void UnixSocket_AnyHost_IsServedThere(string engine)
    {
        using var other = new HttpServer();
        HttpRig.Run(
            engine,
            async rig =>
            {
                Assert.Equal("now HTTP/1.1", await rig.Http.GetStringAsync("http://a.host.that.is.nowhere/now"));
                Assert.Equal((0, 1), (rig.Server.Connections, other.Connections));
            },
            new HttpHandlerOptions { UnixSocketPath = other.Path });
    }

    [Fact]
    public void Host_ByNameAndByAddress_IsFound() => HttpRig.Run("auto", static async rig =>
    {
        // The name stands for two addresses, of which the server has one.
        Assert.Equal("now HTTP/1.1", await rig.Http.GetStringAsync($"http://localhost:{rig.Server.Url.Port}/now"));
        Assert.Equal("now HTTP/1.1", await rig.Http.GetStringAsync($"http://127.0.0.1:{rig.Server.Url.Port}/now"));
    });

    [Fact]
    public void Host_ByAddressOfVersion6_IsFound() => HttpRig.Run("auto", static async rig =>
    {
        Needs.IPv6();
        await using var server = await StartServer(
            static async (reader, writer) =>
            {
                await reader.ReadUntil("\r\n\r\n"u8.ToArray());
                writer.Write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nsix"u8);
                writer.Close();
            },
            "::1",
            0);
        Assert.Equal("six", await rig.Http.GetStringAsync($"http://[::1]:{((IPEndPoint)server.LocalEndPoints[0]).Port}/"));
    });

    [Fact]
    public void Configure_OfNetsHandler_Counts() => HttpRig.Run(
        "auto",
        static async rig =>
        {
            using var response = await rig.Http.GetAsync("/moved");
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        },
        new HttpHandlerOptions { Configure = static handler => handler.AllowAutoRedirect = false });

    [Fact]
    public void Configure_WithAConnectCallback_IsRefused() => HttpRig.Run("auto", static async rig =>
    {
        var options = new HttpHandlerOptions { Configure = static handler => handler.ConnectCallback = static (_, _) => default };
        Assert.Throws<ArgumentException>(() => CreateHttpHandler(options));
        await Sleep(0);
    });

    [Fact]
    public void Options_ThatMakeNoSense_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new HttpHandlerOptions { MaxConnectionsPerServer = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new HttpHandlerOptions { ConnectTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentException>(static () => new HttpHandlerOptions { Connection = new ConnectionOptions { Tls = TlsSettings.ForClient("host") } });
        Assert.Throws<InvalidOperationException>(static () => CreateHttpHandler());
    }

    [Fact]
    public void Response_Headers_AreAllThere() => HttpRig.Run("auto", static async rig =>
    {
        using var response = await rig.Http.GetAsync("/now", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(MediaTypeHeaderValue.Parse("text/plain; charset=utf-8"), response.Content.Headers.ContentType);
        Assert.NotNull(response.Headers.Date);
        using var empty = await rig.Http.GetAsync("/bytes/0");
        Assert.Equal(0, empty.Content.Headers.ContentLength);
        Assert.Empty(await empty.Content.ReadAsByteArrayAsync());
    });
}
