// PortableCalls: what moves bytes, on the engine's thread, without blocking, and what waits when that is not possible.
// Thread: the engine's.  Owns: the memory in which small pieces are put together.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Portable;

internal sealed unsafe class PortableCalls(ReceiveBuffers buffers, DatagramBuffers datagrams, Func<Socket, PortableSocket, IoHandle> adopt)
{
    private const int GatherSize = 64 * 1024;

    private byte[]? _gathered;
    private SocketAddress? _sender;

    /// <summary>Goes on with an operation that does not wait; false if it has nothing to tell yet.</summary>
    public bool Try(PortableOperation operation, ref IoCompletion completion)
    {
        completion.State = operation.State;
        completion.Opcode = operation.Opcode;
        try
        {
            switch (operation.Opcode)
            {
                case IoOpcode.Receive:
                    return TryReceive(operation, ref completion);
                case IoOpcode.ReceiveFrom:
                    return TryReceiveFrom(operation, ref completion);
                case IoOpcode.SendTo:
                    return operation.BeginSendTo() && Finish(operation, ref completion);
                case IoOpcode.Accept:
                    return operation.BeginAccept() && Finish(operation, ref completion);
                default:
                    return operation.BeginSend() && Finish(operation, ref completion);
            }
        }
        catch (Exception exception) when (PortableOperation.ToError(exception, AddressFamily.Unspecified) is var error and not 0)
        {
            completion.Result = error;
            return true;
        }
    }

    /// <summary>Takes what a wait came to; false if that is nothing to tell.</summary>
    public bool Finish(PortableOperation operation, ref IoCompletion completion)
    {
        completion.State = operation.State;
        completion.Opcode = operation.Opcode;
        completion.Result = operation.TakeResult(out var accepted);
        switch (operation.Opcode)
        {
            case IoOpcode.Accept when accepted is not null:
                completion.Handle = adopt(accepted, operation.Owner);
                completion.More = true;
                return true;

            // Failures of one connection, which is gone already.
            case IoOpcode.Accept when completion.Result is -IoError.ConnectionAborted or -IoError.ConnectionReset
                or -IoError.NetworkDown or -IoError.NetworkUnreachable or -IoError.HostUnreachable or -IoError.TimedOut:
                return false;

            case IoOpcode.Receive or IoOpcode.ReceiveFrom when completion.Result >= 0 || IsOnlyLong(operation, completion.Result):
                operation.IsReady = true;
                return false;

            // What the network reports of an earlier datagram ends nothing.
            case IoOpcode.ReceiveFrom when completion.Result != -IoError.Canceled:
                operation.IsReady = true;
                completion.More = true;
                return true;

            case IoOpcode.SendTo when completion.Result >= 0:
                completion.Result = 1;
                return true;

            case IoOpcode.Send when completion.Result >= 0 && !operation.IsCanceled:
                completion.Result += SendRest(operation, completion.Result);
                return true;

            default:
                return true;
        }
    }

    /// <summary>Sends what fits, at once.</summary>
    public int Send(Socket socket, ReadOnlyMemory<byte> buffer, ReadOnlySpan<ReadOnlyMemory<byte>> segments)
        => Send(socket, segments.IsEmpty ? buffer.Span : Gather(segments, 0));

    /// <summary>Sends datagrams, as far as there is room: how many, or the error of the first.</summary>
    public static int SendTo(Socket socket, ReadOnlySpan<ReadOnlyMemory<byte>> pairs)
    {
        for (var i = 0; i < pairs.Length; i += 2)
        {
            var result = SendTo(socket, pairs[i].Span, pairs[i + 1].Span);
            if (result < 0)
                return i > 0 ? i / 2 : result;
            if (pairs[i].IsEmpty)
                return 1;
        }

        return pairs.Length / 2;
    }

    /// <summary>.NET's object for an address.</summary>
    public static SocketAddress ToAddress(Socket socket, ReadOnlySpan<byte> bytes)
    {
        var address = new SocketAddress(socket.AddressFamily, bytes.Length);
        bytes.CopyTo(address.Buffer.Span);
        return address;
    }

    private static int SendTo(Socket socket, ReadOnlySpan<byte> address, ReadOnlySpan<byte> datagram)
    {
        if (address.IsEmpty)
            return Send(socket, datagram) is var result and < 0 ? result : 1;

        try
        {
            socket.SendTo(datagram, SocketFlags.None, ToAddress(socket, address));
            return 1;
        }
        catch (Exception exception) when (PortableOperation.ToError(exception, socket.AddressFamily) is var error and not 0)
        {
            return error;
        }
    }

