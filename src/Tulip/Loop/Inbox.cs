// Inbox: what other threads hand to the loop. With the engine's Wake it is all that crosses threads.
//   1. Post and Abandon may be called from any thread; everything else is the loop thread's.
//   2. Before the loop blocks it announces so and looks once more: a poster either sees the announcement and wakes
//      the engine, or its item is seen. Nothing waits for the next unrelated wake-up.
//   3. What is posted is run or abandoned: a poster that finds the loop closed after its post empties the inbox too.
using System.Collections.Concurrent;
using Tulip.Engines;

namespace Tulip;

internal sealed class Inbox(IIoEngine engine)
{
    private readonly ConcurrentQueue<object> _items = new();
    private int _blocking;

    public bool IsEmpty => _items.IsEmpty;

    /// <summary>Called instead of waking the engine, on the posting thread: by hosts.</summary>
    public Action? Waker { get; set; }

    /// <summary>Hands an Action or a LoopItem to the loop.</summary>
    public void Post(object item)
    {
        _items.Enqueue(item);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _blocking) != 0 && Interlocked.Exchange(ref _blocking, 0) != 0)
            Wake();
    }

    /// <summary>Announces that the next post is to wake somebody; false if something was posted already.</summary>
    public bool Announce()
    {
        Interlocked.Exchange(ref _blocking, 1);
        return _items.IsEmpty || Interlocked.Exchange(ref _blocking, 0) == 0;
    }

    /// <summary>Takes that back.</summary>
    public void Withdraw() => Volatile.Write(ref _blocking, 0);

    /// <summary>Blocks in the engine unless something was posted.</summary>
    public void WaitForPost(LoopIo io, long timeoutNanoseconds)
    {
        // Nothing is announced while it spins: whoever posts then is seen without a wake-up.
        if (io.BusyPollNanoseconds > 0 && io.Spin(timeoutNanoseconds, _items))
            return;

        Interlocked.Exchange(ref _blocking, 1);
        if (_items.IsEmpty)
            io.Wait(timeoutNanoseconds);
        Volatile.Write(ref _blocking, 0);
    }

    /// <summary>Appends what has been posted to the ready queue.</summary>
    public void MoveTo(ReadyQueue ready)
    {
        // Only what is there now: a thread that posts without end must not hold the loop here.
        for (var count = _items.Count; count > 0 && _items.TryDequeue(out var item); count--)
            ready.Enqueue(item);
    }

    /// <summary>Nothing will be run any more. Any thread.</summary>
    public void Abandon()
    {
        while (_items.TryDequeue(out var item))
            (item as LoopItem)?.Abandon();
    }

    private void Wake()
    {
        if (Waker is { } waker)
            waker();
        else
            engine.Wake();
    }
}
