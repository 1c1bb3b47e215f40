// EndPointCache: the objects for addresses that datagrams came from, so that the next datagram needs no new one.
// Thread: the loop's.
//   1. An address has one place, by its hash. The table grows when two meet, up to a limit; then the later one takes the place.
//   2. The objects are in users' hands and can be changed: one that was is not handed out again.
using System.Buffers.Binary;
using System.Net;
using Tulip.Engines;

namespace Tulip;

internal sealed class EndPointCache
{
    private const int LeastPlaces = 16;
    private const int MostPlaces = 4096;

    private sealed record Entry(byte[] Bytes, int Hash, EndPoint EndPoint, IPAddress? Address, int Port)
    {
        public bool IsUnchanged => EndPoint is not IPEndPoint ip || (ip.Port == Port && ReferenceEquals(ip.Address, Address));
    }

    private Entry?[] _entries = new Entry?[LeastPlaces];

    /// <summary>The address that a datagram brought; null if it is none.</summary>
    public EndPoint? Find(ReadOnlySpan<byte> bytes)
    {
        var hash = HashOf(bytes);
        if (_entries[hash & (_entries.Length - 1)] is { } entry && entry.Bytes.AsSpan().SequenceEqual(bytes) && entry.IsUnchanged)
            return entry.EndPoint;

        return Add(bytes, hash);
    }

    private EndPoint? Add(ReadOnlySpan<byte> bytes, int hash)
    {
        if (IoAddress.Read(bytes) is not { } endPoint)
            return null;

        while (_entries.Length < MostPlaces && _entries[hash & (_entries.Length - 1)] is { } other && other.Hash != hash)
            Grow();
        var ip = endPoint as IPEndPoint;
        _entries[hash & (_entries.Length - 1)] = new Entry(bytes.ToArray(), hash, endPoint, ip?.Address, ip?.Port ?? 0);
        return endPoint;
    }

    private void Grow()
    {
        var old = _entries;
        _entries = new Entry?[old.Length * 2];
        foreach (var entry in old)
        {
            if (entry is not null)
                _entries[entry.Hash & (_entries.Length - 1)] = entry;
        }
    }

    private static int HashOf(ReadOnlySpan<byte> bytes)
    {
        const ulong Factor = 0x9E37_79B9_7F4A_7C15;
        ulong hash = 0;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Factor;
            hash ^= hash >> 32;
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            hash = (hash ^ value) * Factor;
        return (int)(hash >> 32);
    }
}