    private static int Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var count = socket.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success ? count : -IoError.FromSocketError(error);
        }
        catch (ObjectDisposedException)
        {
            return -IoError.Canceled;
        }
    }

    // One byte was waited for and has gone; the rest goes as far as there is room. An error shows with the next send.
    private int SendRest(PortableOperation operation, int sent)
    {
        var rest = operation.Segments.Length > 0 ? Gather(operation.Segments, sent) : operation.Buffer.Span[sent..];
        return rest.IsEmpty ? 0 : Math.Max(0, Send(operation.Owner.Socket, rest));
    }

    // Small pieces are put together: one call, and no pin for each.
    private ReadOnlySpan<byte> Gather(ReadOnlySpan<ReadOnlyMemory<byte>> segments, int skip)
    {
        _gathered ??= GC.AllocateUninitializedArray<byte>(GatherSize);
        var used = 0;
        foreach (var segment in segments)
        {
            var bytes = segment.Span;
            if (skip >= bytes.Length)
            {
                skip -= bytes.Length;
                continue;
            }

            bytes = bytes[skip..];
            skip = 0;
            if (used == 0 && bytes.Length >= GatherSize)
                return bytes;

            var count = Math.Min(bytes.Length, GatherSize - used);
            bytes[..count].CopyTo(_gathered.AsSpan(used));
            used += count;
            if (used == GatherSize)
                break;
        }

        return _gathered.AsSpan(0, used);
    }

    private bool TryReceive(PortableOperation operation, ref IoCompletion completion)
    {
        if (!operation.IsReady && !(operation.BeginReceive() && Finish(operation, ref completion)) && !operation.IsReady)
            return false;
        if (!operation.IsReady)
            return true;

        // Nothing to read into: it stays ready, and is tried again when some memory has come back.
        if (!buffers.TryReserve(out var address, out var room))
            return false;

        var count = operation.Owner.Socket.Receive(new Span<byte>(address, room), SocketFlags.None, out var error);
        operation.IsReady = count == room;
        if (error == SocketError.WouldBlock)
            return false;

        completion.Result = error == SocketError.Success ? count : -IoError.FromSocketError(error);
        if (completion.Result > 0)
        {
            completion.Data = buffers.Lend(count, out var lease);
            completion.Lease = lease;
            completion.More = true;
        }

        return true;
    }

    private bool TryReceiveFrom(PortableOperation operation, ref IoCompletion completion)
    {
        // "Not now" would be an exception: the socket is asked first.
        var socket = operation.Owner.Socket;
        operation.IsReady = operation.IsReady && socket.Poll(0, SelectMode.SelectRead);
        if (!operation.IsReady)
            return operation.BeginReceiveFrom() && Finish(operation, ref completion);

        // Nothing to receive into: it stays ready, and is tried again when some memory has come back.
        datagrams.Allocate();
        if (datagrams.Free == 0)
            return false;

        completion.More = true;
        try
        {
            _sender ??= new SocketAddress(socket.AddressFamily, IoAddress.Capacity);
            _sender.Size = IoAddress.Capacity;
            var slot = datagrams.Take();
            completion.Lease = slot;
            completion.Result = socket.ReceiveFrom(new Span<byte>(datagrams.Start(slot) + DatagramBuffers.DatagramOffset, DatagramBuffers.LargestDatagram), SocketFlags.None, _sender);
            completion.Data = datagrams.Lend(slot, completion.Result);

            // .NET does not tell: only a Unix datagram can fill a slot.
            completion.IsTruncated = completion.Result == DatagramBuffers.LargestDatagram;
            completion.AddressLength = (byte)_sender.Size;
            _sender.Buffer.Span[.._sender.Size].CopyTo(new Span<byte>(datagrams.Start(slot) + DatagramBuffers.AddressOffset, IoAddress.Capacity));
            return true;
        }
        catch (SocketException exception)
        {
            datagrams.Return(completion.Lease);
            operation.IsReady = exception.SocketErrorCode != SocketError.WouldBlock;
            completion.Result = -IoError.FromSocketError(exception.SocketErrorCode);
            return operation.IsReady;
        }
    }

    // Windows says so of a look at a datagram that is longer than the look.
    private static bool IsOnlyLong(PortableOperation operation, int result)
        => operation.Opcode == IoOpcode.ReceiveFrom && result == -IoError.MessageTooLong;
}
