// TlsProtocol.Pump: what reads from the SslStream, from the handshake to the end.
// Thread: the loop's; one method in flight, the pump.  Owns: a rented piece, from its bytes' coming until they have been delivered.
//   1. What has been decrypted is delivered in order; while the protocol above has paused reading, the pump waits with what is
//      left of it, and with the news of the end.
//   2. Once the connection is closed, by whichever side, nothing more is delivered: what still comes is read and dropped.
using System.Buffers;
using System.Net.Sockets;

namespace Tulip;

internal sealed partial class TlsProtocol
{
    /// <summary>Whether the protocol above may still be told of data.</summary>
    private bool IsOpen => _phase == Phase.Open && !_raw.IsClosing;

    private async Task Pump()
    {
        try
        {
            await Handshake().ConfigureAwait(false);
            await BackToLoop();
            FinishHandshake();
            while (await ReadPiece().ConfigureAwait(false))
            {
            }

            OnEnd();
        }
        catch (Exception exception)
        {
            await BackToLoop();
            OnPumpFailed(exception);
        }
    }

    private Task Handshake() => _settings.Server is { } server
        ? Ssl.AuthenticateAsServerAsync(server)
        : Ssl.AuthenticateAsClientAsync(_settings.Client!);

    private async ValueTask<bool> ReadPiece()
    {
        if (_isPaused)
            await Resumed().ConfigureAwait(false);

        // Waits without memory of its own: an idle connection holds none.
        if (_pipe.Kept == 0)
            await Ssl.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            var count = await Ssl.ReadAsync(buffer).ConfigureAwait(false);
            await BackToLoop();
            ResumeRaw();
            var taken = 0;
            do
            {
                if (_isPaused)
                    await Resumed().ConfigureAwait(false);
                if (!IsOpen)
                    break;
                if (count > 0)
                    taken += Deliver(buffer.AsSpan(taken, count - taken));
            }
            while (taken < count);
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Waits while the protocol above has paused reading.</summary>
    private async ValueTask Resumed()
    {
        // Whoever opens the gate may have been followed by another pause.
        while (_isPaused && IsOpen)
            await _gate.Wait().ConfigureAwait(false);
    }

    private void FinishHandshake()
    {
        if (_phase != Phase.Handshake)
            return;

        _timer?.Cancel();
        _phase = Phase.Open;
        Inside(static self =>
        {
            if (self._tellsConnectionMade)
                self.Above.ConnectionMade(self.Transport);
            if (!self.Ready.Done)
                self.Ready.SetResult(self.Transport);
        });
    }

    /// <summary>Gives bytes to the protocol above; how many it took.</summary>
    private int Deliver(ReadOnlySpan<byte> bytes)
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

    private void OnPumpFailed(Exception exception)
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
