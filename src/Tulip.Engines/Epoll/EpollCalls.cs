// EpollCalls: the system calls behind each operation, tried without blocking.
// Thread: the engine's.  Owns nothing; memory is pinned for the time of a call only.
using System.Net.Sockets;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Epoll;

internal sealed unsafe class EpollCalls(ReceiveBuffers buffers, LinuxDatagrams datagrams, IDescriptorTable table)
{
    private const int SendFlags = LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL;

    /// <summary>Tries the direction's operation; false if it is not ready after all.</summary>
    public bool Try(ref EpollSlot slot, ref EpollDirection direction, ref IoCompletion completion)
    {
        completion.State = direction.State;
        completion.Opcode = direction.Opcode;
        switch (direction.Opcode)
        {
            case IoOpcode.Receive:
                return TryReceive(ref slot, ref direction, ref completion);
            case IoOpcode.Accept:
                return TryAccept(slot.Descriptor, ref direction, ref completion);
            case IoOpcode.Send or IoOpcode.SendFile or IoOpcode.SendTo:
                completion.Result = SendPending(slot, direction.Opcode, direction.Pending!);
                break;
            case IoOpcode.Connect:
                completion.Result = LinuxSockets.PendingError(slot.Descriptor);
                break;
            default:
                completion.Result = 0;
                break;
        }

        direction.IsReady = completion.Result != -IoError.Again;
        return direction.IsReady;
    }

    /// <summary>Sends what a request says; if there is no room, what is needed to send it later.</summary>
    public static int Send(in EpollSlot slot, in IoRequest request, out EpollPendingSend? pending)
    {
        var result = request.Segments.Count > 0
            ? SendGathered(slot, request.Segments)
            : SendOne(slot, request.Buffer.Span);
        pending = result == -IoError.Again
            ? new EpollPendingSend { Buffer = request.Buffer, Segments = request.Segments.Count > 0 ? request.Segments.ToArray() : [] }
            : null;
        return result;
    }

    private bool TryReceive(ref EpollSlot slot, ref EpollDirection direction, ref IoCompletion completion)
    {
        // Nothing to read into: the direction stays ready, and is tried again when some memory has come back.
        if (!buffers.TryReserve(out var address, out var room))
            return false;

        completion.Result = slot.IsFile ? LinuxFiles.Read(slot.Descriptor, address, room) : Receive(slot.Descriptor, address, room);
        if (completion.Result > 0)
        {
            completion.Data = buffers.Lend(completion.Result, out var lease);
            completion.Lease = lease;
            completion.More = true;
            direction.IsReady = completion.Result == room || slot.IsHungUp || slot.IsFile;
            return true;
        }

        if (completion.Result != -IoError.Again)
            return true;

        direction.IsReady = false;
        return false;
    }

    private bool TryAccept(int listener, ref EpollDirection direction, ref IoCompletion completion)
    {
        while (true)
        {
            var descriptor = LibC.accept4(listener, null, null, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
            if (descriptor >= 0)
            {
                direction.IsReady = true;
                return Accepted(descriptor, ref completion);
            }

            switch (-LibC.LastError)
            {
                case IoError.Again:
                    direction.IsReady = false;
                    return false;

                // Failures of one connection, which is gone already.
                case IoError.ConnectionAborted or IoError.Interrupted or IoError.NetworkDown or IoError.NetworkUnreachable
                    or IoError.HostUnreachable or IoError.TimedOut:
                    continue;

                // Out of descriptors or memory: the connection still waits, so the direction stays ready.
                default:
                    completion.Result = LibC.LastError;
                    return true;
            }
        }
    }

    private bool Accepted(int descriptor, ref IoCompletion completion)
    {
        try
        {
            completion.Handle = table.Add(descriptor);
            completion.More = true;
        }
        catch (SocketException)
        {
            // The kernel will watch no more descriptors: the connection is closed, accepting pauses.
            completion.Result = -IoError.NoBufferSpace;
        }

        return true;
    }

    /// <summary>Sends a part of a file; if there is no room, what is needed to send it later.</summary>
    public static int SendFile(in EpollSlot slot, in IoRequest request, out EpollPendingSend? pending)
    {
        var result = LinuxFiles.Send(slot.Descriptor, request.File!);
        pending = result == -IoError.Again ? new EpollPendingSend { File = request.File } : null;
        return result;
    }

    /// <summary>Sends datagrams; if there is no room, what is needed to send them later.</summary>
    public int SendTo(in EpollSlot slot, in IoRequest request, out EpollPendingSend? pending)
    {
        var result = datagrams.Send(slot.Descriptor, request.Segments, request.IsPinned);
        pending = result == -IoError.Again ? new EpollPendingSend { Segments = request.Segments.ToArray() } : null;
        return result;
    }

    /// <summary>Receives datagrams; how many completions that is.</summary>
    public int ReceiveFrom(ref EpollSlot slot, ref EpollDirection direction, Span<IoCompletion> completions)
    {
        var count = datagrams.Receive(slot.Descriptor, completions, out var mayHaveMore);
        if (count >= 0)
        {
            for (var i = 0; i < count; i++)
                completions[i].State = direction.State;
            direction.IsReady = mayHaveMore || slot.IsHungUp;
            return count;
        }

        if (count == -IoError.Again)
        {
            direction.IsReady = slot.IsHungUp = false;
            return 0;
        }

        completions[0] = new IoCompletion
        {
            State = direction.State,
            Opcode = IoOpcode.ReceiveFrom,
            Result = count,
            More = !LinuxDatagrams.IsFinal(count),
        };
        return 1;
    }

    /// <summary>Sends one piece by a call of its own.</summary>
    public static int SendOne(in EpollSlot slot, ReadOnlySpan<byte> bytes)
        => slot.IsFile ? LinuxFiles.Write(slot.Descriptor, bytes) : LinuxSockets.Send(slot.Descriptor, bytes);

    private static int Receive(int descriptor, byte* address, int room)
    {
        while (true)
        {
            var count = LibC.recv(descriptor, address, (nuint)room, 0);
            if (count >= 0)
                return (int)count;
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }
    }

    private int SendPending(in EpollSlot slot, IoOpcode opcode, EpollPendingSend pending)
        => opcode == IoOpcode.SendTo ? datagrams.Send(slot.Descriptor, pending.Segments, isPinned: false)
            : pending.File is { } file ? LinuxFiles.Send(slot.Descriptor, file)
            : pending.Segments.Length > 0 ? SendGathered(slot, pending.Segments) : SendOne(slot, pending.Buffer.Span);

    private static int SendGathered(in EpollSlot slot, ReadOnlySpan<ReadOnlyMemory<byte>> segments)
    {
        var gather = new GatherList(segments);
        try
        {
            var vectors = stackalloc IoVector[GatherList.Capacity];
            var message = new MessageHeader { Vectors = vectors, VectorCount = (nuint)gather.Fill(vectors) };
            if (slot.IsFile)
                return LinuxFiles.Write(slot.Descriptor, vectors, (int)message.VectorCount);

            while (true)
            {
                var count = LibC.sendmsg(slot.Descriptor, &message, SendFlags);
                if (count >= 0)
                    return (int)count;
                if (LibC.LastError != -IoError.Interrupted)
                    return LibC.LastError;
            }
        }
        finally
        {
            gather.Release();
        }
    }
}
