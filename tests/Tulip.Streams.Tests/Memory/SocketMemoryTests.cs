using System.Net;
using System.Net.Sockets;

namespace Tulip.Streams.Tests.Memory;

/// <summary>What streams over real sockets take: while nothing happens, and for each message. Alone on the machine.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class SocketMemoryTests(ITestOutputHelper output)
{
    private const int Connections = 1500;

#if DEBUG
    private const string? WhyNot = "Objects are larger in Debug builds; run the tests in Release.";
#else
    private const string? WhyNot = null;
#endif

    [Fact(Skip = WhyNot)]
    public void IdleConnection_WithAllThatBelongsToIt_TakesLittle() => Wire.Run("tcp", Wire.Echo, async wire =>
    {
        if (GetRunningLoop().EngineName == "portable")
            Assert.Skip("The portable engine keeps .NET's own objects for each connection.");

        using var clients = new Clients(wire.Port);
        await clients.Connect(50);
        var before = Settled();
        await clients.Connect(Connections);
        var each = (Settled() - before - clients.Measured) / (double)Connections;
        output.WriteLine($"{each:0} managed bytes for an idle connection: transport, reader, writer, task, engine");
        Assert.InRange(each, 100, 900);
    });

    [Fact(Skip = WhyNot)]
    public void Echo_OfMessageAfterMessage_AllocatesNothing() => Wire.Run("tcp", Wire.Echo, async wire =>
    {
        var (reader, writer) = await wire.Connect();
        await Talk(reader, writer, 5000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Talk(reader, writer, 10_000);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0;
        output.WriteLine($"{each} bytes allocated for a message there and back, client and server");
        Assert.Equal(0, each);
    });

    private static async Coroutine Talk(AsyncStreamReader reader, AsyncStreamWriter writer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            writer.Write("a message of some length, there and back\n"u8);
            await writer.Drain();
            if ((await reader.ReadLineLent()).Length != 41)
                throw new InvalidOperationException("Not what was sent.");
        }
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The other ends: plain sockets, whose own memory is measured before and taken off.</summary>
    private sealed class Clients(int port) : IDisposable
    {
        private readonly List<Socket> _sockets = new(2 * Connections);

        public long Measured { get; private set; }

        public async Coroutine Connect(int count)
        {
            var before = Settled();
            var made = Enumerable.Range(0, count).Select(static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
            var address = new IPEndPoint(IPAddress.Loopback, port);
            foreach (var socket in made)
                socket.Connect(address);
            Measured = Settled() - before;
            _sockets.AddRange(made);
            var all = _sockets.Count;
            while (AllTasks(GetRunningLoop()).Count <= all)
                await Sleep(0.001);
            await Sleep(0.01);
        }

        public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());
    }
}
