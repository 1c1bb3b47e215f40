using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class LoadTests
{
    private const int Connections = 1000;

    [Theory]
    [ClassData(typeof(EngineData))]
    public void ThousandConnections_EchoEach_AndAllEnd(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0, new ServerOptions { Backlog = Connections });
        var clients = await Gather(Enumerable.Range(0, Connections).Select(async Coroutine<Recorder> (i) =>
        {
            var (transport, client) = await rig.Loop.CreateConnection(static () => new Recorder(), "127.0.0.1", ServerTests.Port(server));
            for (var round = 1; round <= 3; round++)
            {
                transport.Write(BitConverter.GetBytes(i));
                await rig.Until(() => client.Bytes == round * 4);
            }

            return client;
        }).ToArray());
        Assert.All(clients, static client => Assert.Equal(["made", "data"], client.Events));
        server.Close();
        server.CloseClients();
        await server.WaitClosed();
        await rig.Until(() => clients.All(static client => client.IsLost));
    });

#if !DEBUG
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_InSteadyState_AllocatesNothingPerMessage(string engine) => Rig.Run(engine, async rig =>
    {
        const int Messages = 2000;
        await using var server = await rig.Loop.CreateServer(static () => new Echo(), "127.0.0.1", 0);
        var (transport, client) = await rig.Loop.CreateConnection(static () => new Player(), "127.0.0.1", ServerTests.Port(server));
        foreach (var size in (int[])[64, 1024, 64 * 1024])
        {
            await client.Play(rig.Loop, size, Messages);
            var before = GC.GetAllocatedBytesForCurrentThread();
            await client.Play(rig.Loop, size, Messages);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < Messages, $"{allocated} bytes for {Messages} messages of {size} bytes.");
        }

        transport.Close();
    });
#endif

    private sealed class Player : Protocol
    {
        private readonly byte[] _message = new byte[64 * 1024];
        private Transport _transport = null!;
        private Future<Unit> _done = null!;
        private int _size;
        private int _due;
        private int _left;

        public Coroutine Play(EventLoop loop, int size, int messages)
        {
            _size = _due = size;
            _left = messages;
            _done = loop.CreateFuture<Unit>();
            _transport.Write(_message.AsSpan(0, size));
            return WaitFor(_done);
        }

        public override void ConnectionMade(Transport transport) => _transport = transport;

        public override void DataReceived(ReadOnlySpan<byte> data)
        {
            if ((_due -= data.Length) > 0)
                return;

            _due = _size;
            if (--_left == 0)
                _done.SetResult(default);
            else
                _transport.Write(_message.AsSpan(0, _size));
        }

        private static async Coroutine WaitFor(Future<Unit> done) => await done;
    }
}
