using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Tests.Conformance;

/// <summary>What every engine promises of datagrams.</summary>
public abstract class DatagramConformance : EngineConformance
{
    private const int Largest = 65507;

    [Fact]
    public void SendTo_OfDifferentLengths_ArriveWholeWithTheirSender()
    {
        var (server, address) = Driver.Bind();
        var (client, from) = Driver.Bind();
        var receive = Driver.ReceiveFrom(server);
        byte[][] sent = [Bytes.Random(1), [], Bytes.Random(1472), Bytes.Random(Largest), [], "end"u8.ToArray()];
        for (var i = 0; i < sent.Length; i++)
        {
            Assert.Equal(1, Ended(Driver.SendTo(client, address, sent[i])));
            Driver.PumpUntil(() => receive.Datagrams.Count > i, "the datagram");
        }

        Assert.Empty(receive.Errors);
        Assert.Equal(sent, receive.Datagrams.Select(datagram => datagram.Data));
        Assert.All(receive.Datagrams, datagram => Assert.Equal(from, datagram.From));
        Assert.False(receive.HasEnded);
    }

    [Fact]
    public void SendTo_AnswerToTheSender_Arrives()
    {
        Needs.IPv6();
        var (server, address) = Driver.Bind(IPAddress.IPv6Loopback);
        var (client, from) = Driver.Bind(IPAddress.IPv6Loopback);
        var atServer = Driver.ReceiveFrom(server);
        var atClient = Driver.ReceiveFrom(client);
        Driver.SendTo(client, address, "question"u8.ToArray());
        Driver.PumpUntil(() => atServer.Datagrams.Count == 1, "the question");
        Driver.SendTo(server, atServer.Datagrams[0].From, "answer"u8.ToArray());
        Driver.PumpUntil(() => atClient.Datagrams.Count == 1, "the answer");

        Assert.Equal(from, atServer.Datagrams[0].From);
        Assert.Equal("answer"u8.ToArray(), atClient.Datagrams[0].Data);
        Assert.Equal(address, atClient.Datagrams[0].From);
    }

    [Fact]
    public void SendTo_ManyByOneRequest_ArriveInOrder()
    {
        const int Count = 100;
        Driver.BatchSize = 7;
        var (server, address) = Driver.Bind();
        var (client, _) = Driver.Bind();
        var receive = Driver.ReceiveFrom(server);
        var datagrams = Enumerable.Range(0, Count).Select(i => Bytes.Random(i, i)).ToArray();
        for (var sent = 0; sent < Count;)
        {
            var result = Ended(Driver.SendTo(client, address, datagrams.AsSpan(sent)));
            Assert.InRange(result, 1, Count - sent);
            sent += result;
        }

        Driver.PumpUntil(() => receive.Datagrams.Count == Count, "all datagrams");
        Assert.Equal(datagrams, receive.Datagrams.Select(datagram => datagram.Data));
    }

    [Fact]
    public void SendTo_OneIsTooLong_FailsAloneAndTheOthersArrive()
    {
        var (server, address) = Driver.Bind();
        var (client, _) = Driver.Bind();
        var receive = Driver.ReceiveFrom(server);
        byte[][] datagrams = ["before"u8.ToArray(), new byte[Largest + 1], "behind"u8.ToArray()];

        Assert.Equal(1, Ended(Driver.SendTo(client, address, datagrams)));
        Assert.Equal(-IoError.MessageTooLong, Ended(Driver.SendTo(client, address, datagrams.AsSpan(1))));
        Assert.Equal(1, Ended(Driver.SendTo(client, address, datagrams.AsSpan(2))));
        Driver.PumpUntil(() => receive.Datagrams.Count == 2, "the others");
        Assert.Equal([datagrams[0], datagrams[2]], receive.Datagrams.Select(datagram => datagram.Data));
    }

    [Fact]
    public void SendTo_NobodyIsThere_Succeeds()
    {
        var (gone, address) = Driver.Bind();
        Engine.Close(gone);
        var (client, _) = Driver.Bind();
        var receive = Driver.ReceiveFrom(client);

        Assert.Equal(1, Ended(Driver.SendTo(client, address, "?"u8.ToArray())));
        Driver.PumpUntilQuiet();
        Assert.Equal(1, Ended(Driver.SendTo(client, address, "?"u8.ToArray())));
        Driver.PumpUntilQuiet();
        Assert.Empty(receive.Errors);
    }

