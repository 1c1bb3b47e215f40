// PortableEngine: .NET's sockets turned into completions.
// Thread: loop thread only, but for Wake; .NET's threads come as far as PortableArrivals.  Owns: every socket in its table.
//   1. .NET is asked only when there is something to wait for; bytes are moved on the loop's thread, by calls that do not block.
//   2. An operation is in one of three places: in the queue of those to try, in .NET's hands (IsWaiting), or ended.
//   3. Closing frees the place at once. What .NET still has then ends as cancelled when it comes back.
using System.Net.Sockets;
using Tulip.Engines.Portable;

namespace Tulip.Engines;

/// <summary>An engine that needs nothing but .NET: sockets of <c>System.Net.Sockets</c>, on any operating system.</summary>
/// <remarks>
/// <para>Its resolution is one millisecond; a wait is rounded up to it. Sockets can be adopted on Linux and Windows.</para>
/// <threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call.</threadsafety>
/// </remarks>
public sealed class PortableEngine : IWatchedEngine
{
    private readonly SlotTable<PortableSlot> _slots = new();
    private readonly PortableArrivals _arrivals = new();
    private readonly PortablePoller _poller = new();
    private readonly ReceiveBuffers _buffers = new();
    private readonly DatagramBuffers _datagrams = new();
    private readonly PortableCalls _calls;
    private readonly Queue<PortableOperation> _tries = new();
    private readonly Queue<IoCompletion> _ended = new();
    private readonly Stack<PortableOperation> _spare = new();
    private List<PortableOperation> _taken = [];
    private int _operations;
    private OperationNumbers _numbers;

    /// <summary>An engine with nothing open.</summary>
    public PortableEngine()
    {
        Sockets = new PortableSockets(this);
        _calls = new PortableCalls(_buffers, _datagrams, (socket, listener) => Add(PortableSockets.Accepted(socket, listener)));
    }

    /// <inheritdoc/>
    public string Name => "portable";

    /// <inheritdoc/>
    public IoFeatures Features => IoFeatures.None;

    /// <inheritdoc/>
    public IIoSockets Sockets { get; }

    /// <inheritdoc/>
    public bool HasPending => _operations > 0 || _ended.Count > 0;

    /// <inheritdoc/>
    public IoToken Submit(in IoRequest request, out int result)
    {
        var socket = Live(request.Handle);
        var writing = request.IsWriting;
        if ((writing ? socket.Write : socket.Read) is { } other)
            throw IoMisuse.DirectionInUse(other.Opcode);

        result = 0;
        if (request.Opcode is IoOpcode.Send or IoOpcode.SendTo)
        {
            result = request.Opcode == IoOpcode.SendTo
                ? PortableCalls.SendTo(socket.Socket, request.Segments)
                : _calls.Send(socket.Socket, request.Buffer, request.Segments);
            if (result != -IoError.Again)
                return IoToken.None;
        }

        var operation = NewOperation(socket, request, writing);
        if (request.Opcode == IoOpcode.Connect && IsConnectOver(operation, request.Address!, out result))
        {
            Recycle(operation);
            return IoToken.None;
        }

        Enter(operation);
        result = 0;
        return IoToken.Of(request.Handle, writing, operation.Number);
    }

    /// <inheritdoc/>
    public void Cancel(IoToken token)
    {
        if (token.IsNone || !_slots.IsUsed(token.Slot))
            return;

        var socket = _slots[token.Slot].Socket;
        if ((token.IsWriting ? socket.Write : socket.Read) is { } operation && operation.Number == token.Generation)
            Cancel(operation, close: false);
    }

    /// <inheritdoc/>
    public int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
    {
        var stored = Collect(completions);
        if (stored > 0 || _tries.Count > 0)
            return stored;

        _arrivals.Wait(timeoutNanoseconds);
        return Collect(completions);
    }

    /// <inheritdoc/>
    public void Return(in IoCompletion completion)
    {
        if (completion.Opcode == IoOpcode.ReceiveFrom && !completion.Data.IsEmpty)
            _datagrams.Return(completion.Lease);
        else if (!completion.Data.IsEmpty)
            _buffers.Return(completion.Lease);
    }

    /// <inheritdoc/>
    public void Close(IoHandle handle, bool reset = false)
    {
        if (!_slots.IsLive(handle))
            return;

        var socket = _slots[handle.Index].Socket;
        if (socket.Read is { } read)
            Cancel(read, close: !socket.IsOthers);
        if (socket.Write is { } write)
            Cancel(write, close: !socket.IsOthers);
        socket.Close(reset);
        _slots.Free(handle.Index);
    }

    /// <inheritdoc/>
    public void BeginWatch()
    {
    }

    /// <inheritdoc/>
    public bool HasWork => _ended.Count > 0 || _tries.Count > 0;

    /// <inheritdoc/>
    public void WaitForWork() => _arrivals.WaitWithoutTaking();

    /// <inheritdoc/>
    public void Wake() => _arrivals.Wake();

    /// <summary>Closes every socket; operations in flight are dropped.</summary>
    public void Dispose()
    {
        _poller.Dispose();
        _arrivals.Close();
        for (var index = 0; index < _slots.End; index++)
        {
            if (!_slots.IsUsed(index))
                continue;

            var socket = _slots[index].Socket;
            socket.Polls = 0;
            if (socket.IsOthers)
                socket.Read?.CancelWait();
            socket.Close(reset: false);
            _slots.Free(index);
        }

        _ended.Clear();
        _tries.Clear();
        _operations = 0;
    }

