using System.Net;

namespace Tulip.Load.Latency;

/// <summary>64 bytes there and back over TCP on the loopback interface, both ends Tulip's.</summary>
internal static class RoundTrips
{
    private const int MessageBytes = 64;
    private const int Samples = 500;
    private const int Operations = 5;
    private const long TextCycles = 240_000_000;

    public static IEnumerable<Latency> Measure()
    {
        using (var runner = new Runner())
        {
            yield return Latency.Of(
                "tcp_one_loop", "a TCP round trip, loopback, both ends on one loop", runner.Run(WithServer(Exchange)), TextCycles, "the texts' network is the world's");
        }

        yield return Latency.Of(
            "tcp_two_threads", "a TCP round trip, loopback, the server on another thread's loop", BetweenThreads(), TextCycles, "the texts' network is the world's");
    }

    private static Timings BetweenThreads()
    {
        using var group = new LoopGroup(1);
        using var runner = new Runner();
        return runner.Run(Measure());

        async Coroutine<Timings> Measure()
        {
            var server = await group.StartServer(Echo, "127.0.0.1", 0);
            return await Exchange(((IPEndPoint)server.LocalEndPoints[0]).Port);
        }
    }

    private static async Coroutine<Timings> WithServer(Func<int, Coroutine<Timings>> exchange)
    {
        var server = await Aio.StartServer(Echo, "127.0.0.1", 0);
        var timings = await exchange(((IPEndPoint)server.LocalEndPoints[0]).Port);
        server.Close();
        await server.WaitClosed();
        return timings;
    }

    private static async Coroutine<Timings> Exchange(int port)
    {
        var (reader, writer) = await Aio.OpenConnection("127.0.0.1", port);
        var message = new byte[MessageBytes];
        new Random(5).NextBytes(message);
        var answer = new byte[MessageBytes];
        var timings = await Timings.OnLoop(Samples, Operations, RoundTrip);
        writer.Close();
        await writer.WaitClosed();
        return timings;

        async Coroutine RoundTrip(int count)
        {
            for (; count > 0; count--)
            {
                writer.Write(message);
                for (var got = 0; got < answer.Length;)
                    got += await reader.ReadInto(answer.AsMemory(got)) is > 0 and var read ? read : throw new EndOfStreamException("The server has gone.");
                if (!answer.AsSpan().SequenceEqual(message))
                    throw new InvalidDataException("What came back is not what was sent.");
            }
        }
    }

    private static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        var buffer = new byte[MessageBytes];
        while (await reader.ReadInto(buffer) is > 0 and var count)
        {
            writer.Write(buffer.AsSpan(0, count));
            await writer.Drain();
        }

        writer.Close();
    }
}
