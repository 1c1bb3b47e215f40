using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tulip;

/// <summary>Names to addresses and back, by the system's resolver in the loop's executor.</summary>
internal static class Resolver
{
    /// <summary>The addresses of a host; one that is an address already needs no resolver and no hop.</summary>
    public static async Coroutine<IReadOnlyList<AddressInfo>> Resolve(EventLoop loop, string host, int port, AddressFamily family)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            if (family != AddressFamily.Unspecified && family != address.AddressFamily)
                throw new SocketException((int)SocketError.HostNotFound, $"{host} is no address of the family {family}.");
            return [Describe(address, port)];
        }

        var lookup = LoopTransports.Of(loop).Lookup;
        IPAddress[] addresses;
        try
        {
            addresses = await loop.RunInExecutor(null, () => lookup(host, family));
        }
        catch (SocketException failure)
        {
            // The system's words do not say whose name it was.
            throw new SocketException((int)failure.SocketErrorCode, $"{host} could not be resolved: {failure.Message}");
        }

        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.NoData, $"{host} has no address.");
        return [.. addresses.Select(found => Describe(found, port))];
    }

    public static async Coroutine<(string Host, string Service)> ResolveName(EventLoop loop, IPEndPoint address)
    {
        var name = await loop.RunInExecutor(null, () =>
        {
            try
            {
                return Dns.GetHostEntry(address.Address).HostName;
            }
            catch (SocketException)
            {
                // Without a name, the address is the name, as getnameinfo has it.
                return address.Address.ToString();
            }
        });
        return (name, address.Port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Lets the families take turns, after some addresses of the first one (RFC 8305, section 4).</summary>
    public static IReadOnlyList<AddressInfo> Interleave(IReadOnlyList<AddressInfo> addresses, int firstFamilyCount)
    {
        var families = addresses.GroupBy(static info => info.Family).Select(static group => new Queue<AddressInfo>(group)).ToArray();
        var ordered = new List<AddressInfo>(addresses.Count);
        for (var lead = firstFamilyCount - 1; lead > 0 && families[0].TryDequeue(out var first); lead--)
            ordered.Add(first);
        while (ordered.Count < addresses.Count)
        {
            foreach (var family in families)
            {
                if (family.TryDequeue(out var next))
                    ordered.Add(next);
            }
        }

        return ordered;
    }

    private static AddressInfo Describe(IPAddress address, int port)
        => new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, new IPEndPoint(address, port));
}
