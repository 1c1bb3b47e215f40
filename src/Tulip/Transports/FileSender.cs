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

    private static async Coroutine<long> SendInPieces(EventLoop loop, Transport transport, SafeFileHandle file, long offset, long? count)
    {
        using var gate = new FallbackGate(loop, transport);
        var buffer = new byte[(int)Math.Min(PieceSize, count ?? PieceSize)];
        long sent = 0;
        while (count is null || sent < count)
        {
            var length = (int)Math.Min(buffer.Length, (count ?? long.MaxValue) - sent);
            var at = offset + sent;
            var read = await loop.RunInExecutor(null, () => RandomAccess.Read(file, buffer.AsSpan(0, length), at));
            if (read == 0)
                break;

            await gate.Room();
            transport.Write(buffer.AsSpan(0, read));
            sent += read;
        }

        await gate.Room();
        return sent;
    }

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
            var (_, high) = transport.GetWriteBufferLimits();
            _isPaused = transport.GetWriteBufferSize() > high;
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
