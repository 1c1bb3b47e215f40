using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Tulip.Engines;

namespace Tulip.Running.Tests.Groups;

/// <summary>Servers that accept on all loops of a group.</summary>
public sealed class GroupServerTests
{
    /// <summary>So many that one loop of several gets none of them only once in 2^80 runs.</summary>
    private const int Many = 80;

    public static TheoryData<string> Engines => [.. EngineSelector.Names.Where(Needs.HasEngine)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void StartServer_PortZero_EveryLoopServesAtTheSamePort(string engine)
    {
        using var test = new TestGroup(2, () => new EventLoop(engine: EngineSelector.Create(engine)));
        var server = test.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
        var crowd = Client.Crowd(Assert.Single(server.LocalEndPoints), Many);
        Assert.Equal(["crew-0 who?", "crew-1 who?"], crowd.Select(static pair => pair.Answer).Distinct().Order());
        Assert.Equal(Many, server.Connections);
        Assert.Equal(Many, test.Group.Members.Sum(static member => member.Load));
        Assert.Equal(test.Group[0].Load, server.ConnectionsOf(test.Group[0]));

        // A client stays where it is.
        foreach (var (client, answer) in crowd)
            Assert.Equal(answer, client.Ask("who?"));
        foreach (var (client, _) in crowd)
            client.Dispose();
        server.DisposeAsync().AsTask().WaitGuarded();
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void StartUnixServer_Connections_AreHandedRound(string engine)
    {
        using var test = new TestGroup(3, () => new EventLoop(engine: EngineSelector.Create(engine)));
        var path = Path.Combine(Path.GetTempPath(), $"tulip-{Guid.NewGuid():N}");
        var server = test.Group.StartUnixServer(TellThread, path).WaitGuarded();
        var crowd = Client.Crowd(new UnixDomainSocketEndPoint(path), 9);
        Assert.All(test.Group.Members, member => Assert.Equal(3, server.ConnectionsOf(member)));
        Assert.Equal(3, crowd.Count(static pair => pair.Answer == "crew-2 who?"));
        foreach (var (client, answer) in crowd)
        {
            Assert.Equal(answer, client.Ask("who?"));
            client.Dispose();
        }

        server.DisposeAsync().AsTask().WaitGuarded();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void CreateServer_EveryInterface_HasAProtocolForEachConnection()
    {
        Needs.IPv6();
        using var test = new TestGroup();
        var server = test.Group.CreateServer(static () => new Shouting(), null, 0).WaitGuarded();
        foreach (var address in server.LocalEndPoints.Cast<IPEndPoint>())
        {
            var loopback = address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
            foreach (var (client, answer) in Client.Crowd(new IPEndPoint(loopback, address.Port), 8))
            {
                Assert.Equal("WHO?", answer);
                client.Dispose();
            }
        }
    }

    [Fact]
    public void CreateUnixServer_Protocols_AreHandedConnections()
    {
        using var test = new TestGroup();
        var path = Path.Combine(Path.GetTempPath(), $"tulip-{Guid.NewGuid():N}");
        var server = test.Group.CreateUnixServer(static () => new Shouting(), path).WaitGuarded();
        var crowd = Client.Crowd(new UnixDomainSocketEndPoint(path), 4);
        Assert.All(crowd, static pair => Assert.Equal("WHO?", pair.Answer));
        Assert.All(test.Group.Members, member => Assert.Equal(2, server.ConnectionsOf(member)));
        server.CloseClients().WaitGuarded();
        Assert.All(crowd, static pair => Assert.Equal("", pair.Client.Read()));
    }

    [Fact]
    public void StartServer_AddressTakenByAnotherGroup_IsRefusedAndNobodyListens()
    {
        using var first = new TestGroup();
        using var second = new TestGroup();
        var address = first.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded().LocalEndPoints[0];
        var port = ((IPEndPoint)address).Port;
        var refused = second.Group.StartServer(static async (_, _) => await Sleep(0), "127.0.0.1", port);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(refused.WaitGuarded).SocketErrorCode);
        foreach (var (client, answer) in Client.Crowd(address, Many))
        {
            Assert.EndsWith("who?", answer);
            client.Dispose();
        }
    }

    [Fact]
    public void StartServer_ReusePort_SharesTheAddressWithOthersThatDo()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux spreads connections over sockets that share an address.");
        using var first = new TestGroup();
        using var second = new TestGroup();
        var options = new ServerOptions { ReusePort = true };
        var address = first.Group.StartServer(TellThread, "127.0.0.1", 0, options: options).WaitGuarded().LocalEndPoints[0];
        second.Group.StartServer(ReadAndClose, "127.0.0.1", ((IPEndPoint)address).Port, options: options).WaitGuarded();
        Assert.Contains(Client.Crowd(address, Many), static pair => pair.Answer.Length == 0);
    }

    [Fact]
    public void Close_ConnectionsGoOn_NewOnesAreRefused()
    {
        using var test = new TestGroup();
        var server = test.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
        var address = server.LocalEndPoints[0];
        using var client = Client.To(address);
        Assert.EndsWith("one", client.Ask("one"));
        server.Close().WaitGuarded();
        Assert.Throws<SocketException>(() => Client.To(address));
        Assert.EndsWith("two", client.Ask("two"));
        var closed = server.WaitClosed();
        Assert.False(closed.IsCompleted);
        client.Dispose();
        closed.WaitGuarded();
        Assert.Throws<InvalidOperationException>(() => server.StartServing().WaitGuarded());
    }

    [Fact]
    public void Close_ManyServers_AreNotKeptByTheGroup()
    {
        using var test = new TestGroup();
        var servers = Enumerable.Range(0, 50).Select(_ => OpenAndClose(test.Group)).ToList();
        test.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
        Assert.True(SpinWait.SpinUntil(() => Kept(servers) <= 5, LoopThread.Guard), $"{Kept(servers)} of {servers.Count} are kept");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference OpenAndClose(LoopGroup group)
        {
            var server = group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
            server.DisposeAsync().AsTask().WaitGuarded();
            return new WeakReference(server);
        }

        static int Kept(List<WeakReference> servers)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return servers.Count(static server => server.IsAlive);
        }
    }

