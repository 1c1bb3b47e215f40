// DatagramSocketTransport.Sending: datagrams on their way out.
// Thread: the loop's.
//   1. The datagrams of a pass leave at its end, in order, many with one system call; as soon as SendAtOnce of them wait, or
//      more bytes than the high-water mark. Those of a send in flight stay where they are until its completion.
//   2. An error is the first datagram's of a send, which is dropped, or the network's about an earlier one, in whose place the
//      first one is dropped as well: so the system has it. The others leave.
using System.Net;
using Tulip.Engines;

namespace Tulip;

internal sealed partial class DatagramSocketTransport
{
    private const int SendAtOnce = 64;
    private const int DropsUntilReport = 5;

    private readonly DatagramOutput _output;
    private WriteLimits _limits = new();
    private byte _drops;

    /// <inheritdoc/>
    public override void SendTo(ReadOnlySpan<byte> data, EndPoint? address = null)
    {
        _shared.Loop.CheckThread();
        if (_peer is null)
        {
            if (address is null)
                throw new InvalidOperationException("The endpoint has no remote address: SendTo() needs one.");
        }
        else if (address is not null && !ReferenceEquals(address, _peer) && !address.Equals(_peer))
        {
            throw new ArgumentException($"Invalid address: it must be null or {_peer}, which is the endpoint's remote address.", nameof(address));
        }

        if (Has(TransportFlags.Closing))
        {
            CountDrop();
            return;
        }

        _output.Append(_isConnected ? null : address ?? _peer, data);
        if (!Has(TransportFlags.Sending))
        {
            if (_output.Count >= SendAtOnce || _output.Size > _limits.High)
                Send();
            else
                FlushLater();
        }

        PauseWritingIfNeeded();
    }

    /// <inheritdoc/>
    public override int GetWriteBufferSize() => Has(TransportFlags.Lost) ? 0 : _output.Size;

    /// <inheritdoc/>
    public override (int Low, int High) GetWriteBufferLimits() => (_limits.Low, _limits.High);

    /// <inheritdoc/>
    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        _shared.Loop.CheckThread();
        _limits.Set(high, low);
        PauseWritingIfNeeded();
    }

    void IIoTarget.Flush()
    {
        _flags &= ~TransportFlags.FlushQueued;
        if (!Has(TransportFlags.Sending | TransportFlags.Lost))
            Send();
        if (Has(TransportFlags.WritePaused) && GetWriteBufferSize() <= _limits.Low)
            _shared.Events.PostStep(this, Resume);
    }

    /// <summary>Sends what there is, until it has left or the engine has to wait for room.</summary>
    private void Send()
    {
        while (_output.Count > 0)
        {
            var request = new IoRequest
            {
                Opcode = IoOpcode.SendTo,
                Handle = _handle,
                State = this,
                IsPinned = true,
                Segments = _output.Gather(_shared.Segments),
            };
            var token = _shared.Engine.Submit(request, out var result);
            if (!token.IsNone)
            {
                _flags |= TransportFlags.Sending;
                return;
            }

            DropSent(result);
        }

        if (Has(TransportFlags.Closing))
            Lose(null);
    }

    private void OnSent(int result)
    {
        _flags &= ~TransportFlags.Sending;
        if (Has(TransportFlags.Lost))
        {
            _output.Drop(_output.Count);
            return;
        }

        DropSent(result);
        Send();
        ResumeWritingIfNeeded();
    }

    private void DropSent(int result)
    {
        _output.Drop(Math.Max(result, 1));
        if (result < 0)
            _shared.Events.PostStep(this, result);
    }

    private void FlushLater()
    {
        if (Has(TransportFlags.FlushQueued))
            return;

        _flags |= TransportFlags.FlushQueued;
        _shared.Loop.Io.FlushLater(this);
    }

    private void PauseWritingIfNeeded()
    {
        if (GetWriteBufferSize() <= _limits.High || Has(TransportFlags.WritePaused | TransportFlags.Lost))
            return;

        _flags |= TransportFlags.WritePaused;
        try
        {
            _protocol.PauseWriting();
        }
        catch (Exception exception)
        {
            Report("protocol.PauseWriting() failed", exception);
        }
    }

    private void ResumeWritingIfNeeded()
    {
        if (!Has(TransportFlags.WritePaused) || Has(TransportFlags.Lost) || GetWriteBufferSize() > _limits.Low)
            return;

        _flags &= ~TransportFlags.WritePaused;
        _scope.Enter(_shared.Loop, _extras.Flow);
        try
        {
            _protocol.ResumeWriting();
        }
        catch (Exception exception)
        {
            Report("protocol.ResumeWriting() failed", exception);
        }

        _scope.Leave(_shared.Loop);
    }

    private void CountDrop()
    {
        if (_drops >= DropsUntilReport)
            Report("socket.send() raised exception.", null);
        else
            _drops++;
    }
}
