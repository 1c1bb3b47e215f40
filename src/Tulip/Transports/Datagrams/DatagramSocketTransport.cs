// DatagramSocketTransport: a datagram socket, and the order of what its protocol is told.
// Thread: the loop's.  Owns: the engine's handle until the protocol has been told of the end, and the datagrams on their way out.
//   1. The protocol is told: ConnectionMade, then datagrams and errors, then ConnectionLost. Everything comes by the ready
//      queue but PauseWriting, which is called within the SendTo that crossed the mark.
//   2. What is received is lent by the engine, and given back in the pass that got it. What must not be delivered yet is copied
//      aside; then the receive is cancelled, and begun anew when everything held has been delivered.
//   3. Closing comes before Lost, Lost before Ended, each once; ConnectionLost is posted where Lost is set.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal sealed partial class DatagramSocketTransport : DatagramTransport, IIoEventTarget
{
    // Steps of its own that go through the ready queue; what is negative is the error of a datagram that was sent.
    private const int Start = 1;
    private const int DeliverHeld = 2;
    private const int Resume = 3;
    private const int Finish = 4;

    private readonly LoopTransports _shared;
    private readonly IoHandle _handle;
    private readonly TransportExtras _extras;
    private readonly EndPoint? _peer;
    private readonly bool _isConnected;
    private DatagramProtocol _protocol;
    private ProtocolScope _scope = new();
    private Queue<HeldDatagram>? _held;
    private TransportFlags _flags;
    private IoToken _receive;

    private readonly record struct HeldDatagram(byte[] Data, EndPoint? Address, int Error);

    /// <summary>Takes over a socket. The protocol is told in the next pass.</summary>
    /// <param name="shared">What the loop's transports share.</param>
    /// <param name="handle">The socket.</param>
    /// <param name="protocol">Whom to tell.</param>
    /// <param name="extras">What else there is to know.</param>
    /// <param name="peer">Where datagrams without an address go; null if they must have one.</param>
    /// <param name="isConnected">Whether the socket is connected to that.</param>
    public DatagramSocketTransport(
        LoopTransports shared, IoHandle handle, DatagramProtocol protocol, TransportExtras extras, EndPoint? peer, bool isConnected)
    {
        CheckProtocol(protocol);
        (_shared, _handle, _protocol, _extras) = (shared, handle, protocol, extras);
        (_peer, _isConnected) = (peer, isConnected);
        _output = new DatagramOutput(shared.Blocks);
        extras.Flow = shared.Loop.Flow.Capture();
        shared.Events.PostStep(this, Start);
    }

    /// <inheritdoc/>
    public override bool IsClosing => Has(TransportFlags.Closing);

    /// <inheritdoc/>
    public override bool IsReading => !Has(TransportFlags.Closing | TransportFlags.ReadPaused);

    /// <inheritdoc/>
    public override BaseProtocol GetProtocol() => _protocol;

    /// <inheritdoc/>
    public override void SetProtocol(BaseProtocol protocol)
    {
        _shared.Loop.CheckThread();
        CheckProtocol(protocol);
        _protocol = (DatagramProtocol)protocol;
    }

    /// <inheritdoc/>
    public override object? GetExtraInfo(string name)
    {
        _shared.Loop.CheckThread();
        return SocketInfo.Get(_shared, this, _handle, _extras, Has(TransportFlags.Ended), name);
    }

    /// <inheritdoc/>
    public override void PauseReading()
    {
        _shared.Loop.CheckThread();
        _flags |= TransportFlags.ReadPaused;
    }

    /// <inheritdoc/>
    public override void ResumeReading()
    {
        _shared.Loop.CheckThread();
        if (!Has(TransportFlags.ReadPaused))
            return;

        _flags &= ~TransportFlags.ReadPaused;
        if (Has(TransportFlags.Holding))
            _shared.Events.PostStep(this, DeliverHeld);
        else
            Receive();
    }

    /// <inheritdoc/>
    public override void Close()
    {
        _shared.Loop.CheckThread();
        if (Has(TransportFlags.Closing))
            return;

        _flags |= TransportFlags.Closing;
        StopReading();
        if (_output.Count == 0)
            Lose(null);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _shared.Loop.CheckThread();
        Lose(null);
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<DatagramTransport {(Has(TransportFlags.Ended) ? "closed" : IsClosing ? "closing" : IsReading ? "reading" : "paused")} buffered={GetWriteBufferSize()}>";

    void IIoTarget.Complete(in IoCompletion completion) => _shared.Events.Post(completion);

    void IIoEventTarget.Handle(in IoCompletion completion)
    {
        switch (completion.Opcode)
        {
            case IoOpcode.ReceiveFrom:
                OnReceived(completion);
                break;
            case IoOpcode.SendTo:
                OnSent(completion.Result);
                break;
            default:
                OnStep(completion.Result);
                break;
        }
    }

    private static void CheckProtocol(BaseProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        if (protocol is not DatagramProtocol)
            throw new ArgumentException($"A datagram endpoint needs a DatagramProtocol, not a {protocol.GetType()}.", nameof(protocol));
    }

    private bool Has(TransportFlags any) => (_flags & any) != 0;

    private void OnStep(int step)
    {
        switch (step)
        {
            case Start:
                Call(nameof(DatagramProtocol.ConnectionMade), static (transport, protocol) => protocol.ConnectionMade(transport));
                _flags |= TransportFlags.Started;
                Receive();
                if (_extras.Waiter is { Done: false } waiter)
                    waiter.SetResult(default);
                break;
            case DeliverHeld:
                OnDeliverHeld();
                break;
            case Resume:
                ResumeWritingIfNeeded();
                break;
            case Finish:
                FinishNow();
                break;
            default:
                TellError(step);
                break;
        }
    }

    private void Receive()
    {
        const TransportFlags Hindrances = TransportFlags.Receiving | TransportFlags.ReadPaused | TransportFlags.Holding | TransportFlags.Closing;
        if (Has(Hindrances) || !Has(TransportFlags.Started))
            return;

        try
        {
            _receive = _shared.Engine.Submit(new IoRequest { Opcode = IoOpcode.ReceiveFrom, Handle = _handle, State = this }, out _);
            _flags |= TransportFlags.Receiving;
        }
        catch (SocketException exception)
        {
            // The system has no memory for it.
            Lose(exception);
        }
    }

    private void OnReceived(in IoCompletion completion)
    {
        if (!completion.More)
            _flags &= ~(TransportFlags.Receiving | TransportFlags.ReceiveCancelled);
        if (completion.Result >= 0)
        {
            if (!Has(TransportFlags.Closing))
                Take(completion);
            _shared.Engine.Return(completion);
        }
        else if (completion.Result != -IoError.Canceled && !Has(TransportFlags.Closing))
        {
            if (!completion.More)
                Lose(IoError.ToException(completion.Result));
            else
                TellOrHold(completion.Result);
        }

        if (!completion.More)
            Receive();
    }

    private void Take(in IoCompletion completion)
    {
        if (completion.IsTruncated)
        {
            TellOrHold(-IoError.MessageTooLong);
            return;
        }

        var address = _shared.EndPoints.Find(completion.Address);
        if (Has(TransportFlags.ReadPaused | TransportFlags.Holding))
            Hold(new HeldDatagram(completion.Datagram.ToArray(), address, 0));
        else
            Deliver(completion.Datagram, address);
    }

    private void Deliver(ReadOnlySpan<byte> data, EndPoint? address)
    {
        _scope.Enter(_shared.Loop, _extras.Flow);
        try
        {
            _protocol.DatagramReceived(data, address);
        }
        catch (Exception exception)
        {
            Report("protocol.DatagramReceived() failed", exception);
        }

        _scope.Leave(_shared.Loop);
    }

    private void TellOrHold(int error)
    {
        if (Has(TransportFlags.ReadPaused | TransportFlags.Holding))
            Hold(new HeldDatagram([], null, error));
        else
            TellError(error);
    }

    private void Hold(HeldDatagram datagram)
    {
        (_held ??= new Queue<HeldDatagram>()).Enqueue(datagram);
        _flags |= TransportFlags.Holding;
        CancelReceive();
    }

    private void OnDeliverHeld()
    {
        while (!Has(TransportFlags.Closing | TransportFlags.ReadPaused) && _held is { Count: > 0 } held)
        {
            var datagram = held.Dequeue();
            if (datagram.Error < 0)
                TellError(datagram.Error);
            else
                Deliver(datagram.Data, datagram.Address);
        }

        if (_held is not { Count: 0 })
            return;

        _held = null;
        _flags &= ~TransportFlags.Holding;
        Receive();
    }

    private void TellError(int error)
    {
        if (!Has(TransportFlags.Ended))
            Call(nameof(DatagramProtocol.ErrorReceived), (_, protocol) => protocol.ErrorReceived(IoError.ToException(error)));
    }

    private void StopReading()
    {
        CancelReceive();
        _held = null;
        _flags &= ~TransportFlags.Holding;
    }

    private void CancelReceive()
    {
        if ((_flags & (TransportFlags.Receiving | TransportFlags.ReceiveCancelled)) != TransportFlags.Receiving)
            return;

        _flags |= TransportFlags.ReceiveCancelled;
        _shared.Engine.Cancel(_receive);
    }

    private void Lose(Exception? exception)
    {
        if (Has(TransportFlags.Lost))
            return;

        _flags |= TransportFlags.Closing | TransportFlags.Lost;
        StopReading();
        if (!Has(TransportFlags.Sending))
            _output.Drop(_output.Count);
        _extras.Failure = exception;
        _shared.Events.PostStep(this, Finish);
    }

    private void FinishNow()
    {
        Call(nameof(DatagramProtocol.ConnectionLost), static (transport, protocol) => protocol.ConnectionLost(transport._extras.Failure));
        _flags |= TransportFlags.Ended;
        _shared.Engine.Close(_handle);
        SocketInfo.Forget(_shared, this, _extras);
    }

    /// <summary>Calls the protocol; what it throws is reported and changes nothing.</summary>
    private void Call(string name, Action<DatagramSocketTransport, DatagramProtocol> callback)
    {
        _scope.Enter(_shared.Loop, _extras.Flow);
        try
        {
            callback(this, _protocol);
        }
        catch (Exception exception)
        {
            Report($"protocol.{name}() failed", exception);
        }

        _scope.Leave(_shared.Loop);
    }

    private void Report(string message, Exception? exception)
    {
        if (exception is KeyboardInterruptException)
            _shared.Loop.Abort(exception);
        else
            _shared.Loop.CallExceptionHandler(new LoopErrorContext(message) { Exception = exception, Transport = this, Protocol = _protocol });
    }
}
