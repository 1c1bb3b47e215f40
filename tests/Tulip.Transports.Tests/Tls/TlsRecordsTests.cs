using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Tls;

/// <summary>Records as the network brings them: in pieces, several at a time, and none while nobody speaks.</summary>
public sealed class TlsRecordsTests
{
    /// <summary>Each protocol ends in its own way: 1.2 with a record that anybody can tell from data, 1.3 with one that looks like it.</summary>
    public static TheoryData<string, SslProtocols> Protocols()
    {
        var data = new TheoryData<string, SslProtocols>();
        foreach (var engine in EngineData.Usable)
        {
            data.Add(engine, SslProtocols.Tls12);
            data.Add(engine, SslProtocols.Tls13);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Record_CutIntoPieces_IsDeliveredWhenItIsWhole(string engine, SslProtocols protocol) => Run(engine, protocol, async (rig, link) =>
    {
        var records = link.Encrypted(new string('a', 10_000), "b");
        var sent = 0;
        foreach (var (upTo, expected) in ((int, int)[])[(1, 0), (4, 0), (5, 0), (6, 0), (10_000, 0), (records.Length - 1, 10_000)])
        {
            link.Peer.Send(records.AsSpan(sent..upTo));
            sent = upTo;
            await link.Taken(rig);
            Assert.Equal(expected, link.Above.Bytes);
        }

        link.Peer.Send(records.AsSpan(sent..));
        await rig.Until(() => link.Above.Bytes == 10_001);
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Goodbye_InTheSamePacketAsData_ComesBehindIt(string engine, SslProtocols protocol) => Run(engine, protocol, async (rig, link) =>
    {
        link.Peer.Send([.. link.Encrypted("one", "two"), .. link.Goodbye()]);
        await rig.Until(() => link.Above.IsLost);
        Assert.Equal("onetwo", link.Above.Received.ToString());
        Assert.Equal(["made", "data", "eof", "lost"], link.Above.Events);
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void End_InTheMiddleOfARecord_IsNoGoodbye(string engine, SslProtocols protocol) => Run(engine, protocol, async (rig, link) =>
    {
        link.Peer.Send(link.Encrypted("one", "two").AsSpan(..^1));
        await rig.Until(() => link.Above.Bytes == 3);
        link.Peer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await rig.Until(() => link.Above.IsLost);
        Assert.Equal("one", link.Above.Received.ToString());
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Garbage_BehindARecord_EndsTheConnection(string engine, SslProtocols protocol) => Run(engine, protocol, async (rig, link) =>
    {
        link.Peer.Send([.. link.Encrypted("one"), .. "GET / HTTP/1.1"u8]);
        await rig.Until(() => link.Above.IsLost);
        Assert.Equal("one", link.Above.Received.ToString());
    });

    [Fact]
    public void Echo_OnceItRuns_AllocatesNothing() => Rig.Run("epoll", async rig =>
    {
        const int Messages = 500;
        var server = await rig.Loop.CreateServer(
            static () => new Echo(), "127.0.0.1", 0, new ServerOptions { Tls = TestCertificate.ForServer() });
        var counter = new PingPong();
        var (transport, _) = await rig.Loop.CreateConnection(
            () => counter, "127.0.0.1", ((IPEndPoint)server.LocalEndPoints[0]).Port, new ConnectionOptions { Tls = TestCertificate.ForClient() });

        foreach (var size in (int[])[64, 16 * 1024])
        {
            await counter.Exchange(size, Messages);

            // A collection may take the pools' arrays away meanwhile, which are then made anew: not each time.
            var least = long.MaxValue;
            for (var i = 0; i < 5; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                await counter.Exchange(size, Messages);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.InRange((double)least / Messages, 0, 8);
        }

        transport.Close();
        await rig.Until(() => counter.IsLost);
        server.Close();
        await server.WaitClosed();
    });

    private static void Run(string engine, SslProtocols protocol, Func<Rig, Link, Coroutine> body) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var above = new Recorder();
        above.Events.Add("made");
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, above, TestCertificate.ForClient()));
        using var wire = new Wire(new System.Net.Sockets.NetworkStream(pair.Peer));
        using var ssl = new SslStream(wire);
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = TestCertificate.Server,
            EnabledSslProtocols = protocol,
        });
        var transport = await secure;
        above.ConnectionMade(transport);
        above.Events.RemoveAt(0);
        await body(rig, new Link(pair, wire, ssl, above));
        transport.Abort();
    });

    /// <summary>A connection whose other end the test encrypts for, and sends from when it likes.</summary>
    private sealed record Link(Pair Pair, Wire Wire, SslStream Ssl, Recorder Above)
    {
        public System.Net.Sockets.Socket Peer => Pair.Peer;

        /// <summary>Waits until our side has received what was sent: it has come, and the system has none of it left.</summary>
        public async Coroutine Taken(Rig rig)
        {
            var quiet = 0;
            await rig.Until(() => (quiet = Pair.Transport.Socket is { Available: 0 } ? quiet + 1 : 0) >= 20);
        }

        /// <summary>A record for each text.</summary>
        public byte[] Encrypted(params string[] texts) => Wire.Collect(() =>
        {
            foreach (var text in texts)
                Ssl.Write(System.Text.Encoding.Latin1.GetBytes(text));
        });

        public byte[] Goodbye() => Wire.Collect(() => Ssl.ShutdownAsync().GetAwaiter().GetResult());
    }

    /// <summary>A stream that can keep what is written to it.</summary>
    private sealed class Wire(Stream inner) : Stream
    {
        private MemoryStream? _kept;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public byte[] Collect(Action write)
        {
            _kept = new MemoryStream();
            write();
            var all = _kept.ToArray();
            _kept = null;
            return all;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => inner.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => (_kept ?? inner).Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            => (_kept ?? inner).WriteAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    /// <summary>Sends a message again as soon as all of it has come back.</summary>
    private sealed class PingPong : Protocol
    {
        private readonly byte[] _message = new byte[16 * 1024];
        private Transport _transport = null!;
        private Future<Unit> _done = null!;
        private int _size;
        private int _missing;
        private int _left;

        public bool IsLost { get; private set; }

        public override void ConnectionMade(Transport transport) => _transport = transport;

        public Future<Unit> Exchange(int size, int messages)
        {
            (_size, _missing, _left) = (size, size, messages);
            _done = new Future<Unit>();
            _transport.Write(_message.AsSpan(0, size));
            return _done;
        }

        public override void DataReceived(ReadOnlySpan<byte> data)
        {
            if ((_missing -= data.Length) > 0)
                return;

            _missing = _size;
            if (--_left == 0)
                _done.SetResult(default);
            else
                _transport.Write(_message.AsSpan(0, _size));
        }

        public override void ConnectionLost(Exception? exception) => IsLost = true;
    }
}
