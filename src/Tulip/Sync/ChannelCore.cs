// ChannelCore: what the ends of a memory channel share: the items, and who waits.
// Thread: the loop's.
//   1. While a receiver waits nothing is in the buffer and no sender waits; while a sender waits the buffer is full.
//   2. An item is in one place: with a waiting sender, in the buffer, given back, or in the hands of a receiver.
//   3. A receiver that is cancelled in the moment it was handed an item gives it back: the next receiver that waits has
//      it, else the front of the buffer, which may then hold more than its maximum. Older items come out first.
//   4. A sender that is cancelled in the moment its item was taken has sent it: Send ends, and the cancel is thrown by
//      the task's next await. So a Send that throws has sent nothing.
namespace Tulip;

internal sealed class ChannelCore<T>(int maxBuffer)
{
    private readonly Queue<T> _buffer = new();
    private readonly PriorityQueue<T, long> _givenBack = new();
    private readonly WaiterQueue _senders = new();
    private readonly WaiterQueue _receivers = new();
    private LoopBound _loop;
    private long _handed;

    public int OpenSenders { get; private set; }

    public int OpenReceivers { get; private set; }

    public MemoryChannelStatistics Statistics
        => new(Buffered, maxBuffer, OpenSenders, OpenReceivers, _senders.Pending, _receivers.Pending);

    private int Buffered => _givenBack.Count + _buffer.Count;

    public void AddSender() => OpenSenders++;

    public void AddReceiver() => OpenReceivers++;

    /// <summary>Gives the item to a receiver that waits, or to the buffer; false if neither is possible.</summary>
    /// <exception cref="BrokenResourceException">There is no receiver.</exception>
    public bool TrySend(T item)
    {
        if (OpenReceivers == 0)
            throw new BrokenResourceException("All receivers of the channel are closed.");
        if (TryHand(item, _handed + 1))
        {
            _handed++;
            return true;
        }

        if (Buffered >= maxBuffer)
            return false;

        _buffer.Enqueue(item);
        return true;
    }

    /// <summary>Waits until the item is taken; false if an end was closed instead.</summary>
    public async Coroutine<bool> WaitForTaker(object owner, T item)
    {
        var offer = _senders.Add(new Offer(_loop.Get(this), _senders, owner, item));
        try
        {
            await offer;
        }
        catch (CancelledException exception) when (offer.Taken)
        {
            var task = Aio.CurrentTask()!;
            task.Uncancel();
            task.Cancel(exception.CancelMessage);
        }
        finally
        {
            _senders.Depart(offer);
        }

        return offer.Taken;
    }

    /// <summary>Takes the oldest item out and lets senders that wait fill the gap.</summary>
    public bool TryReceive([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
    {
        if (_givenBack.TryDequeue(out item, out _) || _buffer.TryDequeue(out item))
        {
            while (Buffered < maxBuffer && TryTakeOffer(out var next))
                _buffer.Enqueue(next);
            return true;
        }

        return TryTakeOffer(out item);
    }

    /// <summary>Waits to be handed an item; without one, an end was closed instead.</summary>
    public async Coroutine<(bool Received, T? Item)> WaitForItem(object owner)
    {
        var request = _receivers.Add(new Request(_loop.Get(this), _receivers, owner));
        try
        {
            await request;
        }
        catch (CancelledException) when (request.Received)
        {
            if (OpenReceivers > 0 && !TryHand(request.Item!, request.Number))
                _givenBack.Enqueue(request.Item!, request.Number);
            throw;
        }
        finally
        {
            _receivers.Depart(request);
        }

        return (request.Received, request.Item);
    }

    /// <summary>A sender was closed: its tasks are sent away and, if it was the last one, the receivers told of the end.</summary>
    public void RemoveSender(object owner)
    {
        WakeTasksOf(owner, _senders);
        if (--OpenSenders == 0)
            _receivers.WakeAll();
    }

    /// <summary>A receiver was closed: its tasks are sent away and, if it was the last one, the items dropped.</summary>
    public void RemoveReceiver(object owner)
    {
        WakeTasksOf(owner, _receivers);
        if (--OpenReceivers > 0)
            return;

        _buffer.Clear();
        _givenBack.Clear();
        _senders.WakeAll();
    }

    /// <inheritdoc/>
    public override string ToString() => $"<MemoryChannel {Buffered}/{maxBuffer} senders={OpenSenders} receivers={OpenReceivers}>";

    private static void WakeTasksOf(object owner, WaiterQueue queue)
    {
        for (var waiter = (ChannelWaiter?)queue.First; waiter is not null;)
        {
            var next = (ChannelWaiter?)waiter.Next;
            if (ReferenceEquals(waiter.Owner, owner))
                queue.Wake(waiter);
            waiter = next;
        }
    }

    private bool TryHand(T item, long number)
    {
        if (_receivers.First is not Request request)
            return false;

        request.Received = true;
        request.Item = item;
        request.Number = number;
        return _receivers.WakeNext();
    }

    private bool TryTakeOffer([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
    {
        if (_senders.First is not Offer offer)
        {
            item = default;
            return false;
        }

        offer.Taken = true;
        item = offer.Item;
        return _senders.WakeNext();
    }

    /// <summary>A task that waits at one of the ends.</summary>
    private abstract class ChannelWaiter(EventLoop loop, WaiterQueue queue, object owner) : Waiter(loop, queue)
    {
        public object Owner { get; } = owner;
    }

    private sealed class Offer(EventLoop loop, WaiterQueue queue, object owner, T item) : ChannelWaiter(loop, queue, owner)
    {
        public T Item { get; } = item;

        public bool Taken { get; set; }
    }

    private sealed class Request(EventLoop loop, WaiterQueue queue, object owner) : ChannelWaiter(loop, queue, owner)
    {
        public bool Received { get; set; }

        public T? Item { get; set; }

        /// <summary>The how manyth item handed over it is: by it, items that come back keep their order.</summary>
        public long Number { get; set; }
    }
}
