// UringStarter: operations on their way down: begun, begun again, cancelled.
// Thread: the engine's.  Owns: the queue of receives that found no buffer.
using System.Net;
using Tulip.Engines.Linux;

namespace Tulip.Engines.Uring;

internal sealed class UringStarter(UringTable table, UringPort port, UringSends sends, LinuxDatagrams datagrams)
{
    // From here on the copy into the kernel is what a send costs: a system call of its own is nothing beside it, and it tells at once
    // what there was no room for.
    private const int SendDirectly = 16 * 1024;

    private readonly Queue<(int Place, int Operation)> _starved = new();

    /// <summary>Whether receives wait for a buffer.</summary>
    public bool IsStarved => _starved.Count > 0;

    /// <summary>Prepares the request; a result, and no phase, if the operation is over already.</summary>
    public int Begin(in IoRequest request, ref UringSlot slot, ref UringDirection direction, int place, int operation)
    {
        var userData = UringTable.UserData(place, operation);
        switch (request.Opcode)
        {
            case IoOpcode.Receive when slot.IsFile:
                port.Poll(slot.Descriptor, userData, forWriting: false);
                break;
            case IoOpcode.Receive:
                port.Receive(slot.Descriptor, userData);
                break;
            case IoOpcode.ReceiveFrom:
                port.ReceiveFrom(slot.Descriptor, userData);
                break;
            case IoOpcode.Accept:
                port.Accept(slot.Descriptor, userData);
                break;
            case IoOpcode.Poll:
                port.Poll(slot.Descriptor, userData, request.ForWriting);
                break;
            case IoOpcode.Connect:
                return BeginConnect(request.Address!, ref slot, ref direction, userData);
            case IoOpcode.Send when slot.IsFile:
            case IoOpcode.SendFile:
                return BeginWrite(request, ref slot, ref direction, UringTable.UserData(place, operation));
            case IoOpcode.Send:
                return BeginSend(request, ref slot, ref direction, place, operation);
            case IoOpcode.SendTo:
                return BeginSendTo(request, ref slot, ref direction, userData);
            default:
                throw IoMisuse.NoOperation("io_uring", request.Opcode);
        }

        direction.Phase = UringPhase.InKernel;
        return 0;
    }

    /// <summary>Begins a multishot operation again that the kernel has ended.</summary>
    public void Again(int place)
    {
        port.Statistics.Rearmed++;
        Arm(place);
    }

    /// <summary>Something that is no socket has been read, or cannot be yet: waits until it can.</summary>
    public void AwaitData(int place)
        => port.Poll(table.Slot(place).Descriptor, UringTable.UserData(place, table.Direction(place).Operation), forWriting: false);

    /// <summary>A receive found no buffer: it is begun again when there is one.</summary>
    public void Starve(int place)
    {
        port.Statistics.Starved++;
        ref var direction = ref table.Direction(place);
        if (direction.Opcode == IoOpcode.Receive)
            port.Buffers.Grow();
        direction.Phase = UringPhase.AwaitingBuffer;
        _starved.Enqueue((place, direction.Operation));
    }

    /// <summary>Begins the receives again that found no buffer, if there is one now.</summary>
    public void BeginStarved()
    {
        for (var count = _starved.Count; count > 0; count--)
        {
            var starved = _starved.Dequeue();
            if (!table.IsInFlight(starved.Place, starved.Operation))
                continue;

            ref var direction = ref table.Direction(starved.Place);
            if (!(direction.Opcode == IoOpcode.Receive ? port.Buffers.HasOffers : port.Datagrams.HasOffers))
            {
                _starved.Enqueue(starved);
                continue;
            }

            direction.Phase = UringPhase.InKernel;
            Arm(starved.Place);
        }
    }

    /// <summary>A send found no room: it is made when there is some.</summary>
    public void AwaitRoom(int place)
    {
        port.Statistics.Blocked++;
        ref var direction = ref table.Direction(place);
        direction.Phase = UringPhase.AwaitingRoom;
        port.Poll(table.Slot(place).Descriptor, UringTable.UserData(place, direction.Operation), forWriting: true);
    }

