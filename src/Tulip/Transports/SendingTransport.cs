// SendingTransport: the sending half of a connected socket, and the end of both.
// Thread: the loop's.  Owns: the engine's handle until the protocol has been told of the end, and the bytes on their way out.
//   1. The writes of a pass are one send, at the end of the pass or as soon as there are SendAtOnce bytes or more than the
//      high-water mark; a large write with nothing before it is sent as it is, and only what is left of it is kept. The bytes of a send in flight stay where they are until its completion, also after the end.
//   2. There is an OutputBuffer only while there are bytes to send.
//   3. PauseWriting is called in line, by the write that crossed the mark; every other callback by the ready queue.
//   4. Closing comes before Lost, Lost before Ended, each once; ConnectionLost is posted where Lost is set.
// See docs/architecture.md, "The life of a write".
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal abstract partial class SendingTransport : Transport
{
    private const int SendAtOnce = 64 * 1024;

    // From here on the copy costs more than the system call that it might save.
    private const int SendDirectly = 16 * 1024;
    private const int DropsUntilReport = 5;

    private BaseProtocol _protocol;
    private ProtocolScope _scope = new();
    private OutputBuffer? _output;
    private WriteLimits _limits = new();
    private byte _drops;

    private protected SendingTransport(LoopTransports shared, IoHandle handle, BaseProtocol protocol, TransportExtras? extras)
    {
        CheckProtocol(protocol);
        Shared = shared;
        Handle = handle;
        _protocol = protocol;
        ExtrasOrNull = extras;
        if (shared.Loop.Flow.Capture() is { } flow)
            Extras.Flow = flow;
    }

    /// <inheritdoc/>
    public override bool IsClosing => Has(TransportFlags.Closing);

    /// <inheritdoc/>
    public override bool CanWriteEof => true;

    private protected LoopTransports Shared { get; }

    private protected IoHandle Handle { get; }

    private protected TransportFlags Flags { get; set; }

    private protected TransportExtras? ExtrasOrNull { get; private set; }

    private protected TransportExtras Extras => ExtrasOrNull ??= new TransportExtras();

    /// <inheritdoc/>
    public override BaseProtocol GetProtocol() => _protocol;

    /// <inheritdoc/>
    public override void SetProtocol(BaseProtocol protocol)
    {
        Shared.Loop.CheckThread();
        CheckProtocol(protocol);
        _protocol = protocol;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> data)
    {
        if (Drops(data.Length) || data.IsEmpty)
            return;

        if (data.Length >= SendDirectly && _output is null && !SendNow(ref data))
            return;

        var output = _output ??= Shared.Blocks.RentBuffer();
        output.Append(data);
        Written(output);
    }

    /// <summary>Writes the first bytes of some memory without copying them. It is the transport's from now on, and disposed of when they
    /// have left or never will; it must not be changed.</summary>
    /// <param name="owner">The memory.</param>
    /// <param name="length">How many bytes; at least one.</param>
    /// <param name="isMore">Whether another write follows at once: this one waits for it.</param>
    internal void Write(IMemoryOwner<byte> owner, int length, bool isMore)
    {
        if (Drops(length))
        {
            owner.Dispose();
            return;
        }

        var output = _output ??= Shared.Blocks.RentBuffer();
        output.Append(owner, length);
        if (!isMore)
            Written(output);
    }

    /// <inheritdoc/>
    public override void WriteEof()
    {
        Shared.Loop.CheckThread();
        if (Has(TransportFlags.Closing | TransportFlags.EofWritten))
            return;

        Flags |= TransportFlags.EofWritten;
        ExpectSent();
        if (_output is null)
            EndSending();
    }

    /// <inheritdoc/>
    public override int GetWriteBufferSize() => Has(TransportFlags.Lost) ? 0 : _output?.Length ?? 0;

    /// <inheritdoc/>
    public override (int Low, int High) GetWriteBufferLimits() => (_limits.Low, _limits.High);

    /// <inheritdoc/>
    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Shared.Loop.CheckThread();
        _limits.Set(high, low);
        PauseWritingIfNeeded();
    }

    /// <inheritdoc/>
    public override void Close()
    {
        Shared.Loop.CheckThread();
        if (Has(TransportFlags.Closing))
            return;

        Flags |= TransportFlags.Closing;
        StopReading();
        if (_output is null)
            Lose(null);
        else
            ExpectSent();
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        Shared.Loop.CheckThread();
        Lose(null);
    }

    /// <summary>The owner or an error has closed the connection: nothing more is received.</summary>
    private protected abstract void StopReading();

    /// <summary>The protocol has been told of the end, and the socket is closed.</summary>
    private protected abstract void OnEnded();

    /// <summary>The exception for a failed operation.</summary>
    private protected virtual Exception ErrorOf(int result) => IoError.ToException(result);

    private protected bool Has(TransportFlags any) => (Flags & any) != 0;

    /// <summary>The protocol's code is about to run.</summary>
    private protected void Enter() => _scope.Enter(Shared.Loop, ExtrasOrNull?.Flow);

    /// <summary>The protocol's code has run. Variables that it has set are there in its next callback.</summary>
    private protected void Leave() => _scope.Leave(Shared.Loop);

    /// <summary>Calls the protocol; what it throws is reported and changes nothing.</summary>
    private protected void Call(Action<SendingTransport, BaseProtocol> callback)
    {
        Enter();
        try
        {
            callback(this, _protocol);
        }
        catch (Exception exception)
        {
            ErrorReport.OnCallbackError(Shared.Loop, callback, exception);
        }

        Leave();
    }

    /// <summary>An error that ends the connection. Those of the network are the protocol's to know, those of the program are reported too.</summary>
    private protected void Fail(Exception exception, string? report)
    {
        if (exception is KeyboardInterruptException)
            Shared.Loop.Abort(exception);
        else if (report is not null)
            Report(report, exception);
        Lose(exception);
    }

    /// <summary>Puts an end to the connection, what has not left is dropped.</summary>
    private protected void Lose(Exception? exception)
    {
        if (Has(TransportFlags.Lost))
            return;

        Flags |= TransportFlags.Closing | TransportFlags.Lost;
        StopReading();
        if (!Has(TransportFlags.Sending))
            ReleaseOutput();
        if (exception is not null)
            Extras.Failure = exception;
        Shared.Events.PostStep((IIoEventTarget)this, SocketTransport.Finish);
    }

    /// <summary>The last step: tells the protocol, then closes the socket.</summary>
    private protected void FinishNow()
    {
        Call(static (transport, protocol) => protocol.ConnectionLost(transport.ExtrasOrNull?.Failure));
        Flags |= TransportFlags.Ended;
        Shared.Engine.Close(Handle, reset: ExtrasOrNull?.Resets ?? false);
        OnEnded();
    }

    private protected void FlushNow()
    {
        Flags &= ~TransportFlags.FlushQueued;
        if (_output is not null && !Has(TransportFlags.Sending | TransportFlags.Lost))
            Send(isLast: true);
        if (Has(TransportFlags.WritePaused) && GetWriteBufferSize() <= _limits.Low)
            Shared.Events.PostStep((IIoEventTarget)this, SocketTransport.Resume);
    }

    private protected void OnSent(int result)
    {
        Flags &= ~(TransportFlags.Sending | TransportFlags.SendingQuietly);
        if (Has(TransportFlags.Lost))
        {
            ReleaseOutput();
        }
        else if (result < 0)
        {
            Fail(ErrorOf(result), null);
        }
        else
        {
            _output!.Consume(result);
            Send();
            ResumeWritingIfNeeded();
        }
    }

    private protected void ResumeWritingIfNeeded()
    {
        if (!Has(TransportFlags.WritePaused) || Has(TransportFlags.Lost) || GetWriteBufferSize() > _limits.Low)
            return;

        Flags &= ~TransportFlags.WritePaused;
        Enter();
        try
        {
            _protocol.ResumeWriting();
        }
        catch (Exception exception)
        {
            ReportCallback("protocol.ResumeWriting() failed", exception);
        }

        Leave();
    }

    /// <summary>Something was added to the output.</summary>
    private void Written(OutputBuffer output)
    {
        if (!Has(TransportFlags.Sending))
        {
            if (output.Length >= SendAtOnce || output.Length > _limits.High)
                Send();
            else
                FlushLater();
        }

        ExpectSent();
        PauseWritingIfNeeded();
    }

    private static void CheckProtocol([NotNull] BaseProtocol? protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        if (protocol is not (Protocol or BufferedProtocol))
            throw new ArgumentException($"A stream needs a Protocol or a BufferedProtocol, not a {protocol.GetType()}.", nameof(protocol));
    }

    /// <summary>Sends a large piece without copying it; false if nothing of it is left to do.</summary>
    private bool SendNow(ref ReadOnlySpan<byte> data)
    {
        var result = Shared.Engine.SendNow(Handle, data);
        if (result == -IoError.Again)
            return true;

        if (result < 0)
        {
            Fail(ErrorOf(result), null);
            return false;
        }

        data = data[result..];
        return !data.IsEmpty;
    }

    private void PauseWritingIfNeeded()
    {
        if (GetWriteBufferSize() <= _limits.High || Has(TransportFlags.WritePaused | TransportFlags.Lost))
            return;

        Flags |= TransportFlags.WritePaused;
        try
        {
            _protocol.PauseWriting();
        }
        catch (Exception exception)
        {
            ReportCallback("protocol.PauseWriting() failed", exception);
        }
    }

    private void FlushLater()
    {
        if (Has(TransportFlags.FlushQueued))
            return;

        Flags |= TransportFlags.FlushQueued;
        Shared.Loop.Io.FlushLater((IIoEventTarget)this);
    }

    /// <summary>Sends what there is, until it has left or the engine has to wait for room.</summary>
    /// <param name="isLast">Whether the pass writes nothing more: then nobody need be told of a send that succeeds.</param>
    private void Send(bool isLast = false)
    {
        var output = _output!;
        while (output.Length > 0)
        {
            var request = new IoRequest { Opcode = IoOpcode.Send, Handle = Handle, State = this, IsPinned = output.IsPinned };
            if (output.Pieces == 1)
                request.Buffer = output.First;
            else
                request.Segments = output.Gather(Shared.Segments);
            request.IsQuiet = isLast && output.Pieces <= Shared.Segments.Length
                && !Has(TransportFlags.Closing | TransportFlags.EofWritten | TransportFlags.WritePaused | TransportFlags.FileSending);

            var token = Shared.Engine.Submit(request, out var result);
            if (!token.IsNone)
            {
                Flags |= request.IsQuiet ? TransportFlags.Sending | TransportFlags.SendingQuietly : TransportFlags.Sending;
                return;
            }

            if (result < 0)
            {
                Fail(ErrorOf(result), null);
                return;
            }

            output.Consume(result);
        }

        ReleaseOutput();
        if (Has(TransportFlags.Closing))
            Lose(null);
        else if (Has(TransportFlags.EofWritten))
            EndSending();
    }

    /// <summary>Everything has left, and the owner writes no more.</summary>
    private protected virtual void EndSending()
    {
        try
        {
            Shared.Engine.Sockets.ShutdownSend(Handle);
        }
        catch (SocketException exception)
        {
            Fail(exception, null);
        }
    }

    private void ReleaseOutput()
    {
        if (_output is not { } output)
            return;

        _output = null;
        Shared.Blocks.Return(output);
        if (ExtrasOrNull?.Emptied is { Done: false } emptied)
            emptied.SetResult(default);
    }
}
