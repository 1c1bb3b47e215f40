using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Tls;

public sealed class TlsTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_BothSidesOurs_ComesBackAndSaysGoodbye(string engine) => Rig.Run(engine, async rig =>
    {
        var atServer = new Recorder { OnData = static (self, bytes) => self.Transport.Write(bytes) };
        var (server, port) = await Serve(rig, () => atServer);
        var (transport, client) = await Connect(rig, port);
        transport.Write("hel"u8);
        transport.Write("lo"u8);
        await rig.Until(() => client.Bytes == 5);
        Assert.Equal("hello", client.Received.ToString());

        transport.Close();
        transport.Close();
        Assert.True(transport.IsClosing);
        await rig.Until(() => client.IsLost && atServer.IsLost);
        Assert.Equal(["made", "data", "lost"], client.Events);
        Assert.Equal(["made", "data", "eof", "lost"], atServer.Events);
        Assert.Equal((null, null), (client.Failure, atServer.Failure));
        server.Close();
        await server.WaitClosed();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Greeting_WrittenBehindTheHandshakesLastBytes_LeavesToo(string engine) => Rig.Run(engine, async rig =>
    {
        // The handshake's last bytes are under way when the greeting is encrypted, at the end of the same pass.
        var (server, port) = await Serve(rig, static () => new Recorder { OnMade = static self => self.Transport.Write("hello"u8) });
        for (var i = 0; i < 20; i++)
        {
            // From another thread: nothing else wakes the loop meanwhile.
            await ToThread(() =>
            {
                using var peer = new TcpClient("127.0.0.1", port);
                using var ssl = new SslStream(peer.GetStream());
                ssl.AuthenticateAsClient(TestCertificate.ForClient().Client!);
                ssl.ReadExactly(new byte[5]);
            });
        }

        server.Close();
        server.AbortClients();
        await server.WaitClosed();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void ExtraInfo_NamesWhatWasAgreed(string engine) => Rig.Run(engine, async rig =>
    {
        var protocols = new List<SslApplicationProtocol> { new("tulip"), SslApplicationProtocol.Http11 };
        var atServer = new Recorder();
        string? asked = null;
        var (server, port) = await Serve(rig, () => atServer, TestCertificate.ForServer(options =>
        {
            options.ApplicationProtocols = protocols;
            options.ServerCertificate = null;
            options.ServerCertificateSelectionCallback = (_, name) =>
            {
                asked = name;
                return TestCertificate.Server;
            };
        }));
        var (transport, client) = await Connect(rig, port, TestCertificate.ForClient(options => options.ApplicationProtocols = [new("tulip")]));

        Assert.Equal("localhost", asked);
        Assert.Equal("tulip", transport.GetExtraInfo(TlsInfo.AlpnName));
        Assert.NotNull(transport.GetExtraInfo(TlsInfo.PeerCertificateName));
        Assert.IsType<TlsCipherSuite>(transport.GetExtraInfo(TlsInfo.CipherName));
        Assert.Equal(port, ((IPEndPoint)transport.RemoteEndPoint!).Port);
        await rig.Until(() => atServer.Made);
        Assert.Equal("tulip", atServer.Transport.GetExtraInfo(TlsInfo.AlpnName));
        await Finish(rig, server, transport, client);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void ClientCertificate_Asked_IsSeenByTheServer(string engine) => Rig.Run(engine, async rig =>
    {
        using var certificate = TestCertificate.Make("somebody");
        string? subject = null;
        var (server, port) = await Serve(rig, static () => new Echo(), TestCertificate.ForServer(options =>
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, seen, _, _) =>
            {
                subject = seen?.Subject;
                return true;
            };
        }));
        var (transport, client) = await Connect(rig, port, TestCertificate.ForClient(options => options.ClientCertificates = [certificate]));
        transport.Write("x"u8);
        await rig.Until(() => client.Bytes == 1);
        Assert.Equal("CN=somebody", subject);
        await Finish(rig, server, transport, client);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void LargeTransfer_BothWays_ArrivesWhole(string engine) => Rig.Run(engine, async rig =>
    {
        const int Size = 8 * 1024 * 1024;
        var bytes = RandomNumberGenerator.GetBytes(Size);
        var (server, port) = await Serve(rig, static () => new Echo());
        using var received = new MemoryStream();
        var client = new Recorder { OnData = (_, piece) => received.Write(piece) };
        var (transport, _) = await rig.Loop.CreateConnection(() => client, "127.0.0.1", port, new ConnectionOptions { Tls = TestCertificate.ForClient() });
        for (var start = 0; start < Size;)
        {
            var count = Math.Min(Random.Shared.Next(1, 100_000), Size - start);
            transport.Write(bytes.AsSpan(start, count));
            start += count;
            if (transport.GetWriteBufferSize() > 1_000_000)
                await rig.Until(() => transport.GetWriteBufferSize() < 500_000);
        }

        await rig.Until(() => received.Length == Size);
        Assert.True(bytes.AsSpan().SequenceEqual(received.ToArray()));
        await Finish(rig, server, transport, client);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_HoldsThePeerBack(string engine) => Rig.Run(engine, async rig =>
    {
        var atServer = new Recorder { OnMade = static self => self.Transport.PauseReading() };
        var (server, port) = await Serve(rig, () => atServer);
        var (transport, client) = await Connect(rig, port);
        await rig.Until(() => atServer.Made);
        var paused = false;
        client.OnPause = _ => paused = true;
        client.OnResume = _ => paused = false;
        var sent = 0;
        var piece = new byte[32 * 1024];
        for (var i = 0; i < 2000 && !(paused && i > 1000); i++)
        {
            if (!paused)
            {
                transport.Write(piece);
                sent += piece.Length;
            }

            await Sleep(0);
        }

        Assert.True(paused);
        Assert.Equal(0, atServer.Bytes);
        atServer.Transport.ResumeReading();
        await rig.Until(() => atServer.Bytes == sent && !paused);
        await Finish(rig, server, transport, client);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Certificate_NotTrusted_FailsTheConnect(string engine) => Rig.Run(engine, async rig =>
    {
        var atServer = new Recorder();
        var (server, port) = await Serve(rig, () => atServer);
        var settings = TlsSettings.ForClient("localhost");
        await Assert.ThrowsAsync<AuthenticationException>(
            () => rig.Loop.CreateTask(rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port, new ConnectionOptions { Tls = settings })).AsTask());
        server.Close();
        await server.WaitClosed();

        // With TLS 1.3 the server's half of the handshake is over before the client looks at the certificate.
        Assert.Equal(0, atServer.Bytes);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Garbage_OnTheTlsPort_EndsThatConnectionOnly(string engine) => Rig.Run(engine, async rig =>
    {
        var (server, port) = await Serve(rig, static () => new Echo());
        var (good, client) = await Connect(rig, port);
        var (plain, bad) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port);
        plain.Write("GET / HTTP/1.1\r\n\r\n"u8);
        await rig.Until(() => bad.IsLost);
        Assert.DoesNotContain("HTTP", bad.Received.ToString(), StringComparison.Ordinal);

        var (silent, gone) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port);
        silent.Write(new byte[] { 0x16, 0x03, 0x01 });
        silent.Close();
        await rig.Until(() => gone.IsLost);

        good.Write("still here"u8);
        await rig.Until(() => client.Bytes == 10);
        await Finish(rig, server, good, client);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PeerGoesWithoutGoodbye_TheProtocolIsToldTheEnd(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig, new Recorder { KeepOpen = true });
        var above = new Recorder();
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, above, TestCertificate.ForClient()));
        using var ssl = new SslStream(new NetworkStream(pair.Peer));
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificate.Server });
        await secure;
        above.Events.Add("made");
        await ssl.WriteAsync("bye"u8.ToArray());
        await rig.Until(() => above.Bytes == 3);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await rig.Until(() => above.IsLost);
        Assert.Equal(["made", "data", "eof", "lost"], above.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PeerResets_TheProtocolIsToldWhy(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var above = new Recorder();
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, above, TestCertificate.ForServer()));
        using var ssl = new SslStream(new NetworkStream(pair.Peer));
        await ssl.AuthenticateAsClientAsync(TestCertificate.ForClient().Client!);
        await secure;
        pair.Reset();
        await rig.Until(() => above.IsLost);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(above.Failure).SocketErrorCode);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void StartTls_AfterPlainWords_LosesNoByte(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.Write("STARTTLS\r\n"u8);
        var above = new Recorder();
        above.Events.Add("made");
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, above, TestCertificate.ForClient()));
        await ToThread(() => pair.Peer.Receive(new byte[10]));
        using var ssl = new SslStream(new NetworkStream(pair.Peer));
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificate.Server });
        var transport = await secure;
        transport.Write("secret"u8);
        var buffer = new byte[6];
        await ssl.ReadExactlyAsync(buffer);
        Assert.Equal("secret"u8.ToArray(), buffer);
        await ssl.WriteAsync("too"u8.ToArray());
        await rig.Until(() => above.Bytes == 3);

        var goodbye = ToThread(() => ssl.Read(buffer));
        transport.Close();
        Assert.Equal(0, await goodbye);
        await ssl.ShutdownAsync();
        await rig.Until(() => above.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Handshake_PeerIsSilent_TimesOut(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var settings = TestCertificate.ForServer().WithTimeouts(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1));
        var thrown = await Assert.ThrowsAsync<TimeoutException>(
            () => rig.Loop.CreateTask(rig.Loop.StartTls(pair.Transport, new Recorder(), settings)).AsTask());
        Assert.Contains("handshake", thrown.Message, StringComparison.Ordinal);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Handshake_Cancelled_AbortsTheConnection(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, new Recorder(), TestCertificate.ForServer()));
        await Sleep(0);
        await Sleep(0);
        secure.Cancel();
        await rig.Until(() => secure.Done);
        Assert.True(secure.Cancelled);
        await rig.Until(() => pair.Transport.IsClosing);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Shutdown_PeerSaysNothing_IsAbortedInTheEnd(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var above = new Recorder();
        above.Events.Add("made");
        var settings = TestCertificate.ForServer().WithTimeouts(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(20));
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, above, settings));
        using var ssl = new SslStream(new NetworkStream(pair.Peer));
        await ssl.AuthenticateAsClientAsync(TestCertificate.ForClient().Client!);
        (await secure).Close();
        await rig.Until(() => above.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Server_WithoutACertificate_IsReported(string engine) => Rig.Run(engine, async rig =>
    {
        var (server, port) = await Serve(rig, static () => new Recorder(), TlsSettings.ForServer(new SslServerAuthenticationOptions()));
        await Assert.ThrowsAnyAsync<Exception>(
            () => rig.Loop.CreateTask(Connect(rig, port)).AsTask());
        rig.Take("TLS handshake failed");
        server.Close();
        await server.WaitClosed();
    });

    [Fact]
    public void Settings_OfTheOtherSide_AreRefused() => Rig.Run("epoll", async rig =>
    {
        Assert.Throws<ArgumentException>(() => rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0, new ServerOptions { Tls = TestCertificate.ForClient() }));
        Assert.Throws<ArgumentException>(
            () => rig.Loop.CreateConnection(static () => new Echo(), "127.0.0.1", 1, new ConnectionOptions { Tls = TestCertificate.ForServer() }));
        await Sleep(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => TestCertificate.ForServer().WithTimeouts(TimeSpan.Zero, TimeSpan.Zero));
    });

    private static async Coroutine<(Server Server, int Port)> Serve(Rig rig, Func<BaseProtocol> factory, TlsSettings? settings = null)
    {
        var options = new ServerOptions { Tls = settings ?? TestCertificate.ForServer() };
        var server = await rig.Loop.CreateServer(factory, "127.0.0.1", 0, options);
        return (server, ((IPEndPoint)server.LocalEndPoints[0]).Port);
    }

    private static async Coroutine<(Transport Transport, Recorder Protocol)> Connect(Rig rig, int port, TlsSettings? settings = null)
        => await rig.Loop.CreateConnection(
            static () => new Recorder(), "127.0.0.1", port, new ConnectionOptions { Tls = settings ?? TestCertificate.ForClient() });

    private static async Coroutine Finish(Rig rig, Server server, Transport transport, Recorder client)
    {
        transport.Close();
        await rig.Until(() => client.IsLost);
        server.Close();
        await server.WaitClosed();
    }
}
