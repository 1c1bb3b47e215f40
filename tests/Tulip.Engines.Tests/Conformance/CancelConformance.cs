using System.Net.Sockets;

namespace Tulip.Engines.Tests.Conformance;

/// <summary>What every engine promises of cancelled operations: one last completion each, and nothing lost.</summary>
public abstract class CancelConformance : DatagramConformance
{
    [Fact]
    public void Cancel_IdleReceive_EndsItAndTheNextReceivesAll()
    {
        var (client, server) = Driver.ConnectedPair();
        var first = Driver.Receive(server);
        Driver.Pump();
        Engine.Cancel(first.Token);
        Driver.PumpUntilEnded(first);
        Assert.Equal((-IoError.Canceled, 0L), (first.Result, first.Received.Length));

        Driver.SendAll(client, "later"u8.ToArray());
        var second = Driver.Receive(server);
        Driver.PumpUntil(() => second.Received.Length == 5, "what came later");
        Assert.False(second.HasEnded);
    }

    [Fact]
    public void Cancel_ReceiveWhileBytesArrive_LosesNone()
    {
        var bytes = Bytes.Random(200_000);
        var (client, server) = Driver.ConnectedPair();
        var received = new MemoryStream();
        var random = new Random(1);
        var sent = 0;
        while (received.Length < bytes.Length)
        {
            var receive = Driver.Receive(server);
            for (var i = random.Next(3); i > 0; i--)
                Driver.Pump();
            if (sent < bytes.Length)
            {
                var piece = Math.Min(random.Next(1, 5000), bytes.Length - sent);
                Assert.Equal(0, Driver.SendAll(client, bytes.AsMemory(sent, piece)));
                sent += piece;
            }

            for (var i = random.Next(3); i > 0; i--)
                Driver.Pump();
            Engine.Cancel(receive.Token);
            Driver.PumpUntilEnded(receive);
            received.Write(receive.Received.ToArray());
            if (sent == bytes.Length && receive.Received.Length == 0)
                Driver.PumpUntilQuiet();
        }

        Assert.True(bytes.AsSpan().SequenceEqual(received.ToArray()));
    }

    [Fact]
    public void Cancel_Accept_NoConnectionIsLost()
    {
        const int Clients = 50;
        var (listener, address) = Driver.Listen();
        var random = new Random(2);
        var accepted = new HashSet<IoHandle>();
        var connects = new List<Operation>();
        while (accepted.Count < Clients)
        {
            var accept = Driver.Accept(listener);
            for (var i = random.Next(3); i > 0; i--)
                Driver.Pump();
            if (connects.Count < Clients)
                connects.Add(Driver.Connect(Driver.OpenClient(), address));
            for (var i = random.Next(3); i > 0; i--)
                Driver.Pump();
            Engine.Cancel(accept.Token);
            Driver.PumpUntilEnded(accept);
            accepted.UnionWith(accept.Accepted);
        }

        Driver.PumpUntilEnded([.. connects]);
        Assert.All(connects, connect => Assert.Equal(0, connect.Result));
    }

    [Fact]
    public void Cancel_SendThatWaits_EndsIt()
    {
        var (client, _) = Driver.ConnectedPair(sendBuffer: 16 * 1024);
        var bytes = Bytes.Random(32 * 1024 * 1024);
        Operation send;
        var attempts = 0;
        do
        {
            Assert.InRange(++attempts, 1, 10_000);
            send = Driver.Send(client, bytes);
            Driver.PumpUntilQuiet();
            Engine.Cancel(send.Token);
            Driver.PumpUntilEnded(send);
        }
        while (send.Result > 0); // There was room, or there came to be.

        Assert.Equal(-IoError.Canceled, send.Result);
    }

    [Fact]
    public void Cancel_TokenOfTheEnded_IsHarmless()
    {
        var (client, server) = Driver.ConnectedPair();
        var ended = Driver.Receive(server);
        Engine.Cancel(ended.Token);
        Driver.PumpUntilEnded(ended);
        var next = Driver.Receive(server);
        Engine.Cancel(ended.Token);
        Engine.Cancel(IoToken.None);
        Driver.PumpUntilQuiet();

        Assert.False(next.HasEnded);
        Driver.SendAll(client, "x"u8.ToArray());
        Driver.PumpUntil(() => next.Received.Length == 1, "the byte");
    }

    [Fact]
    public void Cancel_Twice_EndsOnce()
    {
        var (_, server) = Driver.ConnectedPair();
        var receive = Driver.Receive(server);
        Driver.Pump();
        Engine.Cancel(receive.Token);
        Engine.Cancel(receive.Token);
        Driver.PumpUntilEnded(receive);
        Driver.PumpUntilQuiet();

        Assert.Equal(1, receive.Ends);
    }

    [Fact]
    public void Close_RightAfterSubmit_EachOperationEndsOnce()
    {
        for (var round = 0; round < 50; round++)
        {
            var (client, server) = Driver.ConnectedPair();
            var operations = new[]
            {
                Driver.Receive(client), Driver.Receive(server), Driver.Send(client, "x"u8.ToArray()), Driver.Send(server, "y"u8.ToArray()),
            };
            if (round % 2 == 0)
                Driver.Pump();
            Engine.Close(round % 3 == 0 ? client : server, reset: round % 5 == 0);
            Driver.PumpUntilQuiet();
            Engine.Close(client);
            Engine.Close(server);
            Driver.PumpUntilEnded(operations);
            Driver.PumpUntilQuiet();
            Assert.All(operations, operation => Assert.Equal(1, operation.Ends));
        }

        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void RandomOperations_OnManyConnections_KeepEveryPromise()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        Driver.BatchSize = 7;
        for (var round = 0; round < 20; round++)
        {
            var connections = Enumerable.Range(0, 8).Select(_ => new FuzzedConnection(Driver, random)).ToArray();
            for (var step = 0; step < 300; step++)
            {
                connections[random.Next(connections.Length)].Step();
                if (random.Next(3) == 0)
                    Driver.Pump();
            }

            foreach (var connection in connections)
                connection.Finish($"seed {seed}");
        }

        Assert.False(Engine.HasPending, $"seed {seed}");
    }
}
