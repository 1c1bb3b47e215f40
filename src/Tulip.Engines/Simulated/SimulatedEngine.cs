// SimulatedEngine: operations on the sockets of a simulated network.
// Thread: loop thread only, but for Wake.
//   1. An operation is tried when it is submitted and whenever its socket has changed; nothing else moves it.
//   2. Time is the loop's: it comes by MoveTo, and whatever is due then happens before the next completion is collected.
using Tulip.Engines.Simulated;

namespace Tulip.Engines;

/// <summary>An engine over a <see cref="SimulatedNetwork"/>, for loops on a virtual clock: no system call, no waiting, the same in every run.</summary>
/// <remarks><threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call.</threadsafety></remarks>
public sealed class SimulatedEngine : IIoEngine, ISimulatedTime
{
    private struct Slot
    {
        public SimulatedEndpoint Socket;
    }

    private readonly SlotTable<Slot> _slots = new();
    private readonly Queue<SimulatedOperation> _tries = new();
    private readonly Queue<IoCompletion> _ended = new();
    private readonly SimulatedNetwork _network;
    private readonly object _gate = new();
    private bool _woken;
    private int _operations;
    private OperationNumbers _numbers;

    /// <summary>An engine with nothing open.</summary>
    /// <exception cref="ArgumentException">Another engine has the network.</exception>
    public SimulatedEngine(SimulatedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.IsTaken)
            throw new ArgumentException("The network has an engine already: one loop's time moves it.", nameof(network));

