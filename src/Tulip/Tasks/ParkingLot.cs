// ParkingLot: where tasks wait for a primitive without a future, first come first served.
// Thread: the loop's.
//   1. A place is linked from Enter until it is woken or left; both are O(1).
//   2. Waking puts the task in the ready queue at once: the one hop that the future would take on which asyncio waits.
namespace Tulip;

/// <summary>A frame's place in a <see cref="ParkingLot"/>; used again and again.</summary>
internal sealed class ParkingPlace
{
    public EventLoop? Loop;
    public LoopItem? Task;
    public ParkingPlace? Previous;
    public ParkingPlace? Next;
}

internal sealed class ParkingLot
{
    private ParkingPlace? _first;
    private ParkingPlace? _last;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>The task that is running waits at the end of the line from now on.</summary>
    public void Enter(ParkingPlace place, EventLoop loop)
    {
        place.Loop = loop;
        place.Task = loop.CurrentTask;
        place.Previous = _last;
        if (_last is null)
            _first = place;
        else
            _last.Next = place;
        _last = place;
        Count++;
    }

    /// <summary>Wakes the one that has waited longest; false if nobody waits.</summary>
    /// <exception cref="InvalidOperationException">Called on another thread than that of its loop.</exception>
    public bool WakeNext()
    {
        if (_first is not { } place)
            return false;

        var loop = place.Loop!;
        loop.CheckThread();
        var task = place.Task!;
        Unlink(place);
        loop.Enqueue(task);
        return true;
    }

    /// <summary>Wakes everybody.</summary>
    public void WakeAll()
    {
        while (WakeNext())
        {
        }
    }

    /// <summary>Gives a place up; false if it was woken already.</summary>
    public bool TryLeave(ParkingPlace place)
    {
        if (place.Task is null)
            return false;

        Unlink(place);
        return true;
    }

    private void Unlink(ParkingPlace place)
    {
        if (place.Previous is { } previous)
            previous.Next = place.Next;
        else
            _first = place.Next;
        if (place.Next is { } next)
            next.Previous = place.Previous;
        else
            _last = place.Previous;
        place.Previous = null;
        place.Next = null;
        place.Task = null;
        Count--;
    }
}
