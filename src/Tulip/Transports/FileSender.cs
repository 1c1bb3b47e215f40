// FileSender: files sent by whatever way a transport has.
// Thread: the loop's; files are read by the executor's threads.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines;

namespace Tulip;

internal static class FileSender
{
    private const int PieceSize = 256 * 1024;

    public static async Coroutine<long> Send(EventLoop loop, Transport transport, SafeFileHandle file, long offset, long? count, bool fallback)
    {
        if (transport is SocketTransport socket && (LoopTransports.Of(loop).Engine.Features & IoFeatures.SendFile) != 0)
        {
            try
            {
                return await socket.SendFile(file, offset, count);
            }
            catch (SendfileNotAvailableException) when (fallback)
            {
                // Piece by piece, then.
            }
        }
        else if (!fallback)
        {
            throw new SendfileNotAvailableException($"There is no way for the system to send a file by itself to {transport}, and fallback is false.");
        }

        return await SendInPieces(loop, transport, file, offset, count);
    }

    /// <summary>Reads a file and has the pieces sent, one after the other.</summary>
    public static async Coroutine<long> SendInPieces(
        EventLoop loop, SafeFileHandle file, long offset, long? count, Func<ReadOnlyMemory<byte>, Coroutine> send)
    {
        var buffer = new byte[(int)Math.Min(PieceSize, count ?? PieceSize)];
        long sent = 0;
        while (count is null || sent < count)
        {
            var read = await ReadPiece(loop, file, offset + sent, buffer, (count ?? long.MaxValue) - sent);
            if (read == 0)
                break;

            await send(buffer.AsMemory(0, read));
            sent += read;
        }

        return sent;
    }

    /// <summary>Whether an error means that the system cannot send this file there by itself.</summary>
    public static bool IsNotAvailable(int result) => -result is IoError.InvalidArgument or IoError.NoSystemCall or IoError.NotSupported;

    private static async Coroutine<long> SendInPieces(EventLoop loop, Transport transport, SafeFileHandle file, long offset, long? count)
    {
        using var gate = new FallbackGate(loop, transport);
        var sent = await SendInPieces(loop, file, offset, count, gate.Send);
        await gate.Room();
        return sent;
    }

    /// <summary>Reads as much as there is room for, on a thread; 0 at the file's end.</summary>
    private static Future<int> ReadPiece(EventLoop loop, SafeFileHandle file, long offset, byte[] buffer, long most)
        => loop.RunInExecutor(null, () => RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, most)), offset));

    /// <summary>Stands in for the protocol, to know when there is room; what it hears goes on to the protocol. A
    /// <see cref="BufferedProtocol"/>, so that one behind it is asked for memory as if it stood here itself.</summary>
    private sealed class FallbackGate : BufferedProtocol, IDisposable
    {
        private readonly EventLoop _loop;
        private readonly Transport _transport;
        private readonly BaseProtocol _protocol;
        private readonly bool _wasReading;
        private Future<Unit>? _room;
        private bool _isPaused;
        private bool _isLost;
        private Exception? _failure;
        private byte[]? _lent;

        public FallbackGate(EventLoop loop, Transport transport)
        {
            if (transport.GetProtocol() is FallbackGate)
                throw new InvalidOperationException("Unable to write: SendFile() is in progress.");

            _loop = loop;
            _transport = transport;
            _protocol = transport.GetProtocol();
            _wasReading = transport.IsReading;
            transport.PauseReading();
            transport.SetProtocol(this);
            transport.RefusesWrites = true;
            _isPaused = transport.IsWritingPaused;
        }

        /// <summary>Writes when there is room, as nobody else may meanwhile.</summary>
        public async Coroutine Send(ReadOnlyMemory<byte> data)
        {
            await Room();
            _transport.RefusesWrites = false;
            try
            {
                _transport.Write(data.Span);
            }
            finally
            {
                _transport.RefusesWrites = true;
            }
        }

        /// <summary>Waits while writing is paused.</summary>
        public async Coroutine Room()
        {
            if (_isPaused && !_isLost)
            {
                _room = _loop.CreateFuture<Unit>();
                await _room;
            }

            if (_isLost || _transport.IsClosing)
                throw _failure ?? new SocketException((int)SocketError.ConnectionAborted);
        }

        public override void PauseWriting()
        {
            _isPaused = true;
            _protocol.PauseWriting();
        }

        public override void ResumeWriting()
        {
            _isPaused = false;
            Wake();
            _protocol.ResumeWriting();
        }

        public override void ConnectionLost(Exception? exception)
        {
            _isLost = true;
            _failure = exception;
            Wake();
            _protocol.ConnectionLost(exception);
        }

        // Only if somebody resumes reading, which sending has paused.
        public override Memory<byte> GetBuffer(int sizeHint)
            => _protocol is BufferedProtocol buffered ? buffered.GetBuffer(sizeHint) : _lent = new byte[sizeHint];

        public override void BufferUpdated(int count)
        {
            if (_protocol is BufferedProtocol buffered)
                buffered.BufferUpdated(count);
            else
                ((Protocol)_protocol).DataReceived(_lent.AsSpan(0, count));
        }

        public override bool EofReceived() => ProtocolDelivery.DeliverEof(_protocol);

        public void Dispose()
        {
            _transport.RefusesWrites = false;
            if (_isLost)
                return;

            _transport.SetProtocol(_protocol);
            if (_wasReading)
                _transport.ResumeReading();
        }

        private void Wake()
        {
            if (_room is { Done: false } room)
                room.SetResult(default);
        }
    }
}