        network.IsTaken = true;
        _network = network;
        Sockets = new SimulatedSockets(this, network);
    }

    /// <inheritdoc/>
    public string Name => "simulated";

    /// <inheritdoc/>
    public IoFeatures Features => IoFeatures.None;

    /// <inheritdoc/>
    public IIoSockets Sockets { get; }

    /// <inheritdoc/>
    public bool HasPending => _operations > 0 || _ended.Count > 0;

    /// <inheritdoc/>
    public bool TryPeekDue(out long when)
    {
        when = _network.Now;
        return _tries.Count > 0 || _ended.Count > 0 || _network.TryPeek(out when);
    }

    /// <inheritdoc/>
    public void MoveTo(long now) => _network.MoveTo(now);

    /// <inheritdoc/>
    public IoToken Submit(in IoRequest request, out int result)
    {
        var socket = Live(request.Handle);
        var writing = request.IsWriting;
        if ((writing ? socket.Write : socket.Read) is { } other)
            throw IoMisuse.DirectionInUse(other.Request.Opcode);

        result = request.Opcode switch
        {
            IoOpcode.Send or IoOpcode.SendTo => socket.Send(request),
            IoOpcode.Connect => socket.Connect(request.Address!),
            IoOpcode.Accept or IoOpcode.Receive or IoOpcode.ReceiveFrom or IoOpcode.Poll => -IoError.Again,
            _ => throw IoMisuse.NoOperation(Name, request.Opcode),
        };
        if (result != -IoError.Again && result != -IoError.InProgress)
            return IoToken.None;

        result = 0;
        var kept = request;
        if (request.Segments.Count > 0)
            kept.Segments = request.Segments.ToArray();
        var operation = new SimulatedOperation(kept, socket, writing, _numbers.Next());
        if (writing)
            socket.Write = operation;
        else
            socket.Read = operation;
        _operations++;
        QueueTry(operation);
        return IoToken.Of(request.Handle, writing, operation.Number);
    }

    /// <inheritdoc/>
    public void Cancel(IoToken token)
    {
        if (token.IsNone || !_slots.IsUsed(token.Slot))
            return;

        var socket = _slots[token.Slot].Socket;
        if ((token.IsWriting ? socket.Write : socket.Read) is { } operation && operation.Number == token.Generation)
            End(operation, -IoError.Canceled);
    }

    /// <inheritdoc/>
    public int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
    {
        _network.MoveTo(_network.Now);
        var stored = Collect(completions);
        if (stored > 0 || _tries.Count > 0 || timeoutNanoseconds == 0)
            return stored;

        // Only for work on other threads: the network's own time does not pass here.
        lock (_gate)
        {
            if (!_woken)
                Monitor.Wait(_gate, WaitTime.Milliseconds(timeoutNanoseconds));
            _woken = false;
        }

        return Collect(completions);
    }

    /// <inheritdoc/>
    public void Return(in IoCompletion completion)
    {
    }

    /// <inheritdoc/>
    public void Close(IoHandle handle, bool reset = false)
    {
        if (!_slots.IsLive(handle))
            return;

        var socket = _slots[handle.Index].Socket;
        if (socket.Read is { } read)
            End(read, -IoError.Canceled);
        if (socket.Write is { } write)
            End(write, -IoError.Canceled);
        _slots.Free(handle.Index);
        socket.Close(reset);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Closes every socket; operations in flight are dropped.</summary>
    public void Dispose()
    {
        for (var index = 0; index < _slots.End; index++)
        {
            if (_slots.IsUsed(index))
                Close(_slots.Handle(index));
        }

        _ended.Clear();
        _tries.Clear();
    }

    internal IoHandle Add(SimulatedEndpoint socket)
    {
        var index = _slots.Rent();
        _slots[index].Socket = socket;
        return _slots.Handle(index);
    }

    internal SimulatedEndpoint Live(IoHandle handle) => _slots.Live(handle).Socket;

    internal void Changed(SimulatedEndpoint socket)
    {
        if (socket.Read is { } read)
            QueueTry(read);
        if (socket.Write is { } write)
            QueueTry(write);
    }

    private void QueueTry(SimulatedOperation operation)
    {
        if (operation.IsQueued)
            return;

        operation.IsQueued = true;
        _tries.Enqueue(operation);
    }

    private int Collect(Span<IoCompletion> completions)
    {
        var stored = 0;
        while (stored < completions.Length && _ended.TryDequeue(out completions[stored]))
            stored++;

        // Once around: a connection that always has more must not keep the others waiting.
        for (var tries = _tries.Count; tries > 0 && stored < completions.Length; tries--)
        {
            var operation = _tries.Dequeue();
            operation.IsQueued = false;
            if (operation.HasEnded || !Try(operation, out completions[stored]))
                continue;

            if (completions[stored].More)
                QueueTry(operation);
            else
                Forget(operation);
            stored++;
        }

        return stored;
    }

    private bool Try(SimulatedOperation operation, out IoCompletion completion)
    {
        var socket = operation.Socket;
        completion = new IoCompletion { State = operation.Request.State, Opcode = operation.Request.Opcode };
        switch (operation.Request.Opcode)
        {
            case IoOpcode.Accept:
                if (socket is not SimulatedSocket { IsListener: true } listener)
                {
                    completion.Result = -IoError.InvalidArgument;
                    return true;
                }

                if (!listener.Waiting.TryDequeue(out var accepted))
                    return false;
                completion.Handle = Add(accepted);
                completion.More = true;
                return true;

            case IoOpcode.Receive:
                completion.Result = socket.Receive(out var bytes);
                completion.Data = bytes;
                completion.More = completion.Result > 0;
                return completion.Result != -IoError.Again;

            case IoOpcode.ReceiveFrom:
                return socket.TryReceiveFrom(ref completion);

            case IoOpcode.Poll:
                return operation.IsWriting ? socket.IsWritable : socket.IsReadable;

            default:
                completion.Result = operation.Request.Opcode is IoOpcode.Send or IoOpcode.SendTo ? socket.Send(operation.Request) : socket.ConnectResult();
                return completion.Result != -IoError.Again;
        }
    }

    private void End(SimulatedOperation operation, int result)
    {
        _ended.Enqueue(new IoCompletion { State = operation.Request.State, Opcode = operation.Request.Opcode, Result = result });
        Forget(operation);
    }

    private void Forget(SimulatedOperation operation)
    {
        if (operation.IsWriting)
            operation.Socket.Write = null;
        else
            operation.Socket.Read = null;
        operation.HasEnded = true;
        _operations--;
    }
}
