// DatagramOpener: from hosts' names, or paths, to a datagram socket with its transport.
// Thread: the loop's.  Owns: the socket, until it is the transport's.
//   1. The addresses are taken in pairs of one family, in the resolver's order; of each family the last one counts, as
//      asyncio has it. The first pair that works is used.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal sealed class DatagramOpener(LoopTransports shared, DatagramOptions options)
{
    private sealed record Pair(AddressFamily Family)
    {
        public EndPoint? Local { get; set; }

        public EndPoint? Remote { get; set; }
    }

    private readonly List<Pair> _pairs = [];

    public async Coroutine<(DatagramTransport Transport, TProtocol Protocol)> Open<TProtocol>(
        Func<TProtocol> protocolFactory, (string Host, int Port)? local, (string Host, int Port)? remote)
        where TProtocol : DatagramProtocol
    {
        if (local is null && remote is null)
            _pairs.Add(new Pair(options.Family));
        await Resolve(local, static (pair, address) => pair.Local = address);
        await Resolve(remote, static (pair, address) => pair.Remote = address);
        _pairs.RemoveAll(pair => (local is not null && pair.Local is null) || (remote is not null && pair.Remote is null));
        if (_pairs.Count == 0)
            throw new ArgumentException($"{local} and {remote} have no addresses of the same family.");

        var (handle, peer) = await OpenFirst();
        return await Make(shared, handle, protocolFactory, peer, isConnected: peer is not null && !options.AllowBroadcast);
    }

    public static async Coroutine<(DatagramTransport Transport, TProtocol Protocol)> OpenUnix<TProtocol>(
        LoopTransports shared, Func<TProtocol> protocolFactory, string? local, string? remote)
        where TProtocol : DatagramProtocol
    {
        var peer = remote is null ? null : new UnixDomainSocketEndPoint(remote);
        var handle = local is null
            ? shared.Engine.Sockets.Open(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
            : UnixSocketFile.Bind(shared.Engine, local, SocketType.Dgram);
        if (peer is not null)
            await Connector.ConnectTo(shared, handle, peer);
        return await Make(shared, handle, protocolFactory, peer, isConnected: peer is not null);
    }

    public static async Coroutine<(DatagramTransport Transport, TProtocol Protocol)> Adopt<TProtocol>(
        LoopTransports shared, Func<TProtocol> protocolFactory, Socket socket)
        where TProtocol : DatagramProtocol
    {
        var handle = shared.Engine.Sockets.Adopt(socket);
        var peer = shared.Engine.Sockets.RemoteEndPoint(handle);
        return await Make(shared, handle, protocolFactory, peer, isConnected: peer is not null);
    }

    private static Coroutine<(DatagramTransport Transport, TProtocol Protocol)> Make<TProtocol>(
        LoopTransports shared, IoHandle handle, Func<TProtocol> protocolFactory, EndPoint? peer, bool isConnected)
        where TProtocol : DatagramProtocol
        => Connection.Make<DatagramTransport, TProtocol>(shared, () => handle, protocolFactory, (handle, protocol, extras) =>
            new DatagramSocketTransport(shared, handle, protocol, extras, peer, isConnected));

    private async Coroutine<(IoHandle Handle, EndPoint? Peer)> OpenFirst()
    {
        SocketException? failure = null;
        foreach (var pair in _pairs)
        {
            try
            {
                return (await OpenSocket(shared, pair, options), pair.Remote);
            }
            catch (SocketException exception)
            {
                failure ??= exception;
            }
        }

        throw failure!;
    }

    private static async Coroutine<IoHandle> OpenSocket(LoopTransports shared, Pair pair, DatagramOptions options)
    {
        var sockets = shared.Engine.Sockets;
        var handle = sockets.Open(pair.Family, SocketType.Dgram, pair.Family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Udp);
        try
        {
            if (options.ReusePort)
                sockets.SetOption(handle, IoSocketOption.ReusePort, 1);
            if (options.AllowBroadcast)
                sockets.SetOption(handle, IoSocketOption.Broadcast, 1);
            if (pair.Local is not null)
                sockets.Bind(handle, pair.Local);
        }
        catch
        {
            shared.Engine.Close(handle);
            throw;
        }

        return pair.Remote is null || options.AllowBroadcast ? handle : await Connector.ConnectTo(shared, handle, pair.Remote);
    }

    private async Coroutine Resolve((string Host, int Port)? host, Action<Pair, EndPoint> set)
    {
        if (host is not { } given)
            return;

        foreach (var info in await Resolver.Resolve(shared.Loop, given.Host, given.Port, options.Family))
        {
            var pair = _pairs.Find(pair => pair.Family == info.Family);
            if (pair is null)
                _pairs.Add(pair = new Pair(info.Family));
            set(pair, info.Address);
        }
    }
}
