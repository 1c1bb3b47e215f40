using Tulip.Load.Harness;
using Tulip.Load.Peers;

namespace Tulip.Load.Sched;

/// <summary>Callbacks without tasks: a hundred of them, each of which schedules itself again.</summary>
internal sealed class CallSoon : Benchmark
{
    private const int Chains = 100;

    public override string Name => "callsoon";

    public override string Summary => "callbacks, a hundred at a time, that schedule themselves again";

    public override long DefaultN => 5_000_000;

    public override async Coroutine RunTulip(Round round)
    {
        var loop = Aio.GetRunningLoop();
        var done = loop.CreateFuture<Unit>();
        var shares = Work.Divide(round.N, Chains);
        var chains = new LoopChain[shares.Length];
        var left = shares.Length;
        for (var i = 0; i < chains.Length; i++)
        {
            chains[i] = new LoopChain(loop, shares[i], () =>
            {
                if (--left == 0)
                    done.SetResult(default);
            });
        }

        round.Meter.Start();
        foreach (var chain in chains)
            chain.Begin();
        await done;
        round.Meter.Stop();
    }

    public override async Task RunTask(Round round, TaskPeer peer)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shares = Work.Divide(round.N, Chains);
        var chains = new PeerChain[shares.Length];
        var left = shares.Length;
        for (var i = 0; i < chains.Length; i++)
        {
            chains[i] = new PeerChain(peer, shares[i], () =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                    done.SetResult();
            });
        }

        round.Meter.Start();
        foreach (var chain in chains)
            chain.Begin();
        await done.Task;
        round.Meter.Stop();
    }

    private sealed class LoopChain
    {
        private readonly EventLoop _loop;
        private readonly Action _callback;
        private readonly Action _ended;
        private long _left;

        public LoopChain(EventLoop loop, long count, Action ended)
        {
            _loop = loop;
            _left = count;
            _ended = ended;
            _callback = Callback;
        }

        public void Begin() => _loop.CallSoon(_callback);

        private void Callback()
        {
            if (--_left > 0)
                _loop.CallSoon(_callback);
            else
                _ended();
        }
    }

    private sealed class PeerChain
    {
        private readonly TaskPeer _peer;
        private readonly SendOrPostCallback _callback;
        private readonly Action _ended;
        private long _left;

        public PeerChain(TaskPeer peer, long count, Action ended)
        {
            _peer = peer;
            _left = count;
            _ended = ended;
            _callback = Callback;
        }

        public void Begin() => _peer.Post(_callback, null);

        private void Callback(object? state)
        {
            if (--_left > 0)
                _peer.Post(_callback, null);
            else
                _ended();
        }
    }
}
