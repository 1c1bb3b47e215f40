using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Tests.Portable;

/// <summary>What .NET's sockets do by themselves and an engine's must not, or the other way round.</summary>
public sealed class PortableSocketTests : IDisposable
{
    private readonly EngineDriver _driver = new(new PortableEngine());

    private IIoEngine Engine => _driver.Engine;

    public void Dispose() => _driver.Dispose();

    [Fact]
    public void Close_ReceiveInFlight_PeerReadsTheEndAndNoReset()
    {
        var (client, server) = _driver.ConnectedPair();
        var own = _driver.Receive(client);
        var atServer = _driver.Receive(server);
        _driver.PumpUntilQuiet();
        Engine.Close(client);
        _driver.PumpUntilEnded(own, atServer);

        Assert.Equal((-IoError.Canceled, 0), (own.Result, atServer.Result));
    }

    [Fact]
    public void ReuseAddress_SomebodyListens_IsStillRefused()
    {
        var (first, address) = ListenWith(IoSocketOption.ReuseAddress, new IPEndPoint(IPAddress.Loopback, 0));
        var thrown = Assert.Throws<SocketException>(() => ListenWith(IoSocketOption.ReuseAddress, address));
        Assert.Equal(SocketError.AddressAlreadyInUse, thrown.SocketErrorCode);
        Engine.Close(first);
    }

    [Fact]
    public void ReusePort_SomebodyListens_SharesTheAddress()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Not every system has it.");

