using System.Net;
using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class ConnectingTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Refused_IsTheSocketsError(string engine) => Rig.Run(engine, async rig =>
    {
        using var unused = UnusedPort(out var port);
        var failure = await Expect.Failure<SocketException>(async () => await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);

        var all = await Expect.Failure<AggregateException>(async () => await rig.Loop.CreateConnection(
            static () => new Recorder(), "127.0.0.1", port, new ConnectionOptions { AllErrors = true }));
        Assert.IsType<SocketException>(Assert.Single(all.InnerExceptions));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Localhost_WithSeveralAddresses_IsReachedByTheOneThatListens(string engine) => Rig.Run(engine, async rig =>
    {
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        foreach (var delay in (double?[])[null, 0, 0.25, 10])
        {
            var (transport, client) = await rig.Loop.CreateConnection(
                static () => new Recorder(), "localhost", ServerTests.Port(server), new ConnectionOptions { HappyEyeballsDelay = delay });
            transport.Write("x"u8);
            await rig.Until(() => client.Bytes == 1);
            transport.Close();
        }
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Cancelled_AtAnyPoint_LeavesNoSocket(string engine) => Rig.Run(engine, async rig =>
    {
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        for (var passes = 0; passes < 12; passes++)
        {
            foreach (var host in (string[])["127.0.0.1", "localhost"])
            {
                var task = CreateTask(rig.Loop.CreateConnection(
                    static () => new Recorder(), host, ServerTests.Port(server), new ConnectionOptions { HappyEyeballsDelay = 0.001 }));
                for (var i = 0; i < passes; i++)
                    await Sleep(0);
                task.Cancel();
                await Wait([task]);
                if (!task.Cancelled)
                    task.Result().Transport.Close();
            }
        }

        await rig.Until(() => server.ToString().Contains("connections=0", StringComparison.Ordinal));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Cancelled_WhileThePeerDoesNotAnswer_ClosesTheSocket(string engine) => Rig.Run(engine, async rig =>
    {
        // A full backlog: the kernel leaves further clients without an answer.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var tasks = Enumerable.Range(0, 6).Select(_ => CreateTask(rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", port))).ToArray();
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        Assert.Contains(tasks, static task => !task.Done);
        foreach (var task in tasks)
            task.Cancel();
        await Wait(tasks);
        foreach (var task in tasks.Where(static task => !task.Cancelled))
            task.Result().Transport.Abort();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void HappyEyeballs_FirstAddressDoesNotAnswer_TheSecondWins_AndTheFirstIsClosed(string engine) => Rig.Run(engine, async rig =>
    {
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var port = ServerTests.Port(server);
        var silent = IPAddress.Parse("127.0.0.2");
        using var listener = new SilentListener(silent, port);
        LoopTransports.Of(rig.Loop).Lookup = (_, _) => [silent, IPAddress.Loopback];

        var before = Rig.OpenSockets().Count;
        foreach (var delay in (double[])[0, 0.01])
        {
            var (transport, client) = await rig.Loop.CreateConnection(
                static () => new Recorder(), "two.example", port, new ConnectionOptions { HappyEyeballsDelay = delay });
            Assert.Equal(new IPEndPoint(IPAddress.Loopback, port), transport.RemoteEndPoint);
            transport.Write("x"u8);
            await rig.Until(() => client.Bytes == 1);

            // The two ends of the connection, and no third.
            if (OperatingSystem.IsLinux())
                await rig.Until(() => Rig.OpenSockets().Count == before + 2);
            transport.Close();
            await rig.Until(() => client.IsLost && Rig.OpenSockets().Count == before);
        }

        // Without a delay it is the first address's turn until it gives up.
        var patient = CreateTask(rig.Loop.CreateConnection(static () => new Recorder(), "two.example", port));
        for (var i = 0; i < 20; i++)
            await Sleep(0.0005);
        Assert.False(patient.Done);
        patient.Cancel();
        await Wait([patient]);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void LocalAddress_IsBound(string engine) => Rig.Run(engine, async rig =>
    {
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var options = new ConnectionOptions { LocalAddress = ("127.0.0.3", 0) };
        var (transport, _) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", ServerTests.Port(server), options);
        Assert.Equal(IPAddress.Parse("127.0.0.3"), ((IPEndPoint)transport.LocalEndPoint!).Address);
        transport.Close();

        var failure = await Expect.Failure<SocketException>(async () => await rig.Loop.CreateConnection(
            static () => new Recorder(), "127.0.0.1", ServerTests.Port(server), new ConnectionOptions { LocalAddress = ("::1", 0) }));
        Assert.Contains("local address", failure.Message, StringComparison.Ordinal);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Factory_ThatFails_ClosesTheSocket(string engine) => Rig.Run(engine, async rig =>
    {
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        await Expect.Failure<FormatException>(async () => await rig.Loop.CreateConnection<Recorder>(
            static () => throw new FormatException(), "127.0.0.1", ServerTests.Port(server)));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void GetAddrInfo_OfAnAddress_NeedsNoResolver(string engine) => Rig.Run(engine, async rig =>
    {
        var passes = rig.Loop.Passes;
        var answer = Assert.Single(await rig.Loop.GetAddrInfo("::1", 80));
        Assert.Equal(passes, rig.Loop.Passes);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 80), answer.Address);
        Assert.NotEmpty(await rig.Loop.GetAddrInfo("localhost", 80));
        await Expect.Failure<SocketException>(async () => await rig.Loop.GetAddrInfo("127.0.0.1", 80, AddressFamily.InterNetworkV6));
        var (_, service) = await rig.Loop.GetNameInfo(new IPEndPoint(IPAddress.Loopback, 8080));
        Assert.Equal("8080", service);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Name_ThatIsNotKnown_IsInTheMessage(string engine) => Rig.Run(engine, async rig =>
    {
        LoopTransports.Of(rig.Loop).Lookup = static (_, _) => throw new SocketException((int)SocketError.HostNotFound);
        var thrown = await Expect.Failure<SocketException>(async () => await rig.Loop.CreateConnection(static () => new Recorder(), "nobody.example", 80));
        Assert.Contains("nobody.example", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(SocketError.HostNotFound, thrown.SocketErrorCode);
    });

    /// <summary>A port where nobody listens: who keeps the socket keeps the port from all others.</summary>
    internal static Socket UnusedPort(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
