using System.Threading.Channels;
using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>Two tasks hand an item back and forth through two queues of size one; an operation is one item through one queue.</summary>
internal sealed class PingPong : Benchmark
{
    private const int HopsPerRoundTrip = 2;

    public override string Name => "pingpong";

    public override string Summary => "hops of an item between two tasks, through queues of size one";

    public override long DefaultN => 1_000_000;

    public override async Coroutine RunTulip(Round round)
    {
        var there = new AsyncQueue<long>(1);
        var back = new AsyncQueue<long>(1);
        var trips = round.N / HopsPerRoundTrip;
        round.Meter.Start();
        var echo = Aio.CreateTask(Echo(there, back, trips));
        for (var i = 0L; i < trips; i++)
        {
            await there.Put(i);
            await back.Get();
        }

        await echo;
        round.Meter.Stop();
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        var there = Channel.CreateBounded<long>(1);
        var back = Channel.CreateBounded<long>(1);
        var trips = round.N / HopsPerRoundTrip;
        round.Meter.Start();
        var echo = peer.Spawn(() => EchoTask(there, back, trips));
        for (var i = 0L; i < trips; i++)
        {
            await there.Writer.WriteAsync(i);
            await back.Reader.ReadAsync();
        }

        await echo;
        round.Meter.Stop();
    }

    private static async Coroutine Echo(AsyncQueue<long> there, AsyncQueue<long> back, long trips)
    {
        for (; trips > 0; trips--)
            await back.Put(await there.Get());
    }

    private static async Task EchoTask(Channel<long> there, Channel<long> back, long trips)
    {
        for (; trips > 0; trips--)
            await back.Writer.WriteAsync(await there.Reader.ReadAsync());
    }
}