    internal IoHandle Add(PortableSocket socket)
    {
        var index = _slots.Rent();
        _slots[index].Socket = socket;
        return _slots.Handle(index);
    }

    internal PortableSocket Live(IoHandle handle) => _slots.Live(handle).Socket;

    private static bool IsConnectOver(PortableOperation operation, System.Net.EndPoint address, out int result)
    {
        result = 0;
        try
        {
            if (!operation.BeginConnect(address))
                return false;

            result = ConnectResult(operation.TakeResult(out _));
        }
        catch (Exception exception) when (PortableOperation.ToError(exception, address.AddressFamily) is var error and not 0)
        {
            result = error;
        }

        return true;
    }

    // A Unix listener with a full backlog says "not now" and will never say more.
    private static int ConnectResult(int result) => result == -IoError.Again ? -IoError.ConnectionRefused : result;

    private PortableOperation NewOperation(PortableSocket socket, in IoRequest request, bool writing)
    {
        if (!_spare.TryPop(out var operation))
            operation = new PortableOperation(_arrivals);
        operation.Owner = socket;
        operation.Opcode = request.Opcode;
        operation.State = request.State;
        operation.IsWriting = writing;
        operation.Buffer = request.Buffer;
        operation.Segments = request.Segments.Count > 0 ? request.Segments.ToArray() : [];
        operation.Number = _numbers.Next();
        return operation;
    }

    private void Enter(PortableOperation operation)
    {
        switch (operation.Opcode)
        {
            case IoOpcode.Accept or IoOpcode.Receive or IoOpcode.ReceiveFrom or IoOpcode.Send or IoOpcode.SendTo:
                _tries.Enqueue(operation);
                break;
            case IoOpcode.Poll:
                operation.IsWaiting = true;
                operation.Owner.Polls++;
                _poller.Add(operation);
                break;
            case IoOpcode.Connect:
                break;
            default:
                throw IoMisuse.NoOperation(Name, operation.Opcode);
        }

        if (operation.IsWriting)
            operation.Owner.Write = operation;
        else
            operation.Owner.Read = operation;
        _operations++;
    }

    private int Collect(Span<IoCompletion> completions)
    {
        TakeArrivals();
        var stored = 0;
        while (stored < completions.Length && _ended.TryDequeue(out completions[stored]))
            stored++;

        // Once around: a connection that always has more must not keep the others waiting.
        for (var tries = _tries.Count; tries > 0 && stored < completions.Length; tries--)
        {
            var operation = _tries.Dequeue();
            if (operation.HasEnded)
            {
                Recycle(operation);
                continue;
            }

            completions[stored] = default;
            var told = _calls.Try(operation, ref completions[stored]);
            if (told && !completions[stored].More)
                Forget(operation, isFree: true);
            else if (!operation.IsWaiting)
                _tries.Enqueue(operation);
            if (told)
                stored++;
        }

        return stored;
    }

    private void TakeArrivals()
    {
        _taken = _arrivals.Take(_taken);
        foreach (var operation in _taken)
            Arrived(operation);
        _taken.Clear();
    }

    private void Arrived(PortableOperation operation)
    {
        operation.IsWaiting = false;
        if (operation.Opcode == IoOpcode.Poll && --operation.Owner.Polls == 0 && operation.Owner.IsClosing)
            operation.Owner.Close(reset: false);

        var completion = default(IoCompletion);
        if (operation.HasEnded)
        {
            operation.Discard();
            Recycle(operation);
            return;
        }

        var told = _calls.Finish(operation, ref completion);
        if (operation.Opcode == IoOpcode.Connect)
            completion.Result = ConnectResult(completion.Result);
        if (told && !completion.More)
        {
            _ended.Enqueue(completion);
            Forget(operation, isFree: true);
            return;
        }

        if (told)
            _ended.Enqueue(completion);
        if (operation.IsCanceled)
        {
            End(operation, -IoError.Canceled);
            Recycle(operation);
        }
        else
        {
            _tries.Enqueue(operation);
        }
    }

    private void Cancel(PortableOperation operation, bool close)
    {
        // A connect goes on in the system, whoever waits for it or not; what is not under way ends here and now.
        if (!operation.IsWaiting || operation.Opcode == IoOpcode.Connect)
        {
            End(operation, -IoError.Canceled);
            return;
        }

        if (operation.IsCanceled)
            return;

        operation.IsCanceled = true;
        if (operation.Opcode == IoOpcode.Poll)
            _poller.Remove(operation);
        else if (!close)
            operation.CancelWait();
    }

    private void End(PortableOperation operation, int result)
    {
        _ended.Enqueue(new IoCompletion { State = operation.State, Opcode = operation.Opcode, Result = result });
        Forget(operation, isFree: false);
    }

    // Not free: .NET or the queue still has it, and will meet it as ended.
    private void Forget(PortableOperation operation, bool isFree)
    {
        if (ReferenceEquals(operation.Owner.Write, operation))
            operation.Owner.Write = null;
        if (ReferenceEquals(operation.Owner.Read, operation))
            operation.Owner.Read = null;
        operation.HasEnded = true;
        operation.State = null;
        _operations--;
        if (isFree)
            Recycle(operation);
    }

    private void Recycle(PortableOperation operation)
    {
        operation.Clear();
        _spare.Push(operation);
    }
}
