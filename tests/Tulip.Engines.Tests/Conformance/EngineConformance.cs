using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Tests.Conformance;

/// <summary>What every engine promises, tried with both ends of each connection in the engine itself.</summary>
public abstract class EngineConformance : IDisposable
{
    private readonly Lazy<EngineDriver> _driver;

    protected EngineConformance() => _driver = new Lazy<EngineDriver>(() =>
    {
        var (engine, advance) = CreateOrSkip();
        return new EngineDriver(engine, advance);
    });

    internal EngineDriver Driver => _driver.Value;

    internal IIoEngine Engine => Driver.Engine;

    public virtual void Dispose()
    {
        if (_driver.IsValueCreated)
            Driver.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new engine; where it does not work, the test is skipped with the reason.</summary>
    private protected (IIoEngine Engine, Action? Advance) CreateOrSkip()
    {
        try
        {
            return Create();
        }
        catch (PlatformNotSupportedException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    /// <summary>A new engine; for a simulated one, also what moves its time on.</summary>
    protected abstract (IIoEngine Engine, Action? Advance) Create();

    [Fact]
    public void Connect_ToListener_GivesBothEnds()
    {
        var (client, server) = Driver.ConnectedPair();

        Assert.Equal(Engine.Sockets.LocalEndPoint(client), Engine.Sockets.RemoteEndPoint(server));
        Assert.Equal(Engine.Sockets.LocalEndPoint(server), Engine.Sockets.RemoteEndPoint(client));
    }

    [Fact]
    public void Connect_NobodyListens_IsRefused()
    {
        var (listener, address) = Driver.Listen();
        Engine.Close(listener);
        var connect = Driver.Connect(Driver.OpenClient(), address);
        Driver.PumpUntilEnded(connect);

        Assert.Equal(-IoError.ConnectionRefused, connect.Result);
        Assert.Equal(SocketError.ConnectionRefused, IoError.ToException(connect.Result).SocketErrorCode);
    }

    [Fact]
    public void Receive_SeveralSends_DeliversTheBytesInOrderThenTheEnd()
    {
        var (client, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(server);
        foreach (var text in new[] { "a"u8.ToArray(), "bc"u8.ToArray(), "def"u8.ToArray() })
        {
            var before = receive.Received.Length;
            Assert.Equal(0, Driver.SendAll(client, text));
            Driver.PumpUntil(() => receive.Received.Length == before + text.Length, "what was sent");
        }

        Engine.Close(client);
        Driver.PumpUntilEnded(receive);

        Assert.Equal("abcdef"u8.ToArray(), receive.Received.ToArray());
        Assert.Equal(0, receive.Result);
    }

    [Fact]
    public void Receive_BytesCameBeforeItWasAsked_DeliversThem()
    {
        var (client, server) = Driver.ConnectedPair();
        Driver.SendAll(client, "early"u8.ToArray());
        Driver.PumpUntilQuiet();
        var receive = Driver.Receive(server);
        Driver.PumpUntil(() => receive.Received.Length == 5, "the early bytes");
    }

    [Fact]
    public void Receive_OneByteAtATime_LosesNone()
    {
        var bytes = Bytes.Random(500);
        var (client, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(server);
        for (var i = 0; i < bytes.Length; i++)
            Assert.Equal(0, Driver.SendAll(client, bytes.AsMemory(i, 1)));
        Driver.PumpUntil(() => receive.Received.Length == bytes.Length, "all bytes");

        Assert.Equal(bytes, receive.Received.ToArray());
    }

    [Fact]
    public void Send_MoreThanFits_GoesOnAsTheReaderReads()
    {
        var bytes = Bytes.Random(4 * 1024 * 1024);
        var (client, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(server);

        Assert.Equal(0, Driver.SendAll(client, bytes));
        Driver.PumpUntil(() => receive.Received.Length == bytes.Length, "all bytes");
        Assert.True(bytes.AsSpan().SequenceEqual(receive.Received.ToArray()));
    }

    [Fact]
    public void Send_NobodyReads_WaitsUntilSomebodyDoes()
    {
        var bytes = Bytes.Random(64 * 1024 * 1024);
        var (client, server) = Driver.ConnectedPair(sendBuffer: 16 * 1024);
        var sent = 0;
        var send = Driver.Send(client, bytes);
        Driver.PumpUntilQuiet();
        for (var i = 0; i < 10_000 && send.HasEnded; i++)
        {
            sent += send.Result;
            send = Driver.Send(client, bytes.AsMemory(sent));
            Driver.PumpUntilQuiet();
        }

        Assert.False(send.HasEnded);
        var receive = Driver.Receive(server);
        Driver.PumpUntilEnded(send);
        Assert.InRange(send.Result, 1, bytes.Length - sent);
        sent += send.Result;
        Driver.PumpUntil(() => receive.Received.Length == sent, "what was sent");
        Assert.True(bytes.AsSpan(0, sent).SequenceEqual(receive.Received.ToArray()));
    }

    [Fact]
    public void Send_Segments_ArriveAsOneInOrder()
    {
        var (client, server) = Driver.ConnectedPair();
        var pieces = Enumerable.Range(0, 100).Select(i => (ReadOnlyMemory<byte>)Bytes.Random(i + 1, i)).ToArray();
        var whole = pieces.SelectMany(piece => piece.ToArray()).ToArray();
        var send = Driver.Submit(new IoRequest { Opcode = IoOpcode.Send, Handle = client, Segments = pieces });
        Driver.PumpUntilEnded(send);
        var receive = Driver.Receive(server);
        Driver.PumpUntil(() => receive.Received.Length == send.Result, "what was sent");

        Assert.InRange(send.Result, 1, whole.Length);
        Assert.True(whole.AsSpan(0, send.Result).SequenceEqual(receive.Received.ToArray()));
    }

    [Fact]
    public void ShutdownSend_PeerReadsTheEndAndCanStillSend()
    {
        var (client, server) = Driver.ConnectedPair();
        var atServer = Driver.Receive(server);
        Engine.Sockets.ShutdownSend(client);
        Driver.PumpUntilEnded(atServer);
        Assert.Equal(0, atServer.Result);

        var atClient = Driver.Receive(client);
        Driver.SendAll(server, "still here"u8.ToArray());
        Driver.PumpUntil(() => atClient.Received.Length == 10, "the answer");
    }

    [Fact]
    public void Close_WithReset_PeerReadsAReset()
    {
        var (client, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(server);
        Driver.Pump();
        Engine.Close(client, reset: true);
        Driver.PumpUntilEnded(receive);

        Assert.Equal(-IoError.ConnectionReset, receive.Result);
    }

    [Fact]
    public void Send_PeerIsGone_FailsInTheEnd()
    {
        var (client, server) = Driver.ConnectedPair();
        Engine.Close(client, reset: true);
        Driver.PumpUntilQuiet();
        var result = 0;
        for (var i = 0; i < 10_000 && result == 0; i++)
        {
            result = Driver.SendAll(server, "?"u8.ToArray());
            Driver.PumpUntilQuiet();
        }

        Assert.Contains(result, new[] { -IoError.ConnectionReset, -IoError.BrokenPipe });
    }

    [Fact]
    public void Close_OperationsInFlight_EachEndsOnce()
    {
        var (listener, _) = Driver.Listen();
        var accept = Driver.Accept(listener);
        var (client, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(client);
        Driver.PumpUntilQuiet();
        Engine.Close(listener);
        Engine.Close(client);
        Driver.PumpUntilEnded(accept, receive);
        Engine.Close(server);
        Driver.PumpUntilQuiet();

        Assert.Equal((1, 1), (accept.Ends, receive.Ends));
        Assert.Equal((-IoError.Canceled, -IoError.Canceled), (accept.Result, receive.Result));
        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void Handle_Closed_IsRefusedAndClosingAgainIsHarmless()
    {
        var (client, server) = Driver.ConnectedPair();
        Engine.Close(client);
        Engine.Close(client);
        Driver.PumpUntilQuiet();
        var (other, _) = Driver.ConnectedPair();

        Assert.Throws<ObjectDisposedException>(() => Driver.Receive(client));
        Assert.Throws<ObjectDisposedException>(() => Driver.Send(client, "x"u8.ToArray()));
        Assert.Throws<ObjectDisposedException>(() => Engine.Sockets.ShutdownSend(client));
        Assert.NotEqual(client, other);
        Engine.Close(client);
        Assert.NotNull(Engine.Sockets.LocalEndPoint(other));
        Assert.NotNull(Engine.Sockets.LocalEndPoint(server));
    }

    [Fact]
    public void Submit_DirectionInUse_IsRefused()
    {
        var (client, _) = Driver.ConnectedPair();
        var receive = Driver.Receive(client);

        Assert.Throws<InvalidOperationException>(() => Driver.Receive(client));
        Assert.False(receive.HasEnded);
    }

    [Fact]
    public void Listen_ManyClients_AllAreAcceptedWithSmallBatches()
    {
        const int Clients = 100;
        Driver.BatchSize = 3;
        var (listener, address) = Driver.Listen(Clients);
        var accept = Driver.Accept(listener);
        var connects = Enumerable.Range(0, Clients).Select(_ => Driver.Connect(Driver.OpenClient(), address)).ToArray();
        Driver.PumpUntilEnded(connects);
        Driver.PumpUntil(() => accept.Accepted.Count == Clients, "all connections");

        Assert.All(connects, connect => Assert.Equal(0, connect.Result));
        Assert.Equal(Clients, accept.Accepted.Distinct().Count());
    }

    [Fact]
    public void Return_LateForEverything_LosesNothing()
    {
        var bytes = Bytes.Random(24 * 1024 * 1024);
        var (client, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(server);
        receive.HoldsLeases = true;
        var sent = 0;
        var send = Driver.Send(client, bytes);
        Driver.PumpUntil(
            () =>
            {
                if (send.HasEnded && sent < bytes.Length)
                {
                    sent += send.Result;
                    send = sent < bytes.Length ? Driver.Send(client, bytes.AsMemory(sent)) : send;
                }

                // The engine has run dry when nothing moves: give it back what it lent.
                if (Driver.Pump() == 0)
                    receive.ReturnAll(Engine);
                return receive.Received.Length == bytes.Length;
            },
            "all bytes");

        Assert.True(bytes.AsSpan().SequenceEqual(receive.Received.ToArray()));
    }

    [Fact]
    public void HasPending_NothingInFlight_IsFalse()
    {
        Assert.False(Engine.HasPending);
        var (client, server) = Driver.ConnectedPair();
        Driver.PumpUntilQuiet();
        Assert.False(Engine.HasPending);

        var receive = Driver.Receive(client);
        Assert.True(Engine.HasPending);
        Engine.Close(server);
        Driver.PumpUntilEnded(receive);
        Driver.PumpUntilQuiet();
        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void UnixSocket_Path_CarriesBytes()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var listener = Engine.Sockets.Open(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            Engine.Sockets.Bind(listener, new UnixDomainSocketEndPoint(path));
            Engine.Sockets.Listen(listener, 10);
            var accept = Driver.Accept(listener);
            var client = Engine.Sockets.Open(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var connect = Driver.Connect(client, new UnixDomainSocketEndPoint(path));
            Driver.PumpUntilEnded(connect);
            Driver.PumpUntil(() => accept.Accepted.Count == 1, "the connection");
            var receive = Driver.Receive(accept.Accepted[0]);
            Driver.SendAll(client, "hello"u8.ToArray());
            Driver.PumpUntil(() => receive.Received.Length == 5, "the bytes");

            Assert.Equal(0, connect.Result);
            Assert.Equal(path, Engine.Sockets.LocalEndPoint(listener)?.ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
