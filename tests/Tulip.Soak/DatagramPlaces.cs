// DatagramPlaces: an echo of datagrams, and an address where nobody is.
// Thread: the loop's.  Owns: the echo's endpoint, and the socket that keeps the other address from being anybody's.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Soak;

internal sealed class DatagramPlaces
{
    private readonly DatagramTransport _transport;
    private readonly Socket _reserved = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private DatagramPlaces(DatagramTransport transport, bool hasSockets)
    {
        (_transport, HasSockets) = (transport, hasSockets);
        Echo = (IPEndPoint)transport.LocalEndPoint!;

        // The port is taken, but only for what comes from the echo, which sends nothing there.
        _reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _reserved.Connect(Echo);
        Nobody = (IPEndPoint)_reserved.LocalEndPoint!;
    }

    public IPEndPoint Echo { get; }

    /// <summary>Where what is sent is refused.</summary>
    public IPEndPoint Nobody { get; }

    /// <summary>Whether sockets of ones own can be used on the loop.</summary>
    public bool HasSockets { get; }

    public static async Coroutine<DatagramPlaces> Open(bool hasSockets)
    {
        var (transport, _) = await GetRunningLoop().CreateDatagramEndpoint(static () => new EchoDatagrams(), ("127.0.0.1", 0));
        return new DatagramPlaces(transport, hasSockets);
    }

    public void Close()
    {
        _transport.Abort();
        _reserved.Dispose();
    }

    private sealed class EchoDatagrams : DatagramProtocol
    {
        private DatagramTransport _transport = null!;
        private bool _isFull;

        public override void ConnectionMade(DatagramTransport transport) => _transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address)
        {
            if (!_isFull)
                _transport.SendTo(data, address);
        }

        // Datagrams may be lost: what does not fit is.
        public override void PauseWriting() => _isFull = true;

        public override void ResumeWriting() => _isFull = false;
    }
}