    [Fact]
    public void StartServing_Later_BeginsOnAllLoops()
    {
        using var test = new TestGroup();
        var server = test.Group.StartServer(TellThread, "127.0.0.1", 0, options: new ServerOptions { StartServing = false }).WaitGuarded();
        Assert.Throws<SocketException>(() => Client.To(server.LocalEndPoints[0]));
        server.StartServing().WaitGuarded();
        Assert.Equal(2, Client.Crowd(server.LocalEndPoints[0], Many).Select(static pair => pair.Answer).Distinct().Count());
    }

    [Fact]
    public void Stop_HandlersMayEndWithinTheGrace()
    {
        using var test = new TestGroup();
        var server = test.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
        var crowd = Client.Crowd(server.LocalEndPoints[0], 10);
        var stop = test.Group.Stop(double.PositiveInfinity);
        Assert.True(SpinWait.SpinUntil(() => IsRefused(server.LocalEndPoints[0]), LoopThread.Guard));
        foreach (var (client, _) in crowd)
        {
            Assert.EndsWith("last words", client.Ask("last words"));
            Assert.False(stop.IsCompleted);
            client.Dispose();
        }

        stop.WaitGuarded();
    }

    [Fact]
    public void Stop_AHandlerWithoutItsConnection_IsWaitedFor()
    {
        using var test = new TestGroup(1);
        var go = new TaskCompletionSource();
        var ended = false;
        var server = test.Group.StartServer(
            async (_, writer) =>
            {
                writer.Close();
                await writer.WaitClosed();
                await go.Task;
                ended = true;
            },
            "127.0.0.1",
            0).WaitGuarded();
        using var client = Client.To(server.LocalEndPoints[0]);
        client.WaitForTheEnd();
        var stop = test.Group.Stop(double.PositiveInfinity);
        go.SetResult();
        stop.WaitGuarded();
        Assert.True(ended);
    }

    [Fact]
    public void Stop_WithoutGrace_HandlersSayGoodbyeAndConnectionsAreClosed()
    {
        using var test = new TestGroup();
        var server = test.Group.StartServer(
            static async (reader, writer) =>
            {
                await using (writer)
                {
                    try
                    {
                        writer.Write("hello\n"u8);
                        await reader.Read();
                    }
                    catch (CancelledException)
                    {
                        writer.Write("goodbye\n"u8);
                        throw;
                    }
                }
            },
            "127.0.0.1",
            0).WaitGuarded();
        var clients = Enumerable.Range(0, 10).Select(_ => Client.To(server.LocalEndPoints[0])).ToList();
        Assert.All(clients, static client => Assert.Equal("hello", client.Read()));
        test.Group.Stop(0).WaitGuarded();
        Assert.All(clients, static client => Assert.Equal("goodbye", client.Read()));
        Assert.All(clients, static client => Assert.Equal("", client.Read()));
    }

