using System.Net;
using System.Net.Sockets;

namespace Tulip.Http.Tests;

/// <summary>Servers that are gone, loops that end, clients that do not read.</summary>
public sealed class TroubleTests
{
    public static TheoryData<string> Engines => HttpRig.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Server_NotThere_IsAConnectionError(string engine) => HttpRig.Run(engine, static async rig =>
    {
        // Bound, so that nobody else gets the port meanwhile, but not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var failure = await Expect.Throws<HttpRequestException>(async () => await rig.Http.GetStringAsync($"http://127.0.0.1:{port}/"));
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Server_HangsUp_IsAFailureAndTheClientIsStillGood(string engine) => HttpRig.Run(engine, static async rig =>
    {
        for (var i = 0; i < 10; i++)
        {
            await Expect.Throws<HttpRequestException>(async () => await rig.Http.GetStringAsync("/hang-up"));
            await Expect.Throws<HttpRequestException>(async () => await rig.Http.GetStringAsync("/break"));
            Assert.Equal("now HTTP/1.1", await rig.Http.GetStringAsync("/now"));
        }
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Server_ClosesAnIdleConnection_ANewOneIsMade(string engine) => HttpRig.Run(engine, static async rig =>
    {
        var clients = 0;
        await using var server = await StartServer(
            async (reader, writer) =>
            {
                clients++;
                await reader.ReadUntil("\r\n\r\n"u8.ToArray());
                writer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
                await writer.Drain();
                writer.Close();
            },
            "127.0.0.1",
            0);
        var address = $"http://127.0.0.1:{((IPEndPoint)server.LocalEndPoints[0]).Port}/";
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal("ok", await rig.Http.GetStringAsync(address));
            Assert.Equal(i, clients);
            await HttpRig.Until(() => server.Sockets.Count > 0 && AllTasks().Count <= 2);
        }
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Client_ThatDoesNotRead_HoldsTheServerBack(string engine) => HttpRig.Run(engine, static async rig =>
    {
        using (var response = await rig.Http.GetAsync("/pour", HttpCompletionOption.ResponseHeadersRead))
        {
            // The sockets' own buffers fill up; then nothing moves until somebody reads.
            var before = -1L;
            while (Interlocked.Read(ref rig.Server.Poured) is var poured && (poured == 0 || poured != before))
            {
                before = poured;
                for (var i = 0; i < 100; i++)
                    await Sleep(0.001);
            }

            Assert.InRange(before, 1, 100_000_000);
            using var content = await response.Content.ReadAsStreamAsync();
            var buffer = new byte[1024 * 1024];
            for (var read = 0L; read < before + 20_000_000;)
                read += await content.ReadAsync(buffer);
        }

        await rig.Server.Aborted(1);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Loop_ThatCloses_FailsWhatOthersWaitFor(string engine)
    {
        using var server = new HttpServer();
        HttpClient? http = null;
        var requests = new List<Task<string>>();
        Stream? content = null;
        Task<int>? reading = null;
        using (var loop = new EventLoop(engine: Tulip.Engines.EngineSelector.Create(engine)))
        {
            loop.RunUntilComplete(Main());
        }

        // The loop is gone: what is under way fails rather than waits for ever.
        foreach (var request in requests)
            Assert.Throws<HttpRequestException>(() => request.WaitGuarded());
        Assert.ThrowsAny<IOException>(() => reading!.WaitGuarded());
        content!.Dispose();
        var later = Assert.Throws<InvalidOperationException>(() => http!.GetStringAsync("/now").WaitGuarded());
        Assert.Contains("CreateHttpHandler", later.Message, StringComparison.Ordinal);
        http!.Dispose();

        async Coroutine Main()
        {
            http = new HttpClient(CreateHttpHandler()) { BaseAddress = server.Url };
            Assert.Equal("now HTTP/1.1", await http.GetStringAsync("/now"));
            await ToThread(() => requests.AddRange(Enumerable.Range(0, 5).Select(n => http.GetStringAsync($"/gate/{n}"))));
            await server.Arrived(5);
            content = await http.GetStreamAsync("/half");
            Assert.Equal(6, await content.ReadAtLeastAsync(new byte[6], 6));
            reading = await ToThread(() => content.ReadAsync(new byte[10]).AsTask());
        }
    }

    [Fact]
    public void Run_ThatEnds_TakesItsHandlerWithIt()
    {
        using var server = new HttpServer();
        var http = Run(Main());
        server.Ended(1).WaitGuarded();
        Assert.Throws<InvalidOperationException>(() => http.GetStringAsync("/now").WaitGuarded());
        http.Dispose();

        async Coroutine<HttpClient> Main()
        {
            var http = new HttpClient(CreateHttpHandler()) { BaseAddress = server.Url };
            await http.GetStringAsync("/now");
            return http;
        }
    }

    [Fact]
    public void Handler_ThatIsDisposed_ClosesItsIdleConnections() => HttpRig.Run("auto", static async rig =>
    {
        using (var http = new HttpClient(CreateHttpHandler()) { BaseAddress = rig.Server.Url })
            await http.GetStringAsync("/now");
        await rig.Server.Ended(1);
    });

    [Fact]
    public void Response_ThatIsForgotten_ClosesItsConnectionWhenItIsCollected() => HttpRig.Run("auto", static async rig =>
    {
        await Forget();
        var ended = rig.Server.Ended(1);
        while (!ended.IsCompleted)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Sleep(0.005);
        }

        await ended;

        async Coroutine Forget() => await rig.Http.GetAsync("/pour", HttpCompletionOption.ResponseHeadersRead);
    });

    [Fact]
    public void VirtualTime_WaitsForARequestThatIsToldToHoldIt()
    {
        using var server = new HttpServer();
        using var loop = new EventLoop(new VirtualClock());
        loop.RunUntilComplete(Main());

        async Coroutine Main()
        {
            using var http = new HttpClient(CreateHttpHandler()) { BaseAddress = server.Url, Timeout = Timeout.InfiniteTimeSpan };
            var start = loop.Time;

            // Held: an hour's limit is not reached, and no time passes.
            Assert.Equal("now HTTP/1.1", await WaitFor(Held("/now"), 3600));
            Assert.Equal(start, loop.Time);

            // Not held: the limit is all that virtual time has to wait for.
            await Expect.Throws<TimeoutException>(async () => await WaitFor(Plain("/gate/1"), 3600));
            Assert.Equal(start + 3600, loop.Time);

            async Coroutine<string> Held(string path) => await WrapFuture(http.GetStringAsync(path), holdTime: true);

            async Coroutine<string> Plain(string path) => await http.GetStringAsync(path);
        }
    }
}
