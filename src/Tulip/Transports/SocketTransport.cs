// SocketTransport: a connected socket as a stream: the receiving half, and the order of what the protocol is told.
// Thread: the loop's.
//   1. The protocol is told: ConnectionMade, then data, then at most one end of data, then ConnectionLost.
//   2. What is received is lent by the engine, and given back in the pass that got it. What must not be delivered yet is copied
//      aside (HeldInput); then the receive is cancelled, and begun anew when everything held has been delivered.
//   3. While nothing happens, no buffer is held and there is no object beside this one.
// See docs/architecture.md, "The life of a read".
using Tulip.Engines;

namespace Tulip;

internal class SocketTransport : SendingTransport, IIoEventTarget
{
    // Steps of its own that go through the ready queue.
    internal const int Finish = 1;
    internal const int Resume = 2;
    private const int Start = 3;
    private const int DeliverHeld = 4;

    private IoToken _receive;

    /// <summary>Takes over a connected socket. The protocol is told in the next pass.</summary>
    public SocketTransport(LoopTransports shared, IoHandle handle, BaseProtocol protocol, Server? server, TransportExtras? extras)
        : base(shared, handle, protocol, extras)
    {
        Server = server;
        shared.Add(this);
        server?.Attach();
        shared.Events.PostStep(this, Start);
    }

    /// <summary>Whose connection it is, if it was accepted.</summary>
    public Server? Server { get; }

    /// <summary>Its place in the list of the loop's transports.</summary>
    public int Slot { get; set; }

    /// <inheritdoc/>
    public override bool IsReading => !Has(TransportFlags.Closing | TransportFlags.ReadPaused);

    /// <inheritdoc/>
    public override object? GetExtraInfo(string name)
    {
        Shared.Loop.CheckThread();
        return SocketInfo.Get(Shared, this, Handle, Extras, Has(TransportFlags.Ended), name);
    }

    /// <inheritdoc/>
    public override void PauseReading()
    {
        Shared.Loop.CheckThread();
        Flags |= TransportFlags.ReadPaused;
    }

