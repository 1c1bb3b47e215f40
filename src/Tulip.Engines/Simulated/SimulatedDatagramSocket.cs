// SimulatedDatagramSocket: one that sends and receives datagrams, with UDP's rules.
// Thread: the loop's.
//   1. A datagram takes its own way: it may be lost, or come after one that was sent later. What a cut link carries is lost.
//   2. What finds no room in the receive buffer is lost, and nobody is told.
//   3. Where nobody receives, a connected sender is told, if that is not lost too. Unix sockets are told at once.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Simulated;

internal sealed class SimulatedDatagramSocket(SimulatedNetwork network, AddressFamily family, Action<SimulatedEndpoint> changed)
    : SimulatedEndpoint(family)
{
    private const int LargestDatagram = 65507;

    private readonly record struct Arrived(ReadOnlyMemory<byte> Data, int AddressLength);

    private readonly Queue<Arrived> _arrived = new();
    private int _unread;
    private int _error;
    private bool _isClosed;

    public override bool IsReadable => _arrived.Count > 0 || _error != 0;

    public override bool IsWritable => true;

    public override int Connect(EndPoint address)
    {
        if (address.AddressFamily != Family)
            return -IoError.InvalidArgument;

        Remote = address;
        BindIfNeeded(address);
        return 0;
    }

    public override int ConnectResult() => 0;

    public override int Send(in IoRequest request)
    {
        if (request.Opcode != IoOpcode.SendTo)
            return -IoError.NotSupported;
        if (_error != 0)
            return TakeError();

        var pairs = request.Segments.AsSpan();
        for (var i = 0; i < pairs.Length; i += 2)
        {
            var error = Send(pairs[i].Span, pairs[i + 1].Span);
            if (error < 0)
                return i > 0 ? i / 2 : error;
        }

        return pairs.Length / 2;
    }

    public override bool TryReceiveFrom(ref IoCompletion completion)
    {
        if (_error != 0)
        {
            completion.Result = TakeError();
        }
        else if (_arrived.TryDequeue(out var arrived))
        {
            _unread -= arrived.Data.Length;
            completion.Result = arrived.Data.Length - arrived.AddressLength;
            completion.Data = arrived.Data;
            completion.AddressLength = (byte)arrived.AddressLength;
        }
        else
        {
            return false;
        }

        completion.More = true;
        return true;
    }

    /// <summary>The socket has its address: what is sent there reaches it.</summary>
    public void Bound() => network.Receivers[SimulatedSockets.KeyOf(Local!)] = this;

    public override void Close(bool reset)
    {
        _isClosed = true;
        if (Local is { } local && ReferenceEquals(network.Receivers.GetValueOrDefault(SimulatedSockets.KeyOf(local)), this))
            network.Receivers.Remove(SimulatedSockets.KeyOf(local));
    }

    private int Send(ReadOnlySpan<byte> address, ReadOnlySpan<byte> datagram)
    {
        var remote = address.IsEmpty ? Remote : IoAddress.Read(address);
        if (remote is null)
            return -(address.IsEmpty ? IoError.NotConnected : IoError.InvalidArgument);
        if (datagram.Length > LargestDatagram)
            return -IoError.MessageTooLong;
        if (Family == AddressFamily.Unix && SimulatedSockets.FindReceiver(network, remote) is null)
            return -IoError.ConnectionRefused;

        BindIfNeeded(remote);
        Span<byte> sender = stackalloc byte[IoAddress.Capacity];
        var length = IoAddress.Write(Local!, sender);
        var data = new byte[length + datagram.Length];
        sender[..length].CopyTo(data);
        datagram.CopyTo(data.AsSpan(length));
        var route = (NodeOf(Local!), NodeOf(remote));
        network.SendDatagram(route, datagram.Length, () => AtReceiver(SimulatedSockets.FindReceiver(network, remote), remote, new Arrived(data, length)));
        return 0;
    }

    // At the other end.
    private void AtReceiver(SimulatedDatagramSocket? receiver, EndPoint remote, Arrived arrived)
    {
        if (receiver is not null)
            receiver.Arrive(arrived);
        else
            network.SendDatagram((NodeOf(remote), NodeOf(Local!)), 0, () => Refused(remote));
    }

    private void Refused(EndPoint remote)
    {
        if (_isClosed || Remote is null || !Remote.Equals(remote))
            return;

        _error = -IoError.ConnectionRefused;
        changed(this);
    }

    private void Arrive(Arrived arrived)
    {
        // Connected, it hears its peer only.
        if (Remote is not null && !Remote.Equals(IoAddress.Read(arrived.Data.Span[..arrived.AddressLength])))
            return;
        if (_unread + arrived.Data.Length > Math.Max(ReceiveBuffer, LargestDatagram))
            return;

        _unread += arrived.Data.Length;
        _arrived.Enqueue(arrived);
        changed(this);
    }

    private void BindIfNeeded(EndPoint remote)
    {
        if (Local is not null)
            return;

        Local = SimulatedSockets.Ephemeral(network, remote);
        Bound();
    }

    private int TakeError()
    {
        var error = _error;
        _error = 0;
        return error;
    }
}
