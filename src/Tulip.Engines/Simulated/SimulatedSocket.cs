// SimulatedSocket: one end of a connection, or a listener, with TCP's rules.
// Thread: the loop's.
//   1. What is sent waits in Unsent until the peer has room: bytes under way and bytes that nobody has read never are
//      more than the peer's receive buffer. Reading tells the sender, one latency later.
//   2. The end of the stream follows the last byte. A reset drops what has not left, and what has arrived stays readable.
//   3. A closed socket answers bytes with a reset, and lives on until everything that it took has been sent.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Simulated;

internal sealed class SimulatedSocket(SimulatedNetwork network, AddressFamily family, Action<SimulatedEndpoint> changed) : SimulatedEndpoint(family)
{
    private const int PacketSize = 16 * 1024;
    private const int LeastBuffer = 1024;
    private const long ConnectTimeout = 127_000_000_000;
    private const long ConnectRetry = 1_000_000_000;

    private readonly Queue<ReadOnlyMemory<byte>> _unsent = new();
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private SimulatedChannel? _outbound;
    private SimulatedSocket? _peer;
    private SimulatedEvent? _timeout;
    private SimulatedEvent? _retry;
    private int _unsentCount;
    private int _unread;
    private int _error;
    private bool _isConnected;
    private bool _isClosed;
    private bool _ends;
    private bool _endSent;
    private bool _endArrived;

    public bool IsListener { get; set; }

    public int Backlog { get; set; }

    public Queue<SimulatedSocket> Waiting { get; } = [];

    public override bool IsReadable => _arrived.Count > 0 || _endArrived || _error != 0 || Waiting.Count > 0;

    public override bool IsWritable => _error != 0 || (_isConnected && _unsentCount < SendRoom);

    private int SendRoom => Math.Max(SendBuffer, LeastBuffer);

    private string Node => NodeOf(Local!);

    public override int Connect(EndPoint address)
    {
        if (_isConnected || _outbound is not null)
            return -IoError.AlreadyConnected;
        if (IsListener || address.AddressFamily != Family)
            return -IoError.InvalidArgument;

        Local ??= SimulatedSockets.Ephemeral(network, address);
        Remote = address;
        _outbound = new SimulatedChannel(Node, NodeOf(address));
        _timeout = network.Schedule(network.Now + ConnectTimeout, () => Fail(-IoError.TimedOut));
        Knock();
        return -IoError.InProgress;
    }

    public override int ConnectResult() => _isConnected ? 0 : _error != 0 ? TakeError() : -IoError.Again;

    public override int Send(in IoRequest request)
    {
        if (_error != 0)
            return TakeError();
        if (_ends)
            return -IoError.BrokenPipe;
        if (!_isConnected)
            return -IoError.NotConnected;

        var sent = 0;
        if (request.Segments.Count == 0)
            sent = Take(request.Buffer.Span);
        foreach (var segment in request.Segments.AsSpan())
            sent += Take(segment.Span);
        Transmit();
        return sent > 0 ? sent : -IoError.Again;
    }

    public override int Receive(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (_arrived.TryDequeue(out bytes))
        {
            var count = bytes.Length;
            var peer = _peer!;
            network.Send(_outbound!, 0, () => peer.HasRead(count));
            return count;
        }

        if (_error != 0)
            return TakeError();
        return _endArrived ? 0 : _isConnected ? -IoError.Again : -IoError.NotConnected;
    }

    public override void ShutdownSend()
    {
        if (!_isConnected)
            return;
        _ends = true;
        Transmit();
    }

    public override void Close(bool reset)
    {
        _isClosed = true;
        Kill(_timeout);
        Kill(_retry);
        if (IsListener)
        {
            network.Listeners.Remove(SimulatedSockets.KeyOf(Local!));
            foreach (var waiting in Waiting)
                waiting.Close(reset: true);
            Waiting.Clear();
        }

        if (!_isConnected)
            return;

        // As TCP does: bytes that nobody will read are answered with a reset.
        if (reset || _arrived.Count > 0)
            Reset();
        else
            ShutdownSend();
    }

