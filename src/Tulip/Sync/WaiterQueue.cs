// WaiterQueue: who waits for a primitive, first come first served. Fairness and cancellation are settled here, once.
// Thread: the loop's.
//   1. A waiter is linked while it is pending; being woken or cancelled takes it out, so waking is O(1).
//   2. A woken waiter counts until its task has run again (Depart): until then nobody may overtake it.
//   3. With departureOnly, waiters stay linked until they depart, whatever becomes of them before: a lock, as
//      asyncio's, wakes nobody behind a cancelled first waiter, which will do so itself.
namespace Tulip;

internal class Waiter : Future<Unit>
{
    private readonly WaiterQueue _queue;

    public Waiter(EventLoop loop, WaiterQueue queue)
        : base(loop)
        => _queue = queue;

    public Waiter? Previous { get; set; }

    public Waiter? Next { get; set; }

    public bool WasWoken => Done && !Cancelled;

    public override bool Cancel(string? message = null)
    {
        if (!Done)
            _queue.OnNoLongerPending(this);
        return base.Cancel(message);
    }
}

internal sealed class WaiterQueue(bool departureOnly = false)
{
    private Waiter? _first;
    private Waiter? _last;
    private int _pending;
    private int _woken;

    /// <summary>Whether anybody waits, or was woken and has not run yet.</summary>
    public bool HasAny => _pending + _woken > 0;

    /// <summary>How many are not woken yet.</summary>
    public int Pending => _pending;

    /// <summary>The one that has waited longest and is linked, or null.</summary>
    public Waiter? First => _first;

    /// <summary>A new waiter at the end; the caller awaits it and then calls <see cref="Depart"/>, whatever happened.</summary>
    public Waiter Add(EventLoop loop) => Add(new Waiter(loop, this));

    /// <inheritdoc cref="Add(EventLoop)"/>
    public TWaiter Add<TWaiter>(TWaiter waiter)
        where TWaiter : Waiter
    {
        waiter.Previous = _last;
        if (_last is null)
            _first = waiter;
        else
            _last.Next = waiter;
        _last = waiter;
        _pending++;
        return waiter;
    }

    /// <summary>Wakes the first that is linked; false if nobody is, or if that one was woken or cancelled already.</summary>
    public bool WakeNext()
    {
        if (_first is not { Done: false } waiter)
            return false;

        Wake(waiter);
        return true;
    }

    /// <summary>Wakes a pending waiter out of turn.</summary>
    public void Wake(Waiter waiter)
    {
        OnNoLongerPending(waiter);
        _woken++;
        waiter.SetResult(default);
    }

    /// <summary>Wakes everybody.</summary>
    public void WakeAll()
    {
        while (WakeNext())
        {
        }
    }

    /// <summary>The waiter's task runs again.</summary>
    public void Depart(Waiter waiter)
    {
        // Not woken: cancelled, or in the next moment, for the task was.
        if (waiter.WasWoken)
            _woken--;
        else
            waiter.Cancel();
        if (departureOnly)
            Unlink(waiter);
    }

    internal void OnNoLongerPending(Waiter waiter)
    {
        _pending--;
        if (!departureOnly)
            Unlink(waiter);
    }

    private void Unlink(Waiter waiter)
    {
        if (waiter.Previous is { } previous)
            previous.Next = waiter.Next;
        else
            _first = waiter.Next;
        if (waiter.Next is { } next)
            next.Previous = waiter.Previous;
        else
            _last = waiter.Previous;
        waiter.Previous = null;
        waiter.Next = null;
    }
}