    [Fact]
    public void Stop_AClientThatDoesNotRead_HoldsUpNobody()
    {
        using var test = new TestGroup(1);
        var server = test.Group.StartServer(
            static async (_, writer) =>
            {
                await using (writer)
                {
                    writer.Write(new byte[50_000_000]);
                    await writer.Drain();
                }
            },
            "127.0.0.1",
            0).WaitGuarded();
        using var client = Client.To(server.LocalEndPoints[0]);
        client.WaitForData();
        test.Group.Stop(0).WaitGuarded();
        client.WaitForTheEnd();
    }

    [Fact]
    public void Stop_Protocols_AreToldThatTheirConnectionsAreLost()
    {
        using var test = new TestGroup();
        var lost = 0;
        var server = test.Group.CreateServer(() => new Shouting { Lost = () => Interlocked.Increment(ref lost) }, "127.0.0.1", 0).WaitGuarded();
        var crowd = Client.Crowd(server.LocalEndPoints[0], 20);
        test.Group.Stop(0).WaitGuarded();
        Assert.Equal(20, lost);
        Assert.All(crowd, static pair => pair.Client.WaitForTheEnd());
    }

    [Fact]
    public void Crash_OfALoop_TheOtherServesAlone()
    {
        using var test = new TestGroup();
        var server = test.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
        var crowd = Client.Crowd(server.LocalEndPoints[0], Many);
        test.Group[0].Loop.CallSoonThreadsafe(test.Group[0].Loop.Stop);
        Assert.Contains("The loop 0 of crew has crashed", test.Take().Message);
        test.Group[0].Ended.WaitGuarded();
        foreach (var (client, answer) in crowd)
        {
            if (answer.StartsWith("crew-0", StringComparison.Ordinal))
                client.WaitForTheEnd();
            else
                Assert.Equal("crew-1 again", client.Ask("again"));
        }

        Assert.All(Client.Crowd(server.LocalEndPoints[0], Many), static pair => Assert.Equal("crew-1 who?", pair.Answer));
        server.Close().WaitGuarded();
    }

    [Fact]
    public void StartServer_Tls_EveryLoopMakesItsHandshakes()
    {
        using var certificate = TestCertificate.Make();
        using var test = new TestGroup();
        var server = test.Group.StartServer(
            TellThread, "127.0.0.1", 0, options: new ServerOptions { Tls = TestCertificate.Server(certificate) }).WaitGuarded();
        var port = ((IPEndPoint)server.LocalEndPoints[0]).Port;
        Run(async () =>
        {
            var answers = await Gather(Enumerable.Range(0, 40).Select(_ => Ask()));
            Assert.Equal(["crew-0 psst\n", "crew-1 psst\n"], answers.Distinct().Order());
        });

        async Coroutine<string> Ask()
        {
            var (reader, writer) = await OpenConnection("127.0.0.1", port, options: new ConnectionOptions { Tls = TestCertificate.Client });
            await using (writer)
            {
                writer.Write("psst\n"u8);
                return System.Text.Encoding.ASCII.GetString(await reader.ReadLine());
            }
        }
    }

    private static async Coroutine TellThread(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        await using (writer)
        {
            while (await reader.ReadLine() is { Length: > 0 } line)
            {
                writer.Write(System.Text.Encoding.ASCII.GetBytes(Thread.CurrentThread.Name + " "));
                writer.Write(line);
                await writer.Drain();
            }
        }
    }

    /// <summary>Reads before it closes: with unread bytes a close is a reset, not an end.</summary>
    private static async Coroutine ReadAndClose(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        await using (writer)
            await reader.ReadLine();
    }

    private static bool IsRefused(EndPoint address)
    {
        try
        {
            Client.To(address).Dispose();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private sealed class Shouting : Protocol
    {
        private Transport? _transport;

        public Action? Lost { get; init; }

        public override void ConnectionMade(Transport transport) => _transport = transport;

        public override void DataReceived(ReadOnlySpan<byte> data)
        {
            var upper = data.ToArray();
            foreach (ref var octet in upper.AsSpan())
                octet = (byte)char.ToUpperInvariant((char)octet);
            _transport!.Write(upper);
        }

        public override void ConnectionLost(Exception? exception) => Lost?.Invoke();
    }
}