    private static void Kill(SimulatedEvent? scheduled)
    {
        if (scheduled is not null)
            scheduled.IsDead = true;
    }

    private void Knock()
    {
        if (!_isClosed && !_isConnected && _error == 0)
            network.Send(_outbound!, 0, () => AtListener(SimulatedSockets.FindListener(network, Remote!)));
    }

    // At the other end. The way back is a channel of its own, for there may be nobody to own it.
    private void AtListener(SimulatedSocket? listener)
    {
        var back = new SimulatedChannel(NodeOf(Remote!), Node);
        if (listener is null)
        {
            network.Send(back, 0, () => Fail(-IoError.ConnectionRefused));
            return;
        }

        if (listener.Waiting.Count > Math.Max(listener.Backlog, 0))
        {
            Kill(_retry);
            _retry = network.Schedule(network.Now + ConnectRetry, Knock);
            return;
        }

        var server = new SimulatedSocket(network, Family, changed)
        {
            Local = Remote,
            Remote = Local,
            SendBuffer = listener.SendBuffer,
            ReceiveBuffer = listener.ReceiveBuffer,
            _outbound = back,
            _peer = this,
            _isConnected = true,
        };
        listener.Waiting.Enqueue(server);
        listener.Changed();
        network.Send(back, 0, () => Connected(server));
    }

    private void Connected(SimulatedSocket server)
    {
        Kill(_timeout);
        _peer = server;
        _isConnected = true;
        if (_isClosed || _error != 0)
            Reset();
        Changed();
        Transmit();
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, SendRoom - _unsentCount);
        if (count <= 0)
            return 0;

        _unsent.Enqueue(bytes[..count].ToArray());
        _unsentCount += count;
        return count;
    }

    private void Transmit()
    {
        if (!_isConnected || _peer is null)
            return;

        var peer = _peer;
        var hadRoom = _unsentCount < SendRoom;
        while (_unsent.Count > 0 && _unread < Math.Max(peer.ReceiveBuffer, LeastBuffer))
        {
            var piece = NextPiece(Math.Max(peer.ReceiveBuffer, LeastBuffer) - _unread);
            _unread += piece.Length;
            network.Send(_outbound!, piece.Length, () => peer.Arrive(piece));
        }

        if (_ends && !_endSent && _unsent.Count == 0)
        {
            _endSent = true;
            network.Send(_outbound!, 0, peer.End);
        }

        if (!hadRoom && _unsentCount < SendRoom)
            Changed();
    }

    private ReadOnlyMemory<byte> NextPiece(int window)
    {
        var piece = _unsent.Peek();
        var most = Math.Min(window, PacketSize);
        if (piece.Length <= most)
        {
            _unsent.Dequeue();
        }
        else
        {
            // The rest goes back to the front.
            var rest = piece[most..];
            piece = piece[..most];
            _unsent.Dequeue();
            var others = _unsent.Count;
            _unsent.Enqueue(rest);
            for (var i = 0; i < others; i++)
                _unsent.Enqueue(_unsent.Dequeue());
        }

        _unsentCount -= piece.Length;
        return piece;
    }

    private void Arrive(ReadOnlyMemory<byte> bytes)
    {
        if (_isClosed)
        {
            Reset();
            return;
        }

        _arrived.Enqueue(bytes);
        Changed();
    }

    private void HasRead(int count)
    {
        _unread -= count;
        Transmit();
    }

    private void End()
    {
        _endArrived = true;
        Changed();
    }

    private void Reset()
    {
        _unsent.Clear();
        _unsentCount = 0;
        _ends = _endSent = true;
        var peer = _peer!;
        _isConnected = false;
        network.Send(_outbound!, 0, peer.HasBeenReset);
    }

    private void HasBeenReset()
    {
        _unsent.Clear();
        _unsentCount = 0;
        _isConnected = false;
        Fail(-IoError.ConnectionReset);
    }

    private void Fail(int error)
    {
        Kill(_timeout);
        _error = error;
        Changed();
    }

    // Told once; afterwards the stream has ended in both directions.
    private int TakeError()
    {
        var error = _error;
        _error = 0;
        _ends = _endArrived = true;
        return error;
    }

    private void Changed() => changed(this);
}
