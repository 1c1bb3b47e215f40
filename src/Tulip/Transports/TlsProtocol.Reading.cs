// TlsProtocol.Reading: what reads from the SslStream, from the handshake to the end.
// Thread: the loop's.  Owns: a rented piece, from its bytes' coming until they have been delivered.
//   1. The SslStream is read when a record is ready: such a read ends at once, and while nothing comes there is neither a
//      read in flight nor memory held. Only a record without content (a session ticket, a new key) leaves a read that waits.
//   2. What has been decrypted is delivered in order; while the protocol above has paused reading, what is left of it waits, and
//      with it the news of the end.
//   3. Once the connection is closed, by whichever side, nothing more is delivered: what still comes is read and dropped.
using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tulip;

internal sealed partial class TlsProtocol
{
    // More than a record holds: then a read that fills it is one that left something behind.
    private const int PieceSize = 16 * 1024 + 1;

    private enum Reads
    {
        Handshake,
        Idle,
        Busy,
        Waiting,
        Over,
    }

    private Reads _reads;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _waiting;
    private Action? _onRead;
    private Action? _readOn;
    private bool _hasContent;
    private bool _mayHoldMore;
    private byte[]? _piece;
    private int _pieceStart;
    private int _pieceEnd;

    /// <summary>Whether the protocol above may still be told of data.</summary>
    private bool IsOpen => _phase == Phase.Open && !_raw.IsClosing;

    /// <summary>The handshake, and what came with its last record.</summary>
    private async Task Begin()
    {
        try
        {
            await Handshake().ConfigureAwait(false);
            await BackToLoop();
            FinishHandshake();
        }
        catch (Exception exception)
        {
            await BackToLoop();
            OnReadFailed(exception);
            return;
        }

        _reads = Reads.Idle;
        ReadOn();
    }

    private Task Handshake() => _settings.Server is { } server
        ? Ssl.AuthenticateAsServerAsync(server)
        : Ssl.AuthenticateAsClientAsync(_settings.Client!);

    /// <summary>Bytes have come, or their end: whoever waits for them goes on.</summary>
    private void GoOn()
    {
        _pipe.CompleteRead();
        ReadOn();
    }

    private void End()
    {
        _pipe.End();
        GoOn();
    }

    /// <summary>Delivers what is left and what is ready, until there is nothing, or the protocol above has paused, or a read has to wait.</summary>
    /// <param name="hasWaited">Whether such a read has now ended.</param>
    private void ReadOn(bool hasWaited = false)
    {
        if (_reads != (hasWaited ? Reads.Waiting : Reads.Idle))
            return;

        _reads = Reads.Busy;
        try
        {
            if (hasWaited)
                Take(_waiting.GetResult());
            while (_reads == Reads.Busy && DeliverPiece() && (_mayHoldMore || _pipe.IsReady))
                Read();
        }
        catch (Exception exception)
        {
            _reads = Reads.Over;
            OnReadFailed(exception);
        }

        if (_reads == Reads.Busy)
            _reads = Reads.Idle;
        if (_reads != Reads.Waiting && _pieceStart == _pieceEnd)
            ReturnPiece();
    }

    private void Read()
    {
        // Until there is content a read may have to wait behind a session ticket: without memory of ours.
        if (_hasContent)
            _piece ??= ArrayPool<byte>.Shared.Rent(PieceSize);
        var read = Ssl.ReadAsync(_piece).ConfigureAwait(false).GetAwaiter();
        if (read.IsCompleted)
        {
            Take(read.GetResult());
            return;
        }

        _reads = Reads.Waiting;
        _waiting = read;
        _waiting.UnsafeOnCompleted(_onRead ??= OnRead);
    }

    private void OnRead()
    {
        if (ReferenceEquals(EventLoop.RunningOrNull, _loop))
            ReadOn(hasWaited: true);
        else
            _loop.TryPost((Action)(() => Outside(static self => self.ReadOn(hasWaited: true))));
    }

    private void Take(int count)
    {
        if (!_hasContent)
        {
            // Nothing was asked for: the same answer tells of content and of the end.
            _hasContent = _mayHoldMore = true;
            return;
        }

        ResumeRaw();
        (_pieceStart, _pieceEnd) = (0, count);
        _mayHoldMore = count == _piece!.Length;
        if (count > 0)
            return;

        _reads = Reads.Over;
        OnEnd();
    }

    /// <summary>Delivers what was read; false if the protocol above has paused.</summary>
    private bool DeliverPiece()
    {
        while (IsOpen)
        {
            if (_isPaused)
                return false;
            if (_pieceStart == _pieceEnd)
                return true;
            _pieceStart += Deliver(_piece.AsMemory(_pieceStart, _pieceEnd - _pieceStart));
        }

        _pieceStart = _pieceEnd;
        return true;
    }

    private void ReturnPiece()
    {
        if (_piece is not null)
            ArrayPool<byte>.Shared.Return(_piece);
        _piece = null;
    }

    private void FinishHandshake()
    {
        // Too late, or nobody waits any more: the connection is being aborted.
        if (_phase != Phase.Handshake || Ready.Done)
            return;

        _timer?.Cancel();
        _phase = Phase.Open;
        _isKnownAbove = true;
        Inside(static self =>
        {
            if (self._tellsConnectionMade)
                self.Above.ConnectionMade(self.Transport);
            if (!self.Ready.Done)
                self.Ready.SetResult(self.Transport);
        });
    }

    /// <summary>Continues on the loop's thread if the SslStream has left it.</summary>
    private ValueTask BackToLoop()
    {
        if (ReferenceEquals(EventLoop.RunningOrNull, _loop))
            return ValueTask.CompletedTask;

        var back = new TaskCompletionSource();
        var posted = _loop.TryPost((Action)(() => Outside(_ => back.SetResult())));
        return posted ? new ValueTask(back.Task) : ValueTask.FromException(new ObjectDisposedException("EventLoop"));
    }

    /// <summary>Gives bytes to the protocol above; how many it took.</summary>
    private int Deliver(ReadOnlyMemory<byte> bytes)
    {
        SynchronizationContext.SetSynchronizationContext(_loop.SynchronizationContext);
        try
        {
            return ProtocolDelivery.Deliver(Transport, bytes);
        }
        catch (Exception exception)
        {
            Fail(exception, "Fatal error: protocol.data_received() call failed.");
            return bytes.Length;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    /// <summary>The peer has said goodbye, or is gone.</summary>
    private void OnEnd()
    {
        if (_phase == Phase.Open)
        {
            // TLS cannot stay half open: what the protocol answers counts for nothing.
            Inside(static self => ProtocolDelivery.DeliverEof(self.Above));
            if (_phase != Phase.Open)
            {
                _raw.Close();
                return;
            }

            _phase = Phase.Closing;
            Transport.Flush();
            SayGoodbye();
        }

        _timer?.Cancel();
        _raw.Close();
    }

    private void OnReadFailed(Exception exception)
    {
        if (_phase == Phase.Lost)
            return;

        var wasHandshake = _phase == Phase.Handshake;
        _timer?.Cancel();
        if (wasHandshake && !Ready.Done)
        {
            // The alert that tells the peer why is on its way: let it leave.
            Ready.SetException(exception is IOException ? new SocketException((int)SocketError.ConnectionReset) : exception);
            _raw.Close();
        }
        else
        {
            Fail(exception is IOException { InnerException: SocketException reset } ? reset : exception, "Fatal error: TLS could not decrypt");
        }
    }
}