    /// <inheritdoc/>
    public override void ResumeReading()
    {
        Shared.Loop.CheckThread();
        if (!Has(TransportFlags.ReadPaused))
            return;

        Flags &= ~TransportFlags.ReadPaused;
        if (Has(TransportFlags.Holding))
            Shared.Events.PostStep(this, DeliverHeld);
        else
            Receive();
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<SocketTransport {(Has(TransportFlags.Ended) ? "closed" : IsClosing ? "closing" : IsReading ? "reading" : "paused")} buffered={GetWriteBufferSize()}>";

    void IIoTarget.Complete(in IoCompletion completion) => Shared.Events.Post(completion);

    void IIoTarget.Flush() => FlushNow();

    void IIoEventTarget.Handle(in IoCompletion completion)
    {
        switch (completion.Opcode)
        {
            case IoOpcode.Receive:
                OnReceived(completion);
                break;
            case IoOpcode.Send:
                OnSent(completion.Result);
                break;
            case IoOpcode.Poll:
                OnPolled(completion.Result);
                break;
            default:
                OnStep(completion.Result);
                break;
        }
    }

    /// <summary>Whether the protocol may keep the transport open when the peer has ended its stream.</summary>
    private protected virtual bool CanOutliveEof => true;

    /// <summary>A poll has ended, which only pipes make.</summary>
    private protected virtual void OnPolled(int result)
    {
    }

    private protected override void StopReading()
    {
        CancelReceive();
        Flags &= ~TransportFlags.Holding;
        if (ExtrasOrNull?.Held is not { } held)
            return;

        ExtrasOrNull.Held = null;
        held.Dispose();
    }

    private protected override void OnEnded()
    {
        SocketInfo.Forget(Shared, this, ExtrasOrNull);
        Shared.Remove(this);
        Server?.Detach();
    }

    private void OnStep(int step)
    {
        switch (step)
        {
            case Start:
                Call(static (transport, protocol) => protocol.ConnectionMade(transport));
                Flags |= TransportFlags.Started;
                Receive();
                if (ExtrasOrNull?.Waiter is { Done: false } waiter)
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
        }
    }

    private protected virtual void Receive()
    {
        const TransportFlags Hindrances = TransportFlags.Receiving | TransportFlags.ReadPaused | TransportFlags.Holding
            | TransportFlags.ReadEnded | TransportFlags.Closing;
        if (Has(Hindrances) || !Has(TransportFlags.Started))
            return;

        _receive = Shared.Engine.Submit(new IoRequest { Opcode = IoOpcode.Receive, Handle = Handle, State = this }, out _);
        Flags |= TransportFlags.Receiving;
    }

    private void OnReceived(in IoCompletion completion)
    {
        if (!completion.More)
            Flags &= ~(TransportFlags.Receiving | TransportFlags.ReceiveCancelled);
        if (completion.Result > 0)
        {
            var data = completion.Data;
            var taken = Has(TransportFlags.Closing | TransportFlags.ReadPaused | TransportFlags.Holding) ? 0 : Deliver(data);
            if (taken < data.Length && !Has(TransportFlags.Closing))
                Hold(data.Span[taken..]);
            Shared.Engine.Return(completion);
        }
        else if (completion.Result != -IoError.Canceled && !Has(TransportFlags.Closing))
        {
            if (Has(TransportFlags.ReadPaused | TransportFlags.Holding))
                Hold([]).End = completion.Result;
            else
                OnEndOfData(completion.Result);
        }

        if (!completion.More)
            Receive();
    }

    /// <summary>Gives bytes to the protocol; returns how many it took, fewer only if it paused or closed meanwhile.</summary>
    private int Deliver(ReadOnlyMemory<byte> data)
    {
        var taken = data.Length;
        Enter();
        try
        {
            taken = ProtocolDelivery.Deliver(this, data);
        }
        catch (Exception exception)
        {
            Fail(exception, "Fatal error: the protocol failed to take what was received.");
        }

        Leave();
        return taken;
    }

    private HeldInput Hold(ReadOnlySpan<byte> data)
    {
        var held = Extras.Held ??= new HeldInput();
        held.Append(data);
        Flags |= TransportFlags.Holding;
        CancelReceive();
        return held;
    }

    private void OnDeliverHeld()
    {
        if (Has(TransportFlags.Closing | TransportFlags.ReadPaused) || ExtrasOrNull?.Held is not { } held)
            return;

        // Out of reach while the protocol reads it: closing releases what is held.
        ExtrasOrNull.Held = null;
        if (!held.Data.IsEmpty)
            held.Consume(Deliver(held.Data));
        if (!IsClosing && (!held.Data.IsEmpty || (held.End is not null && Has(TransportFlags.ReadPaused))))
        {
            ExtrasOrNull.Held = held;
            return;
        }

        held.Dispose();
        Flags &= ~TransportFlags.Holding;
        if (held.End is { } end && !IsClosing)
            OnEndOfData(end);
        Receive();
    }

    private void OnEndOfData(int result)
    {
        if (result < 0)
        {
            Fail(ErrorOf(result), null);
            return;
        }

        Flags |= TransportFlags.ReadEnded;
        var keepOpen = true;
        Enter();
        try
        {
            keepOpen = ProtocolDelivery.DeliverEof(GetProtocol());
        }
        catch (Exception exception)
        {
            Fail(exception, "Fatal error: protocol.EofReceived() call failed.");
        }

        Leave();
        if (!keepOpen || !CanOutliveEof)
            Close();
    }

    private void CancelReceive()
    {
        if ((Flags & (TransportFlags.Receiving | TransportFlags.ReceiveCancelled)) != TransportFlags.Receiving)
            return;

        Flags |= TransportFlags.ReceiveCancelled;
        Shared.Engine.Cancel(_receive);
    }
}