    [Fact]
    public void Connected_NobodyIsThere_EachRefusalIsToldAndReceivingGoesOn()
    {
        var (gone, address) = Driver.Bind();
        Engine.Close(gone);
        var (client, from) = Driver.Bind();
        Assert.Equal(0, Ended(Driver.Connect(client, address)));
        var receive = Driver.ReceiveFrom(client);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1, Ended(Driver.SendTo(client, null, "anyone?"u8.ToArray())));

            // A system that has told many refusals just now leaves some out: after a while it is asked again.
            var looks = 0;
            Driver.PumpUntil(
                () =>
                {
                    if (++looks % 100 == 0)
                        Driver.SendTo(client, null, "anyone?"u8.ToArray());
                    return receive.Errors.Count > i;
                },
                "the refusal");
        }

        Assert.All(receive.Errors, error => Assert.Equal(-IoError.ConnectionRefused, error));
        var server = Engine.Sockets.Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Engine.Sockets.Bind(server, address);
        Driver.SendTo(server, from, "here"u8.ToArray());
        Driver.PumpUntil(() => receive.Datagrams.Count == 1, "the datagram");
    }

    [Fact]
    public void Connected_SeveralSentAtOnceToNobody_NoRefusalIsLost()
    {
        const int Count = 10;
        var (gone, address) = Driver.Bind();
        Engine.Close(gone);
        var (client, _) = Driver.Bind();
        Ended(Driver.Connect(client, address));
        var receive = Driver.ReceiveFrom(client);
        Driver.PumpUntilQuiet();
        var datagrams = Enumerable.Repeat("?"u8.ToArray(), Count).ToArray();
        int refusals = 0, sent = 0;
        for (var done = 0; done < Count;)
        {
            var result = Ended(Driver.SendTo(client, null, datagrams.AsSpan(done)));
            done += Math.Max(result, 1);
            sent += Math.Max(result, 0);
            refusals += result < 0 ? 1 : 0;
        }

        // What was sent was refused; a refusal that a send came to know of took that send's place.
        Assert.InRange(sent, 1, Count);
        var expected = Engine.Name == "simulated" ? 1 : sent;
        Driver.PumpUntil(() => refusals + receive.Errors.Count >= expected, "the refusals");
        Assert.InRange(refusals + receive.Errors.Count, expected, Count);
    }

    [Fact]
    public void Connected_DatagramOfAnother_IsNotReceived()
    {
        var (server, address) = Driver.Bind();
        var (client, from) = Driver.Bind();
        var (stranger, _) = Driver.Bind();
        Ended(Driver.Connect(client, address));
        var receive = Driver.ReceiveFrom(client);
        Driver.SendTo(stranger, from, "strange"u8.ToArray());
        Driver.SendTo(server, from, "expected"u8.ToArray());
        Driver.PumpUntil(() => receive.Datagrams.Count > 0, "the datagram");
        Driver.PumpUntilQuiet();

        Assert.Equal("expected"u8.ToArray(), Assert.Single(receive.Datagrams).Data);
        Assert.Equal(address, Engine.Sockets.RemoteEndPoint(client));
    }

    [Fact]
    public void ReceiveFrom_CameBeforeItWasAsked_IsDelivered()
    {
        var (server, address) = Driver.Bind();
        var (client, _) = Driver.Bind();
        Driver.SendTo(client, address, "early"u8.ToArray());
        Driver.PumpUntilQuiet();
        var receive = Driver.ReceiveFrom(server);
        Driver.PumpUntil(() => receive.Datagrams.Count == 1, "the early one");
    }

    [Fact]
    public void ReceiveFrom_NothingIsGivenBackForLong_LosesNothing()
    {
        const int Count = 200;
        var (server, address) = Driver.Bind();
        var (client, _) = Driver.Bind();
        var receive = Driver.ReceiveFrom(server);
        receive.HoldsLeases = true;
        var sent = Enumerable.Range(0, Count).Select(i => Bytes.Random(9, i)).ToArray();
        for (var i = 0; i < Count; i++)
            Assert.Equal(1, Ended(Driver.SendTo(client, address, sent[i])));
        Driver.PumpUntil(
            () =>
            {
                // The engine has run dry when nothing moves: give it back what it lent.
                if (Driver.Pump() == 0)
                    receive.ReturnAll(Engine);
                return receive.Datagrams.Count == Count;
            },
            "all datagrams");

        Assert.Equal(sent, receive.Datagrams.Select(datagram => datagram.Data));
    }

    [Fact]
    public void ReceiveFrom_CancelledAgainAndAgain_LosesNoDatagramAndNoneComesTwice()
    {
        const int Count = 300;
        var (server, address) = Driver.Bind();
        var (client, _) = Driver.Bind();
        var random = new Random(3);
        var received = new List<byte[]>();
        var sent = new List<byte[]>();
        while (received.Count < Count)
        {
            var receive = Driver.ReceiveFrom(server);
            for (var i = random.Next(3); i > 0; i--)
                Driver.Pump();
            for (var i = random.Next(4); i > 0 && sent.Count < Count; i--)
            {
                sent.Add(Bytes.Random(8, sent.Count));
                Assert.Equal(1, Ended(Driver.SendTo(client, address, sent[^1])));
            }

            for (var i = random.Next(3); i > 0; i--)
                Driver.Pump();
            Engine.Cancel(receive.Token);
            Driver.PumpUntilEnded(receive);
            Assert.Equal((1, -IoError.Canceled), (receive.Ends, receive.Result));
            received.AddRange(receive.Datagrams.Select(datagram => datagram.Data));
            if (sent.Count == Count && receive.Datagrams.Count == 0)
                Driver.PumpUntilQuiet();
        }

        Assert.Equal(sent, received);
    }

    [Fact]
    public void Close_ReceivingDatagrams_EndsOnce()
    {
        var (server, address) = Driver.Bind();
        var receive = Driver.ReceiveFrom(server);
        Driver.PumpUntilQuiet();
        Assert.Throws<InvalidOperationException>(() => Driver.ReceiveFrom(server));
        Engine.Close(server);
        Driver.PumpUntilEnded(receive);
        Driver.PumpUntilQuiet();

        Assert.Equal((1, -IoError.Canceled), (receive.Ends, receive.Result));
        Assert.False(Engine.HasPending);
        Assert.Throws<ObjectDisposedException>(() => Driver.SendTo(server, address, [1]));
    }

    [Fact]
    public void ReceiveFrom_SeveralSockets_EachGetsItsOwn()
    {
        const int Sockets = 20;
        var servers = Enumerable.Range(0, Sockets).Select(_ => Driver.Bind()).ToArray();
        var receives = servers.Select(server => Driver.ReceiveFrom(server.Handle)).ToArray();
        var (client, _) = Driver.Bind();
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < Sockets; i++)
                Driver.SendTo(client, servers[i].Address, [(byte)i, (byte)round]);
        }

        Driver.PumpUntil(() => receives.All(receive => receive.Datagrams.Count == 10), "all datagrams");
        for (var i = 0; i < Sockets; i++)
            Assert.Equal(Enumerable.Range(0, 10).Select(round => new byte[] { (byte)i, (byte)round }), receives[i].Datagrams.Select(datagram => datagram.Data));
    }

    [Fact]
    public void UnixSocket_Datagrams_ArriveAndAFullReceiverHoldsTheSenderBack()
    {
        const int Count = 2000;
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var server = Engine.Sockets.Open(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            Engine.Sockets.Bind(server, new UnixDomainSocketEndPoint(path));
            var client = Engine.Sockets.Open(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            Assert.Equal(0, Ended(Driver.Connect(client, new UnixDomainSocketEndPoint(path))));
            var sent = 0;
            Operation send;
            do
            {
                send = Driver.SendTo(client, null, BitConverter.GetBytes(sent));
                Driver.Pump();
            }
            while (send.HasEnded && ++sent < Count);

            var receive = Driver.ReceiveFrom(server);
            Driver.PumpUntilEnded(send);
            Assert.Equal(1, send.Result);
            sent = Math.Min(sent + 1, Count);
            Driver.PumpUntil(() => receive.Datagrams.Count == sent, "all datagrams");
            Assert.Equal(Enumerable.Range(0, sent), receive.Datagrams.Select(datagram => BitConverter.ToInt32(datagram.Data)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private int Ended(Operation operation)
    {
        Driver.PumpUntilEnded(operation);
        return operation.Result;
    }
}