    /// <summary>Asks for an operation's end.</summary>
    public void Cancel(int place)
    {
        ref var direction = ref table.Direction(place);
        if (direction.IsCancelled)
            return;

        direction.IsCancelled = true;
        if (direction.Phase == UringPhase.AwaitingBuffer)
            table.EndLater(place, -IoError.Canceled);
        else
            AskToCancel(place);
    }

    /// <summary>Asks the kernel, also once more. A send that is only being handed over ends by itself.</summary>
    public void AskToCancel(int place)
    {
        ref var direction = ref table.Direction(place);
        if (direction.Phase != UringPhase.Sending)
            port.Cancel(UringTable.UserData(place, direction.Operation));
    }

    private int BeginConnect(EndPoint address, ref UringSlot slot, ref UringDirection direction, ulong userData)
    {
        var error = LinuxSockets.BeginConnect(slot.Descriptor, address);
        if (error != -IoError.InProgress)
            return error;

        port.Poll(slot.Descriptor, userData, forWriting: true);
        direction.Phase = UringPhase.InKernel;
        return 0;
    }

    private int BeginSend(in IoRequest request, ref UringSlot slot, ref UringDirection direction, int place, int operation)
    {
        var send = sends.Rent(request);
        if (send.Length >= SendDirectly)
            return SendOrAwaitRoom(send, ref slot, ref direction, UringTable.UserData(place, operation));

        try
        {
            port.Send(slot.Descriptor, UringTable.UserData(place, operation), send);
        }
        catch
        {
            sends.Return(send);
            throw;
        }

        sends.Add(new UringSends.Sent(place, operation, send.Position, request.IsQuiet));
        direction.Phase = UringPhase.Sending;
        direction.Send = send;
        return 0;
    }

    private void Arm(int place)
    {
        ref var direction = ref table.Direction(place);
        var (descriptor, userData) = (table.Slot(place).Descriptor, UringTable.UserData(place, direction.Operation));
        switch (direction.Opcode)
        {
            case IoOpcode.Accept:
                port.Accept(descriptor, userData);
                break;
            case IoOpcode.ReceiveFrom:
                port.ReceiveFrom(descriptor, userData);
                break;
            default:
                port.Receive(descriptor, userData);
                break;
        }
    }

    /// <summary>Writes to what is no socket, or sends a file, by a system call of its own; waits only for room.</summary>
    private int BeginWrite(in IoRequest request, ref UringSlot slot, ref UringDirection direction, ulong userData)
    {
        var send = sends.Rent(request);
        send.ToFile = true;
        return SendOrAwaitRoom(send, ref slot, ref direction, userData);
    }

    private int SendOrAwaitRoom(UringSend send, ref UringSlot slot, ref UringDirection direction, ulong userData)
    {
        var result = send.SendNow(slot.Descriptor);
        if (result != -IoError.Again)
        {
            sends.Return(send);
            return result;
        }

        AwaitRoom(send, ref slot, ref direction, userData);
        return 0;
    }

    /// <summary>Sends datagrams, many with one system call of its own, which costs less than a request each.</summary>
    private int BeginSendTo(in IoRequest request, ref UringSlot slot, ref UringDirection direction, ulong userData)
    {
        var result = datagrams.Send(slot.Descriptor, request.Segments, request.IsPinned);
        if (result != -IoError.Again)
            return result;

        AwaitRoom(sends.Rent(datagrams, request.Segments.ToArray()), ref slot, ref direction, userData);
        return 0;
    }

    private void AwaitRoom(UringSend send, ref UringSlot slot, ref UringDirection direction, ulong userData)
    {
        port.Statistics.Blocked++;
        port.Poll(slot.Descriptor, userData, forWriting: true);
        direction.Phase = UringPhase.AwaitingRoom;
        direction.Send = send;
    }
}
