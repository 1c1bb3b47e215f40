// UringSends: the small sends, which the kernel gets with the next system call, and how they are found to be over.
// Thread: the engine's.  Owns: a store of UringSend.
//   1. A request of a send neither blocks nor takes less than everything without failing (MSG_DONTWAIT, MSG_WAITALL):
//      it is over within the system call that hands it over.
//   2. It has a completion only if it failed, took a part, or found no room (IOSQE_CQE_SKIP_SUCCESS). So when a send
//      was handed over and the completion ring is empty, a send that is still "Sending" has sent everything.
//   3. Hence a wait is not ended by sends that succeed, and is by those that need something done.
using Tulip.Engines.Linux;

namespace Tulip.Engines.Uring;

internal sealed class UringSends
{
    private readonly Stack<UringSend> _store = new();
    private readonly Queue<Sent> _sent = new();

    /// <summary>A send that was prepared.</summary>
    public readonly record struct Sent(int Place, int Operation, uint Position, bool IsQuiet);

    /// <summary>Sends that are not known to be over.</summary>
    public int Count => _sent.Count;

    /// <summary>Sends whose success somebody waits for.</summary>
    public int Urgent { get; private set; }

    public UringSend Rent(in IoRequest request)
    {
        var send = _store.TryPop(out var stored) ? stored : new UringSend();
        send.Hold(request);
        return send;
    }

    /// <summary>One for datagrams that wait for room.</summary>
    public UringSend Rent(LinuxDatagrams datagrams, ReadOnlyMemory<byte>[] pairs)
    {
        var send = _store.TryPop(out var stored) ? stored : new UringSend();
        send.Hold(datagrams, pairs);
        return send;
    }

    public void Return(UringSend send)
    {
        send.Release();
        _store.Push(send);
    }

    public void Add(in Sent sent)
    {
        _sent.Enqueue(sent);
        Urgent += sent.IsQuiet ? 0 : 1;
    }

    /// <summary>The next send that was handed over, for whoever has seen the completion ring empty since.</summary>
    /// <param name="head">The first request that was not handed over.</param>
    /// <param name="sent">The send.</param>
    public bool TryTake(uint head, out Sent sent)
    {
        if (!_sent.TryPeek(out sent) || (int)(head - sent.Position) <= 0)
            return false;

        _sent.Dequeue();
        Urgent -= sent.IsQuiet ? 0 : 1;
        return true;
    }

    public void Dispose()
    {
        _sent.Clear();
        while (_store.TryPop(out var send))
            send.Dispose();
    }
}
