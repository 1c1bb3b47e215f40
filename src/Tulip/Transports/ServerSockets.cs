// ServerSockets: bound sockets for a server, all or none.
// Thread: the loop's.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal static class ServerSockets
{
    /// <summary>Sockets bound to all addresses of some hosts; a host of null is every interface.</summary>
    public static async Coroutine<List<IoHandle>> Bind(LoopTransports shared, IReadOnlyList<string?> hosts, int port, ServerOptions options)
    {
        var addresses = await Resolve(shared, hosts, port, options);
        return BindTo(shared.Engine, [.. addresses.Distinct()], options);
    }

    /// <summary>Sockets bound to some addresses, as far as this machine has them.</summary>
    public static List<IoHandle> BindTo(IIoEngine engine, IReadOnlyList<IPEndPoint> addresses, ServerOptions options)
    {
        var sockets = new List<IoHandle>();
        try
        {
            foreach (var address in addresses)
            {
                if (TryBind(engine, address, options) is { IsNone: false } handle)
                    sockets.Add(handle);
            }

            return sockets.Count > 0
                ? sockets
                : throw new SocketException((int)SocketError.AddressNotAvailable, $"Could not bind on any address out of {string.Join(", ", addresses)}.");
        }
        catch
        {
            foreach (var handle in sockets)
                engine.Close(handle);
            throw;
        }
    }

    private static async Coroutine<List<IPEndPoint>> Resolve(LoopTransports shared, IReadOnlyList<string?> hosts, int port, ServerOptions options)
    {
        var addresses = new List<IPEndPoint>();
        foreach (var host in hosts)
        {
            if (string.IsNullOrEmpty(host))
            {
                addresses.AddRange(((IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
                    .Where(any => options.Family is AddressFamily.Unspecified || options.Family == any.AddressFamily)
                    .Select(any => new IPEndPoint(any, port)));
            }
            else
            {
                addresses.AddRange((await Resolver.Resolve(shared.Loop, host, port, options.Family)).Select(static info => info.Address));
            }
        }

        return addresses;
    }

    /// <summary>A socket bound to one address; none if this machine does not have the address or its family.</summary>
    private static IoHandle TryBind(IIoEngine engine, IPEndPoint address, ServerOptions options)
    {
        IoHandle handle;
        try
        {
            handle = engine.Sockets.Open(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressFamilyNotSupported)
        {
            return IoHandle.None;
        }

        try
        {
            SetOptions(engine.Sockets, handle, address, options);
            engine.Sockets.Bind(handle, address);
            return handle;
        }
        catch (SocketException exception)
        {
            engine.Close(handle);
            if (exception.SocketErrorCode is SocketError.AddressNotAvailable)
                return IoHandle.None;

            throw new SocketException((int)exception.SocketErrorCode, $"Error while attempting to bind on address {address}: {exception.Message}");
        }
    }

    private static void SetOptions(IIoSockets sockets, IoHandle handle, IPEndPoint address, ServerOptions options)
    {
        if (options.ReuseAddress ?? !OperatingSystem.IsWindows())
            sockets.SetOption(handle, IoSocketOption.ReuseAddress, 1);
        if (options.ReusePort)
            sockets.SetOption(handle, IoSocketOption.ReusePort, 1);
        if (options.KeepAlive)
            sockets.SetOption(handle, IoSocketOption.KeepAlive, 1);

        // The IPv4 addresses have a socket of their own. Accepted connections inherit the other options.
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            sockets.SetOption(handle, IoSocketOption.IPv6Only, 1);
        sockets.SetOption(handle, IoSocketOption.NoDelay, 1);
    }
}
