// RawSocket: one operation on a socket that belongs to the loop's user.
// Thread: the loop's.  Owns: nothing of the socket; while it runs, the socket's direction (DescriptorClaim).
//   1. Try first, wait when told "not now", try again. Nothing happens between a successful try and the return, so that a
//      cancel finds the bytes, or the connection, either returned or still in the socket.
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines;

namespace Tulip;

internal readonly struct RawSocket
{
    private const int FilePart = 512 * 1024;

    private readonly LoopTransports _shared;
    private readonly Socket _socket;

    private RawSocket(LoopTransports shared, Socket socket)
    {
        _shared = shared;
        _socket = socket;
    }

    public static RawSocket Of(EventLoop loop, Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var shared = LoopTransports.Of(loop);
        loop.CheckCanSchedule();
        _ = shared.DescriptorEngine;
        if (socket.Blocking)
        {
            if (loop.Debug)
                throw new ArgumentException("The socket must be non-blocking: set its Blocking to false.", nameof(socket));
            socket.Blocking = false;
        }

        return new RawSocket(shared, socket);
    }

    public async Coroutine<byte[]> Receive(int count)
    {
        using var claim = Claim(writing: false);
        while (true)
        {
            // Memory is held only for a try, not while waiting.
            var buffer = ArrayPool<byte>.Shared.Rent(count);
            try
            {
                var received = _socket.Receive(buffer.AsSpan(0, count), SocketFlags.None, out var error);
                if (IsDone(error))
                    return buffer.AsSpan(0, received).ToArray();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            await claim.Ready();
        }
    }

    public async Coroutine<int> ReceiveInto(Memory<byte> buffer)
    {
        using var claim = Claim(writing: false);
        while (true)
        {
            var received = _socket.Receive(buffer.Span, SocketFlags.None, out var error);
            if (IsDone(error))
                return received;
            await claim.Ready();
        }
    }

    public async Coroutine SendAll(ReadOnlyMemory<byte> data)
    {
        using var claim = Claim(writing: true);
        await SendAll(claim, data);
    }

    public async Coroutine<long> SendFile(SafeFileHandle file, long offset, long? count, bool fallback)
    {
        using var claim = Claim(writing: true);
        long sent = 0;
        while (count is null || sent < count)
        {
            var part = new IoFilePart(file, offset + sent, (int)Math.Min(FilePart, (count ?? long.MaxValue) - sent));
            var result = _shared.DescriptorEngine.SendFileNow(Descriptor, part);
            if (result == 0)
                break;

            if (result > 0)
            {
                // A peer that always takes everything must not hold up the loop.
                sent += result;
                await Aio.Sleep(0);
            }
            else if (result == -IoError.Again)
            {
                await claim.Ready();
            }
            else if (sent > 0 || !FileSender.IsNotAvailable(result))
            {
                throw IoError.ToException(result);
            }
            else if (fallback)
            {
                var here = this;
                return await FileSender.SendInPieces(_shared.Loop, file, offset, count, piece => here.SendAll(claim, piece));
            }
            else
            {
                throw new SendfileNotAvailableException("The kernel cannot send this file to this socket.", IoError.ToException(result));
            }
        }

        return sent;
    }

    public async Coroutine<(byte[] Data, EndPoint? Address)> ReceiveFrom(int count)
    {
        using var claim = Claim(writing: false);
        var sender = new SocketAddress(_socket.AddressFamily, IoAddress.Capacity);
        while (true)
        {
            // Memory is held only for a try, not while waiting.
            var buffer = ArrayPool<byte>.Shared.Rent(count);
            try
            {
                if (TryReceiveFrom(buffer.AsSpan(0, count), sender, out var received))
                    return (buffer.AsSpan(0, received).ToArray(), IoAddress.Read(sender.Buffer.Span[..sender.Size]));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            await claim.Ready();
        }
    }

    public async Coroutine<(int Count, EndPoint? Address)> ReceiveFromInto(Memory<byte> buffer)
    {
        using var claim = Claim(writing: false);
        var sender = new SocketAddress(_socket.AddressFamily, IoAddress.Capacity);
        while (true)
        {
            if (TryReceiveFrom(buffer.Span, sender, out var received))
                return (received, IoAddress.Read(sender.Buffer.Span[..sender.Size]));
            await claim.Ready();
        }
    }

    public async Coroutine<int> SendTo(ReadOnlyMemory<byte> data, EndPoint address)
    {
        using var claim = Claim(writing: true);
        while (true)
        {
            try
            {
                return _socket.SendTo(data.Span, SocketFlags.None, address);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                await claim.Ready();
            }
        }
    }

    public async Coroutine Connect(EndPoint address)
    {
        using var claim = Claim(writing: true);
        if (address is DnsEndPoint name)
            address = (await Resolver.Resolve(_shared.Loop, name.Host, name.Port, _socket.AddressFamily))[0].Address;

        try
        {
            _socket.Connect(address);
            return;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.AlreadyInProgress)
        {
            // A path is connected at once or not at all: "not now" means that whoever listens there has too many waiting.
            if (address is UnixDomainSocketEndPoint)
                throw Refused(SocketError.ConnectionRefused, address);
        }

        await claim.Ready();
        var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
            throw Refused(error, address);

        // A socket of .NET's learns that it is connected by being asked.
        _ = _socket.Connected;
    }

    public async Coroutine<(Socket Connection, EndPoint? Address)> Accept()
    {
        using var claim = Claim(writing: false);
        while (true)
        {
            // Asked first, for "not now" is an exception here.
            if (_socket.Poll(0, SelectMode.SelectRead))
            {
                try
                {
                    var connection = _socket.Accept();
                    connection.Blocking = false;
                    return (connection, connection.RemoteEndPoint);
                }
                catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
                {
                    // Somebody else was faster, or the client has gone.
                }
            }

            await claim.Ready();
        }
    }

    private bool TryReceiveFrom(Span<byte> buffer, SocketAddress sender, out int received)
    {
        // A look first, for "not now" is an exception below; a poll would not tell of the network's errors.
        received = 0;
        Span<byte> look = stackalloc byte[1];
        _socket.Receive(look, SocketFlags.Peek, out var error);
        if (error != SocketError.MessageSize && !IsDone(error))
            return false;

        try
        {
            sender.Size = IoAddress.Capacity;
            received = _socket.ReceiveFrom(buffer, SocketFlags.None, sender);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
        {
            // Somebody else was faster, or it was damaged.
            return false;
        }
    }

    private async Coroutine SendAll(DescriptorClaim claim, ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            var sent = _socket.Send(data.Span, SocketFlags.None, out var error);
            data = data[sent..];
            if (!IsDone(error))
                await claim.Ready();
        }
    }

    private static bool IsDone(SocketError error) => error switch
    {
        SocketError.Success => true,
        SocketError.WouldBlock => false,
        _ => throw new SocketException((int)error),
    };

    private static SocketException Refused(SocketError error, EndPoint address)
        => new((int)error, $"Connect call failed: {address}: {new SocketException((int)error).Message}");

    private int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    private DescriptorClaim Claim(bool writing) => _shared.Claim(Descriptor, writing);
}
