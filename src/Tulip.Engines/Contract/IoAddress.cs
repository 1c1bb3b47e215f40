// IoAddress: addresses as the operating system has them (sockaddr), to and from .NET's, without the objects between.
// Thread: any.
//   1. The layouts of IPv4 and IPv6 are the same everywhere but for the first two bytes: the family, or on BSD systems a
//      length and the family. What is written there is what .NET writes.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tulip.Engines;

/// <summary>Addresses as the operating system's bytes: what a datagram's completion says of its sender, and a request of where to send.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class IoAddress
{
    /// <summary>Room for any address, in bytes.</summary>
    public const int Capacity = 112;

    private const int LengthV4 = 16;
    private const int LengthV6 = 28;
    private const int PrefixLength = 2;

    private static readonly byte[] s_prefixV4 = PrefixOf(IPAddress.Any);
    private static readonly byte[] s_prefixV6 = PrefixOf(IPAddress.IPv6Any);
    private static readonly bool s_hasLength = OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() || OperatingSystem.IsIOS();

    /// <summary>Writes an address; allocates nothing for an <see cref="IPEndPoint"/>.</summary>
    /// <param name="address">An address; not a <see cref="DnsEndPoint"/>, which has none.</param>
    /// <param name="destination">Room for <see cref="Capacity"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentException">It is no address, or too long.</exception>
    public static int Write(EndPoint address, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address is IPEndPoint ip)
            return Write(ip, destination);
        if (address is DnsEndPoint)
            throw new ArgumentException($"{address} is a name, not an address: resolve it first (GetAddrInfo).", nameof(address));

        var bytes = address.Serialize();
        if (bytes.Size > destination.Length)
            throw new ArgumentException($"The address {address} is too long.", nameof(address));
        bytes.Buffer.Span[..bytes.Size].CopyTo(destination);
        return bytes.Size;
    }

    /// <summary>Reads an address.</summary>
    /// <returns>Null if it is none, such as a Unix socket's that has no name, or one of a family that is not known here.</returns>
    public static EndPoint? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= PrefixLength)
            return null;
        if (IsFamily(bytes, s_prefixV4) && bytes.Length >= 8)
            return new IPEndPoint(new IPAddress(bytes[4..8]), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        if (IsFamily(bytes, s_prefixV6) && bytes.Length >= LengthV6)
            return new IPEndPoint(new IPAddress(bytes[8..24], MemoryMarshal.Read<uint>(bytes[24..])), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));

        var address = new SocketAddress(AddressFamily.Unix, bytes.Length);
        var family = address.Buffer.Span[..PrefixLength];
        if (!IsFamily(bytes, family))
            return null;
        bytes[PrefixLength..].CopyTo(address.Buffer.Span[PrefixLength..]);
        return new UnixDomainSocketEndPoint("/").Create(address);
    }

    private static int Write(IPEndPoint address, Span<byte> destination)
    {
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        var length = isV4 ? LengthV4 : LengthV6;
        destination = destination[..length];
        destination.Clear();
        (isV4 ? s_prefixV4 : s_prefixV6).CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)address.Port);
        address.Address.TryWriteBytes(destination[(isV4 ? 4 : 8)..], out _);
        if (!isV4)
            MemoryMarshal.Write(destination[24..], (uint)address.Address.ScopeId);
        return length;
    }

    private static bool IsFamily(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> prefix)
        => bytes[1] == prefix[1] && (s_hasLength || bytes[0] == prefix[0]);

    private static byte[] PrefixOf(IPAddress any) => new IPEndPoint(any, 0).Serialize().Buffer.Span[..PrefixLength].ToArray();
}
