// SimulatedSockets: opening and naming the sockets of a simulated network.
// Thread: the loop's.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Simulated;

internal sealed class SimulatedSockets(SimulatedEngine engine, SimulatedNetwork network) : IIoSockets
{
    private const int FirstEphemeral = 49152;

    public IoHandle Open(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        if (family is not (AddressFamily.Unix or AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        return engine.Add(type switch
        {
            SocketType.Stream => new SimulatedSocket(network, family, engine.Changed),
            SocketType.Dgram => new SimulatedDatagramSocket(network, family, engine.Changed),
            _ => throw new SocketException((int)SocketError.SocketNotSupported),
        });
    }

    public IoHandle Adopt(Socket socket) => throw new NotSupportedException("A simulated network has no real sockets.");

    public Socket Export(IoHandle handle) => throw new NotSupportedException("A simulated network has no real sockets.");

    public IoHandle Borrow(Socket listener) => throw new NotSupportedException("A simulated network has no real sockets.");

    public void Bind(IoHandle handle, EndPoint localEndPoint)
    {
        ArgumentNullException.ThrowIfNull(localEndPoint);
        var socket = engine.Live(handle);
        if (socket.Local is not null || localEndPoint.AddressFamily != socket.Family)
            throw new SocketException((int)SocketError.InvalidArgument);
        if (localEndPoint is IPEndPoint { Port: 0 } ip)
            localEndPoint = new IPEndPoint(ip.Address, NextPort(network));
        var datagrams = socket as SimulatedDatagramSocket;
        if (datagrams is null ? network.Listeners.ContainsKey(KeyOf(localEndPoint)) : network.Receivers.ContainsKey(KeyOf(localEndPoint)))
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        socket.Local = localEndPoint;
        datagrams?.Bound();
    }

    public void Listen(IoHandle handle, int backlog)
    {
        if (engine.Live(handle) is not SimulatedSocket socket)
            throw new SocketException((int)SocketError.OperationNotSupported);
        if (socket.Local is null)
            throw new SocketException((int)SocketError.InvalidArgument);
        if (!network.Listeners.TryAdd(KeyOf(socket.Local), socket) && !ReferenceEquals(network.Listeners[KeyOf(socket.Local)], socket))
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        socket.IsListener = true;
        socket.Backlog = backlog;
    }

    public EndPoint? LocalEndPoint(IoHandle handle) => engine.Live(handle).Local;

    public EndPoint? RemoteEndPoint(IoHandle handle) => engine.Live(handle).Remote;

    public void SetOption(IoHandle handle, IoSocketOption option, int value)
    {
        var socket = engine.Live(handle);
        if (option == IoSocketOption.SendBuffer)
            socket.SendBuffer = value;
        else if (option == IoSocketOption.ReceiveBuffer)
            socket.ReceiveBuffer = value;
    }

    public void ShutdownSend(IoHandle handle) => engine.Live(handle).ShutdownSend();

    public Socket? View(IoHandle handle)
    {
        engine.Live(handle);
        return null;
    }

    internal static string KeyOf(EndPoint endPoint) => endPoint.ToString()!;

    internal static SimulatedSocket? FindListener(SimulatedNetwork network, EndPoint address)
    {
        if (network.Listeners.TryGetValue(KeyOf(address), out var listener) || address is not IPEndPoint ip)
            return listener;

        return network.Listeners.GetValueOrDefault(KeyOf(AnyOf(ip)));
    }

    internal static SimulatedDatagramSocket? FindReceiver(SimulatedNetwork network, EndPoint address)
    {
        if (network.Receivers.TryGetValue(KeyOf(address), out var receiver) || address is not IPEndPoint ip)
            return receiver;

        return network.Receivers.GetValueOrDefault(KeyOf(AnyOf(ip)));
    }

    /// <summary>The address of a socket that connects without one: on the machine that it connects to.</summary>
    internal static EndPoint Ephemeral(SimulatedNetwork network, EndPoint remote)
        => remote is IPEndPoint ip ? new IPEndPoint(ip.Address, NextPort(network)) : new UnixDomainSocketEndPoint("\0" + NextPort(network));

    private static IPEndPoint AnyOf(IPEndPoint address)
        => new(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, address.Port);

    private static int NextPort(SimulatedNetwork network)
        => network.LastPort = network.LastPort == IPEndPoint.MaxPort ? FirstEphemeral : network.LastPort + 1;
}
