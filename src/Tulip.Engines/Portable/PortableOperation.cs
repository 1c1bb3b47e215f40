// PortableOperation: an operation, and the call of .NET's that it waits for.
// Threads: the engine's; Arrive is called on any.  Owns: the source of its cancellation.
//   1. Waiting is one call of .NET's at a time: from Begin until the engine has taken it from PortableArrivals.
//   2. What is waited for can be abandoned without loss: a receive waits with no buffer, a send with one byte, which is
//      either gone or not. All other bytes move on the engine's thread, by calls that do not block.
//   3. An operation is used again when it has ended and does not wait.
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tulip.Engines.Portable;

internal sealed class PortableOperation
{
    private readonly PortableArrivals _arrivals;
    private readonly Action _arrive;
    private readonly byte[] _peeked = new byte[1];
    private CancellationTokenSource _cancellation = new();
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _transfer;
    private ConfiguredValueTaskAwaitable<Socket>.ConfiguredValueTaskAwaiter _accept;
    private ConfiguredTaskAwaitable.ConfiguredTaskAwaiter _connect;

    public PortableOperation(PortableArrivals arrivals)
    {
        _arrivals = arrivals;
        _arrive = Arrive;
    }

    public PortableSocket Owner { get; set; } = null!;

    public IoOpcode Opcode { get; set; }

    public object? State { get; set; }

    public int Number { get; set; }

    public bool IsWriting { get; set; }

    /// <summary>A call of .NET's is under way, or the poller has the operation.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>The last completion says that it was cancelled, as soon as the wait is over.</summary>
    public bool IsCanceled { get; set; }

    /// <summary>It has had its last completion; it only waits to be used again.</summary>
    public bool HasEnded { get; set; }

    /// <summary>A receive is worth trying.</summary>
    public bool IsReady { get; set; }

    /// <summary>What is to be sent.</summary>
    public ReadOnlyMemory<byte> Buffer { get; set; }

    public ReadOnlyMemory<byte>[] Segments { get; set; } = [];

    /// <summary>The result of a poll.</summary>
    public int PollResult { get; set; }

    /// <summary>Begins to wait; true if there is nothing to wait for.</summary>
    public bool BeginReceive()
    {
        _transfer = Owner.Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _cancellation.Token).ConfigureAwait(false).GetAwaiter();
        return IsOver(ref _transfer, _transfer.IsCompleted);
    }

    /// <inheritdoc cref="BeginReceive"/>
    public bool BeginReceiveFrom()
    {
        // A look at the next datagram, which stays where it is.
        _transfer = Owner.Socket.ReceiveAsync(_peeked, SocketFlags.Peek, _cancellation.Token).ConfigureAwait(false).GetAwaiter();
        return IsOver(ref _transfer, _transfer.IsCompleted);
    }

    /// <inheritdoc cref="BeginReceive"/>
    public bool BeginSendTo()
    {
        var address = Segments[0].Span;
        var datagram = Segments[1];
        var transfer = address.IsEmpty
            ? Owner.Socket.SendAsync(datagram, SocketFlags.None, _cancellation.Token)
            : Owner.Socket.SendToAsync(datagram, SocketFlags.None, PortableCalls.ToAddress(Owner.Socket, address), _cancellation.Token);
        _transfer = transfer.ConfigureAwait(false).GetAwaiter();
        return IsOver(ref _transfer, _transfer.IsCompleted);
    }

    /// <inheritdoc cref="BeginReceive"/>
    public bool BeginSend()
    {
        // A message goes as one; of a stream, one byte tells that there is room.
        var bytes = Segments.Length == 0 ? Buffer : FirstSegment();
        if (Owner.Socket.SocketType == SocketType.Stream)
            bytes = bytes[..1];
        _transfer = Owner.Socket.SendAsync(bytes, SocketFlags.None, _cancellation.Token).ConfigureAwait(false).GetAwaiter();
        return IsOver(ref _transfer, _transfer.IsCompleted);
    }

    /// <inheritdoc cref="BeginReceive"/>
    public bool BeginAccept()
    {
        _accept = Owner.Socket.AcceptAsync(_cancellation.Token).ConfigureAwait(false).GetAwaiter();
        return IsOver(ref _accept, _accept.IsCompleted);
    }

    /// <inheritdoc cref="BeginReceive"/>
    public bool BeginConnect(EndPoint address)
    {
        _connect = Owner.Socket.ConnectAsync(address).ConfigureAwait(false).GetAwaiter();
        return IsOver(ref _connect, _connect.IsCompleted);
    }

    /// <summary>Ends the wait early, if .NET can; it arrives in any case.</summary>
    public void CancelWait()
    {
        _cancellation.Cancel();
        _cancellation = new CancellationTokenSource();
    }

    /// <summary>What the wait came to: the connection of an accept, the bytes that were sent, or an error, negated.</summary>
    public int TakeResult(out Socket? accepted)
    {
        accepted = null;
        try
        {
            switch (Opcode)
            {
                case IoOpcode.Accept:
                    accepted = _accept.GetResult();
                    return 0;
                case IoOpcode.Connect:
                    _connect.GetResult();
                    return 0;
                case IoOpcode.Poll:
                    return PollResult;
                default:
                    return _transfer.GetResult();
            }
        }
        catch (Exception exception) when (ToError(exception, Owner.Socket.AddressFamily) is var error and not 0)
        {
            return error;
        }
    }

    /// <summary>The engine is gone: what comes now is nobody's.</summary>
    public void Discard()
    {
        _ = TakeResult(out var accepted);
        accepted?.Dispose();
    }

    public void Clear()
    {
        Owner = null!;
        State = null;
        Buffer = default;
        Segments = [];
        IsWaiting = IsCanceled = HasEnded = IsReady = false;
        _transfer = default;
        _accept = default;
        _connect = default;
    }

    /// <summary>The wait is over. Any thread.</summary>
    public void Arrive() => _arrivals.Add(this);

    /// <summary>The error that .NET threw, negated; 0 if it is none of a socket's.</summary>
    public static int ToError(Exception exception, AddressFamily family) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } when family == AddressFamily.Unix => -IoError.NoEntry,
        SocketException socket => -IoError.FromSocketError(socket.SocketErrorCode),
        OperationCanceledException or ObjectDisposedException => -IoError.Canceled,

        // A second connect after one that failed, or while one is under way.
        PlatformNotSupportedException => -IoError.NotSupported,
        InvalidOperationException => -IoError.AlreadyConnected,
        ArgumentException => -IoError.InvalidArgument,
        _ => 0,
    };

    private bool IsOver<TAwaiter>(ref TAwaiter awaiter, bool isCompleted)
        where TAwaiter : ICriticalNotifyCompletion
    {
        if (isCompleted)
            return true;

        IsWaiting = true;
        awaiter.UnsafeOnCompleted(_arrive);
        return false;
    }

    private ReadOnlyMemory<byte> FirstSegment()
    {
        foreach (var segment in Segments)
        {
            if (!segment.IsEmpty)
                return segment;
        }

        return default;
    }
}
