using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tulip.Http.Tests;

/// <summary>What comes of a request is what comes of it with .NET's own handler: answers, and which exceptions in which.</summary>
public sealed class ParityTests
{
    public static TheoryData<string> Replies =>
    [
        "nonsense\r\n\r\n",
        "",
        "HTTP/1.1 200 OK\r\nX-Half: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno-length\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more than was announced",
    ];

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_OfAnyKind_ComesToTheSame(string reply) => HttpRig.Run("auto", async rig =>
    {
        await using var server = await StartServer(
            async (reader, writer) =>
            {
                await reader.ReadUntil("\r\n\r\n"u8.ToArray());
                writer.Write(Encoding.ASCII.GetBytes(reply));
                await writer.Drain();
                writer.Close();
            },
            "127.0.0.1",
            0);
        await AssertSame(rig, http => http.GetStringAsync(Address(server)));
        await AssertSame(rig, async http =>
        {
            using var content = await http.GetStreamAsync(Address(server));
            using var reader = new StreamReader(content);
            return await reader.ReadToEndAsync();
        });
    });

    [Fact]
    public void Server_NotThereOrOfAnotherKind_ComesToTheSame() => HttpRig.Run("auto", static async rig =>
    {
        // Bound, so that nobody else gets the port meanwhile, but not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await AssertSame(rig, http => http.GetStringAsync($"http://localhost:{port}/"));
        await AssertSame(rig, http => http.GetStringAsync($"https://127.0.0.1:{rig.Server.Url.Port}/"));
        await AssertSame(rig, http => http.GetStringAsync($"http://127.0.0.1:{rig.Server.SecureUrl.Port}/"));
        await AssertSame(rig, http => http.GetStringAsync("http://a.host.that.is.nowhere/"), handler => handler.Proxy = new WebProxy("127.0.0.1", port));
        await AssertSame(
            rig,
            http => http.GetStringAsync("http://a.host.that.is.nowhere/"),
            handler => handler.Proxy = new WebProxy($"socks5://127.0.0.1:{rig.Server.Url.Port}"));
    });

    [Fact]
    public void Content_AfterTheServerSaysContinue_IsSent() => HttpRig.Run("auto", static async rig => await AssertSame(rig, static async http =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new StringContent("hello") };
        request.Headers.ExpectContinue = true;
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }));

    [Fact]
    public void Proxy_ForPlainRequestsAndForTunnels_IsUsed() => HttpRig.Run("auto", static async rig =>
    {
        var asked = new List<string>();
        await using var proxy = await StartServer(
            async (reader, writer) =>
            {
                var head = Encoding.ASCII.GetString(await reader.ReadUntil("\r\n\r\n"u8.ToArray()));
                asked.Add(head.Split("\r\n")[0]);
                var isTunnel = head.StartsWith("CONNECT ", StringComparison.Ordinal);
                writer.Write(isTunnel ? "HTTP/1.1 200 OK\r\n\r\n"u8 : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"u8);
                if (isTunnel)
                {
                    var (farReader, farWriter) = await OpenConnection("127.0.0.1", rig.Server.SecureUrl.Port);
                    await Gather(Pump(reader, farWriter), Pump(farReader, writer));
                }

                writer.Close();
            },
            "127.0.0.1",
            0);
        Action<SocketsHttpHandler> configure = handler => handler.Proxy = new WebProxy(Address(proxy));
        await AssertSame(rig, http => http.GetStringAsync("http://a.host.that.is.nowhere/x"), configure);
        await AssertSame(rig, http => http.GetStringAsync(new Uri(rig.Server.SecureUrl, "/now")), configure);
        var (plain, tunnel) = ("GET http://a.host.that.is.nowhere/x HTTP/1.1", $"CONNECT 127.0.0.1:{rig.Server.SecureUrl.Port} HTTP/1.1");
        Assert.Equal([plain, plain, tunnel, tunnel], asked);
        proxy.CloseClients();

        static async Coroutine Pump(AsyncStreamReader from, AsyncStreamWriter to)
        {
            while (await from.Read(10_000) is { Length: > 0 } some)
            {
                to.Write(some);
                await to.Drain();
            }

            to.Close();
        }
    });

    [Fact]
    public void Cookies_AndCompression_WorkAsUsual() => HttpRig.Run("auto", static async rig =>
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(new byte[100_000]);
        var cookies = new List<string?>();
        await using var server = await StartServer(
            async (reader, writer) =>
            {
                for (var i = 0; i < 2; i++)
                {
                    var head = Encoding.ASCII.GetString(await reader.ReadUntil("\r\n\r\n"u8.ToArray()));
                    cookies.Add(head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Cookie:", StringComparison.Ordinal)));
                    writer.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n"));
                    writer.Write(packed.ToArray());
                    await writer.Drain();
                }

                writer.Close();
            },
            "127.0.0.1",
            0);
        await AssertSame(
            rig,
            async http => $"{(await http.GetByteArrayAsync(Address(server))).Length} {(await http.GetByteArrayAsync(Address(server))).Length}",
            static handler => handler.AutomaticDecompression = DecompressionMethods.GZip);
        Assert.Equal([null, "Cookie: a=1", null, "Cookie: a=1"], cookies);
    });

    private static string Address(Server server) => $"http://127.0.0.1:{((IPEndPoint)server.LocalEndPoints[0]).Port}/";

    /// <summary>Asks with .NET's handler, and with Tulip's.</summary>
    private static async Coroutine AssertSame(HttpRig rig, Func<HttpClient, Task<string>> ask, Action<SocketsHttpHandler>? configure = null)
    {
        var stock = new SocketsHttpHandler { SslOptions = HttpRig.Trusting() };
        configure?.Invoke(stock);
        var expected = await Outcome(stock);
        Assert.Equal(expected, await Outcome(CreateHttpHandler(new HttpHandlerOptions { Configure = configure, Tls = HttpRig.Trusting() })));

        async Coroutine<string> Outcome(HttpMessageHandler handler)
        {
            using var http = new HttpClient(handler) { BaseAddress = rig.Server.Url, Timeout = LoopThread.Guard };
            try
            {
                return await ask(http);
            }
            catch (Exception exception)
            {
                return Describe(exception);
            }
        }
    }

    private static string Describe(Exception exception)
    {
        var what = exception switch
        {
            HttpRequestException request => $"{request.HttpRequestError}",
            HttpIOException content => $"{content.HttpRequestError}",
            SocketException socket => $"{socket.SocketErrorCode}",
            _ => "",
        };
        return $"{exception.GetType().Name} {what} <- {(exception.InnerException is { } inner ? Describe(inner) : "")}";
    }
}
