// DatagramVisit: words with an echo of datagrams, by an endpoint with an address of its own, a connected one, or a bare socket.
// Thread: the loop's.
//   1. The network may lose datagrams: what does not come back is sent again, for as long as the visit lasts.
//   2. What comes back was sent, byte for byte, and comes from whom it was sent to; an endpoint hears nothing else.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tulip.Soak;

internal sealed class DatagramVisit(DatagramPlaces places, Random random, Tally tally)
{
    private const double Patience = 0.05;
    private const int Largest = 20_000;

    /// <summary>What each datagram begins with: its number.</summary>
    private const int Header = sizeof(int);

    public Coroutine<string> Run() => random.Next(8) switch
    {
        0 => Refused(),
        <= 2 when places.HasSockets => BySocket(),
        <= 5 => ByEndpoint(isConnected: true),
        _ => ByEndpoint(isConnected: false),
    };

    /// <summary>A few datagrams there and back, by an endpoint.</summary>
    public async Coroutine<string> ByEndpoint(bool isConnected)
    {
        var (transport, answers) = await GetRunningLoop().CreateDatagramEndpoint(
            () => new Answers(places.Echo),
            isConnected ? null : ("127.0.0.1", 0),
            isConnected ? ("127.0.0.1", places.Echo.Port) : null);
        try
        {
            var sent = Make(random.Next(1, 12));
            if (random.Next(4) == 0)
            {
                transport.PauseReading();
                SendMissing();
                await Sleep(random.NextDouble() * 0.005);
                transport.ResumeReading();
            }

            while (answers.Count(sent) < sent.Count)
            {
                SendMissing();
                await MoveOnAfter(Patience, async _ => await answers.More());
            }

            tally.Bytes += sent.Sum(static datagram => datagram.Length);
            if (random.Next(2) == 0)
            {
                // What is still on its way out leaves.
                transport.SendTo(sent[0], isConnected ? null : places.Echo);
                transport.Close();
                await answers.Lost;
            }

            return isConnected ? "udp connected" : "udp";

            void SendMissing()
            {
                foreach (var datagram in sent.Where(datagram => !answers.Has(datagram)))
                    transport.SendTo(datagram, isConnected ? null : places.Echo);
            }
        }
        finally
        {
            transport.Abort();
        }
    }

    private async Coroutine<string> BySocket()
    {
        var loop = GetRunningLoop();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var buffer = new byte[Largest];
        foreach (var datagram in Make(random.Next(1, 4)))
        {
            var isBack = false;
            while (!isBack)
            {
                await loop.SockSendTo(socket, datagram, places.Echo);
                await MoveOnAfter(Patience, async _ =>
                {
                    // An answer to what was sent twice may be there twice.
                    while (!isBack)
                    {
                        var (count, from) = await loop.SockRecvFromInto(socket, buffer);
                        if (!places.Echo.Equals(from))
                            throw new SoakException($"udp: a datagram of {count} bytes came from {from}");
                        isBack = buffer.AsSpan(0, count).SequenceEqual(datagram);
                    }
                });
            }

            tally.Bytes += datagram.Length;
        }

        return "udp socket";
    }

    /// <summary>Only a connected endpoint hears that nobody is there.</summary>
    private async Coroutine<string> Refused()
    {
        var (transport, answers) = await GetRunningLoop().CreateDatagramEndpoint(
            () => new Answers(places.Nobody), remoteAddress: ("127.0.0.1", places.Nobody.Port));
        try
        {
            while (answers.Errors == 0)
            {
                transport.SendTo([1, 2, 3]);
                await MoveOnAfter(Patience, async _ => await answers.More());
            }

            return "udp refused";
        }
        finally
        {
            transport.Abort();
        }
    }

    private List<byte[]> Make(int count)
    {
        var all = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var datagram = new byte[random.Next(10) == 0 ? random.Next(Header, Largest) : random.Next(Header, 1400)];
            random.NextBytes(datagram);
            BinaryPrimitives.WriteInt32LittleEndian(datagram, i);
            all.Add(datagram);
        }

        return all;
    }

    /// <summary>What came back, by number.</summary>
    private sealed class Answers(IPEndPoint from) : DatagramProtocol
    {
        private readonly Dictionary<int, byte[]> _byNumber = [];
        private readonly Future<Unit> _lost = new();
        private Future<Unit>? _more;

        public int Errors { get; private set; }

        public Future<Unit> Lost => _lost;

        /// <summary>Done when something has come.</summary>
        public Future<Unit> More() => _more = new Future<Unit>();

        public bool Has(byte[] datagram) => _byNumber.ContainsKey(BinaryPrimitives.ReadInt32LittleEndian(datagram));

        /// <summary>How many of these are back.</summary>
        public int Count(List<byte[]> sent)
        {
            foreach (var (number, data) in _byNumber)
            {
                if (number < 0 || number >= sent.Count || !data.AsSpan().SequenceEqual(sent[number]))
                    throw new SoakException($"udp: datagram {number}, of {data.Length} bytes, is not what was sent");
            }

            return _byNumber.Count;
        }

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address)
        {
            if (!from.Equals(address) || data.Length < Header)
                throw new SoakException($"udp: {data.Length} bytes came from {address}, not from {from}");
            _byNumber[BinaryPrimitives.ReadInt32LittleEndian(data)] = data.ToArray();
            Wake();
        }

        public override void ErrorReceived(Exception exception)
        {
            Errors++;
            Wake();
        }

        public override void ConnectionLost(Exception? exception)
        {
            // Cancelled, if the visit was cut short while it waited for this.
            if (!_lost.Done)
                _lost.SetResult(default);
        }

        private void Wake()
        {
            if (_more is { Done: false } more)
                more.SetResult(default);
        }
    }
}
