// Visitor: one worker: makes one visit after the other, and sees that each ends as it may.
// Thread: the loop's.
//   1. A visit is cut short by chance: by a time limit, or by going away in the middle.
//   2. What comes back directly, or through TLS, is what was sent, or the beginning of it and then an error: never anything else.
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tulip.Soak;

internal sealed class Visitor(Places places, Random random, Tally tally)
{
    private const double LongestVisit = 1.5;

    /// <summary>Whether an exception is one that a broken connection may end in.</summary>
    public static bool IsTrouble(Exception exception)
        => exception is SocketException or IOException or AuthenticationException or TimeoutException;

    public async Coroutine Work(Func<bool> goesOn)
    {
        while (goesOn())
        {
            var limit = random.Next(8) == 0 ? random.NextDouble() * 0.02 : LongestVisit;
            var outcome = "";
            var scope = await MoveOnAfter(limit, async _ => outcome = await Visit());
            tally.Count(outcome.Length > 0 ? outcome : "cut short");
        }
    }

    private Coroutine<string> Visit() => random.Next(11) switch
    {
        0 when places.HasProcesses => new ChildVisit(random, tally).Run(),
        1 => new FileVisit(places, random, tally).Run(),
        2 => new DatagramVisit(places.Datagrams, random, tally).Run(),
        _ => Echo(places.All[random.Next(places.All.Count)]),
    };

    private async Coroutine<string> Echo(Place place)
    {
        AsyncStreamWriter? writer = null;
        try
        {
            (var reader, writer) = await place.Connect();
            var sent = new byte[random.Next(3) == 0 ? random.Next(1, 400_000) : random.Next(1, 5000)];
            random.NextBytes(sent);
            var leavesEarly = random.Next(10) == 0;
            var (_, whole) = await Gather(Send(writer, sent), Receive(place, reader, sent, leavesEarly ? random.Next(sent.Length) : sent.Length));
            if (!whole && place.IsDirect)
                throw new SoakException($"{place.Name}: the connection ended early, though nothing troubled it");
            if (random.Next(2) == 0)
                writer.Close();
            else
                await Aborted(writer);
            if (whole && !leavesEarly)
                await writer.CloseAndWait();
            return whole ? $"{place.Name} echoed" : $"{place.Name} ended";
        }
        catch (Exception exception) when (IsTrouble(exception) && !place.IsDirect)
        {
            return $"{place.Name} broken";
        }
        finally
        {
            writer?.Transport.Abort();
        }
    }

    private async Coroutine Aborted(AsyncStreamWriter writer)
    {
        if (random.Next(4) == 0)
            writer.Transport.Abort();
        else if (writer.CanWriteEof && !writer.IsClosing)
            writer.WriteEof();
        await Sleep(0);
    }

    private async Coroutine<Unit> Send(AsyncStreamWriter writer, byte[] bytes)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 60_000), bytes.Length - start);
            writer.Write(bytes.AsSpan(start, count));
            await writer.Drain();
            start += count;
        }

        return default;
    }

    /// <summary>Whether as much came as was expected.</summary>
    private async Coroutine<bool> Receive(Place place, AsyncStreamReader reader, byte[] sent, int expected)
    {
        var got = 0;
        while (got < expected)
        {
            var bytes = await reader.Read(32 * 1024);
            if (bytes.Length == 0)
                return false;

            var isRight = got + bytes.Length <= sent.Length && bytes.AsSpan().SequenceEqual(sent.AsSpan(got, bytes.Length));
            if (!isRight && (place.IsDirect || place.IsSecure))
                throw new SoakException($"{place.Name}: what came back is not what was sent, at byte {got}");
            if (!isRight)
                return false;
            got += bytes.Length;
            tally.Bytes += bytes.Length;
        }

        return true;
    }
}