        var (_, address) = ListenWith(IoSocketOption.ReusePort, new IPEndPoint(IPAddress.Loopback, 0));
        var (_, same) = ListenWith(IoSocketOption.ReusePort, address);
        Assert.Equal(address, same);
    }

    [Fact]
    public void Accepted_ListenerHadNoDelay_HasItToo()
    {
        var (listener, address) = _driver.Listen();
        Engine.Sockets.SetOption(listener, IoSocketOption.NoDelay, 1);
        var accept = _driver.Accept(listener);
        _driver.PumpUntilEnded(_driver.Connect(_driver.OpenClient(), address));
        _driver.PumpUntil(() => accept.Accepted.Count == 1, "the connection");

        using var view = Engine.Sockets.View(accept.Accepted[0])!;
        Assert.True(view.NoDelay);
    }

    [Fact]
    public void IPv6Listener_UnlessToldOtherwise_TakesIPv4Too()
    {
        Needs.IPv6();
        var listener = Engine.Sockets.Open(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        Engine.Sockets.Bind(listener, new IPEndPoint(IPAddress.IPv6Any, 0));
        Engine.Sockets.Listen(listener, 10);
        var port = ((IPEndPoint)Engine.Sockets.LocalEndPoint(listener)!).Port;
        _driver.Accept(listener);
        var connect = _driver.Connect(_driver.OpenClient(), new IPEndPoint(IPAddress.Loopback, port));
        _driver.PumpUntilEnded(connect);

        Assert.Equal(0, connect.Result);
    }

    [Fact]
    public void Poll_BothDirections_EachIsReportedAlone()
    {
        var (client, server) = _driver.ConnectedPair();
        var reading = _driver.Poll(client, forWriting: false);
        var writing = _driver.Poll(client, forWriting: true);
        _driver.PumpUntilEnded(writing);
        _driver.PumpUntilQuiet();
        Assert.False(reading.HasEnded);

        _driver.SendAll(server, "x"u8.ToArray());
        _driver.PumpUntilEnded(reading);
        Assert.Equal((0, 0), (reading.Result, writing.Result));
    }

    [Fact]
    public void Poll_Cancelled_EndsOnceAndCanBeAskedAgain()
    {
        var (client, server) = _driver.ConnectedPair();
        for (var i = 0; i < 20; i++)
        {
            var poll = _driver.Poll(client, forWriting: false);
            if (i % 2 == 0)
                _driver.PumpUntilQuiet();
            Engine.Cancel(poll.Token);
            Engine.Cancel(poll.Token);
            _driver.PumpUntilEnded(poll);
            Assert.Equal(-IoError.Canceled, poll.Result);
        }

        var last = _driver.Poll(client, forWriting: false);
        _driver.SendAll(server, "x"u8.ToArray());
        _driver.PumpUntilEnded(last);
        Assert.Equal(0, last.Result);
    }

    [Fact]
    public void Close_WhilePolled_EndsThePollAndThePeerReadsTheEnd()
    {
        var (client, server) = _driver.ConnectedPair();
        var poll = _driver.Poll(client, forWriting: false);
        var atServer = _driver.Receive(server);
        _driver.PumpUntilQuiet();
        Engine.Close(client);
        _driver.PumpUntilEnded(poll, atServer);

        Assert.Equal((-IoError.Canceled, 0), (poll.Result, atServer.Result));
        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void Poll_ManyAtOnce_ReportsThoseThatAreReady()
    {
        var pairs = Enumerable.Range(0, 20).Select(_ => _driver.ConnectedPair()).ToArray();
        var polls = pairs.Select(pair => _driver.Poll(pair.Client, forWriting: false)).ToArray();
        for (var i = 0; i < pairs.Length; i += 2)
            _driver.SendAll(pairs[i].Server, "x"u8.ToArray());
        for (var i = 0; i < pairs.Length; i += 2)
            _driver.PumpUntilEnded(polls[i]);
        _driver.PumpUntilQuiet();

        Assert.Equal(polls.Length / 2, polls.Count(poll => poll.HasEnded));
    }

    [Fact]
    public void Cancel_Connect_EndsOnceAndTheHandleCanBeClosed()
    {
        var client = _driver.OpenClient();

        // A network that is kept for documentation: nobody answers, or the machine says at once that there is no way.
        var connect = _driver.Connect(client, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9));
        Engine.Cancel(connect.Token);
        _driver.PumpUntilEnded(connect);
        Engine.Close(client);
        _driver.PumpUntilQuiet();

        Assert.Equal(1, connect.Ends);
        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void Connect_UnixPathThatIsNotThere_SaysSo()
    {
        var client = Engine.Sockets.Open(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var connect = _driver.Connect(client, new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
        _driver.PumpUntilEnded(connect);
        Assert.Equal(-IoError.NoEntry, connect.Result);
    }

    [Fact]
    public void Send_ManySegmentsInto_SmallBuffer_ArriveInOrder()
    {
        var (client, server) = _driver.ConnectedPair(sendBuffer: 4 * 1024);
        var receive = _driver.Receive(server);
        var sent = new MemoryStream();
        for (var round = 0; round < 200; round++)
        {
            var pieces = Enumerable.Range(0, 40).Select(i => (ReadOnlyMemory<byte>)Bytes.Random(i * round % 3000, i + round)).Append(new byte[] { 1 }).ToArray();
            var send = _driver.Submit(new IoRequest { Opcode = IoOpcode.Send, Handle = client, Segments = pieces });
            _driver.PumpUntilEnded(send);
            Assert.True(send.Result > 0);
            sent.Write(pieces.SelectMany(piece => piece.ToArray()).ToArray(), 0, send.Result);
        }

        _driver.PumpUntil(() => receive.Received.Length == sent.Length, "what was sent");
        Assert.True(sent.ToArray().AsSpan().SequenceEqual(receive.Received.ToArray()));
    }

    private (IoHandle Handle, EndPoint Address) ListenWith(IoSocketOption option, EndPoint address)
    {
        var listener = Engine.Sockets.Open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Engine.Sockets.SetOption(listener, option, 1);
        Engine.Sockets.Bind(listener, address);
        Engine.Sockets.Listen(listener, 10);
        return (listener, Engine.Sockets.LocalEndPoint(listener)!);
    }
}
