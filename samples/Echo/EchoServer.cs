using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tulip;
using static Tulip.Aio;

namespace Echoes;

/// <summary>Sends everything back: the same server in two styles.</summary>
internal static class EchoServer
{
    /// <summary>Serves until it is cancelled; then the connections are closed too.</summary>
    public static async Coroutine Serve(EchoOptions options, TextWriter log)
    {
        if (options.UseDatagrams)
        {
            var transport = await StartDatagrams(options);
            Announce(log, $"Serving on {transport.LocalEndPoint}.");
            await new Future<Unit>();
        }

        if (options.Loops > 1)
        {
            await ServeOnSeveralLoops(options, log);
            return;
        }

        var server = await Start(options);
        Announce(log, $"Serving on {string.Join(", ", server.LocalEndPoints)}.");
        await server.ServeForever();
    }

    /// <summary>The same with a group of loops: this one only waits for the end.</summary>
    private static async Coroutine ServeOnSeveralLoops(EchoOptions options, TextWriter log)
    {
        await using var group = new LoopGroup(options.Loops, new LoopGroupOptions { GraceSeconds = 0 });
        var server = await StartOn(group, options);
        Announce(log, $"Serving on {string.Join(", ", server.LocalEndPoints)} with {options.Loops} loops.");
        await new Future<Unit>();
    }

    public static Task<LoopGroupServer> StartOn(LoopGroup group, EchoOptions options) => options switch
    {
        { UseProtocol: true, UnixPath: { } path } => group.CreateUnixServer(() => new EchoProtocol(options.Work), path),
        { UseProtocol: true } => group.CreateServer(() => new EchoProtocol(options.Work), options.Host, options.Port),
        { UnixPath: { } path } => group.StartUnixServer(Handler(options), path),
        _ => group.StartServer(Handler(options), options.Host, options.Port),
    };

    private static void Announce(TextWriter log, string message)
    {
        log.WriteLine(message + " Hit CTRL-C to stop.");
        log.Flush();
    }

    public static Coroutine<Server> Start(EchoOptions options)
    {
        var loop = GetRunningLoop();
        return options switch
        {
            { UseProtocol: true, UnixPath: { } path } => loop.CreateUnixServer(() => new EchoProtocol(options.Work), path),
            { UseProtocol: true } => loop.CreateServer(() => new EchoProtocol(options.Work), options.Host, options.Port),
            { UnixPath: { } path } => StartUnixServer(Handler(options), path),
            _ => StartServer(Handler(options), options.Host, options.Port),
        };
    }

    public static async Coroutine<DatagramTransport> StartDatagrams(EchoOptions options)
        => (await GetRunningLoop().CreateDatagramEndpoint(() => new EchoDatagrams(), (options.Host, options.Port))).Transport;

    private static Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> Handler(EchoOptions options)
        => (reader, writer) => Echo(reader, writer, options.Work);

    /// <summary>What a handler may have to compute: it holds its loop up for so long, and no other.</summary>
    private static void Compute(ReadOnlySpan<byte> data, int rounds)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < rounds; i++)
            SHA256.HashData(i == 0 ? data : hash, hash);
    }

    /// <summary>Streams: a task for each connection. Draining holds it back when the peer does not read.</summary>
    private static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer, int work)
    {
        await using (writer)
        {
            try
            {
                while (await reader.ReadLent() is { IsEmpty: false } data)
                {
                    Compute(data.Span, work);
                    writer.Write(data.Span);
                    await writer.Drain();
                }
            }
            catch (SocketException)
            {
                // The peer is gone in the middle of it. There is nobody to tell.
            }
        }
    }

    /// <summary>Protocol: an object for each connection, called back. While the peer does not read, neither does this.</summary>
    private sealed class EchoProtocol(int work) : Protocol
    {
        private Transport? _transport;

        public override void ConnectionMade(Transport transport) => _transport = transport;

        public override void DataReceived(ReadOnlySpan<byte> data)
        {
            Compute(data, work);
            _transport!.Write(data);
        }

        public override void PauseWriting() => _transport!.PauseReading();

        public override void ResumeWriting() => _transport!.ResumeReading();
    }
    /// <summary>Datagrams: one object for all senders.</summary>
    private sealed class EchoDatagrams : DatagramProtocol
    {
        private DatagramTransport? _transport;

        public override void ConnectionMade(DatagramTransport transport) => _transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address) => _transport!.SendTo(data, address);
    }
}
