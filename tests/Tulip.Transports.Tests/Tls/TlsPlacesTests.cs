using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Tls;

/// <summary>TLS over whatever else a connection can be made of.</summary>
public sealed class TlsPlacesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tulip").FullName;

    private string SocketPath => Path.Combine(_folder, "socket");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSocket_Secured_EchoesAndSaysGoodbye(string engine) => Rig.Run(engine, async rig =>
    {
        var options = new ServerOptions { Tls = TestCertificate.ForServer() };
        var server = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath, options);
        var (transport, client) = await rig.Loop.CreateUnixConnection(static () => new Recorder(), SocketPath, TestCertificate.ForClient());
        Assert.NotNull(transport.GetExtraInfo(TlsInfo.PeerCertificateName));
        Assert.Equal(new UnixDomainSocketEndPoint(SocketPath), transport.RemoteEndPoint);
        transport.Write("hello"u8);
        await rig.Until(() => client.Bytes == 5);
        transport.Close();
        await rig.Until(() => client.IsLost);
        Assert.Null(client.Failure);
        server.Close();
        await server.WaitClosed();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void UnixSocket_CertificateForAnotherName_FailsTheConnect(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath, new ServerOptions { Tls = TestCertificate.ForServer() });
        await Expect.Failure<AuthenticationException>(
            async () => await rig.Loop.CreateUnixConnection(static () => new Recorder(), SocketPath, TlsSettings.ForClient("elsewhere")));
        server.Close();
        await server.WaitClosed();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Sockets_OfTheCallers_AreSecuredAtBothEnds(string engine) => Rig.Run(engine, async rig =>
    {
        var (ours, accepted) = Connected();
        var serving = CreateTask(rig.Loop.ConnectAcceptedSocket(static () => new Echo(), accepted, TestCertificate.ForServer()));
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), ours, TestCertificate.ForClient());
        var (served, _) = await serving;
        transport.Write("hello"u8);
        await rig.Until(() => client.Bytes == 5);
        Assert.Equal("hello", client.Received.ToString());
        Assert.IsType<TlsTransport>(served);
        served.Close();
        await rig.Until(() => client.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Connect_CancelledAtEachStep_LeavesNothingAndNoNewsOfIt(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath, new ServerOptions { Tls = TestCertificate.ForServer() });
        for (var steps = 0; steps < 40; steps++)
        {
            var connect = CreateTask(rig.Loop.CreateUnixConnection(static () => new Recorder(), SocketPath, TestCertificate.ForClient()));
            for (var i = 0; i < steps; i++)
                await Sleep(0);
            connect.Cancel();
            await Wait([connect]);
            if (!connect.Cancelled)
                connect.Result().Transport.Abort();
        }

        server.Close();
        await server.WaitClosed();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Sleep(0);
    });

    [Fact]
    public void Settings_OfTheOtherSide_AreRefusedAndTheSocketStaysTheCallers() => Rig.Run("epoll", async rig =>
    {
        var (ours, accepted) = Connected();
        using (ours)
        using (accepted)
        {
            Assert.Throws<ArgumentException>(() => rig.Loop.CreateConnection(static () => new Echo(), ours, TestCertificate.ForServer()));
            Assert.Throws<ArgumentException>(() => rig.Loop.ConnectAcceptedSocket(static () => new Echo(), accepted, TestCertificate.ForClient()));
            Assert.Throws<ArgumentException>(() => rig.Loop.CreateUnixConnection(static () => new Echo(), SocketPath, TestCertificate.ForServer()));
            await Sleep(0);
            Assert.Equal(1, ours.Send(new byte[1]));
        }
    });

    private static (Socket Client, Socket Accepted) Connected()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        return (client, listener.Accept());
    }
}
