using System.Numerics;
using System.Runtime.InteropServices;

namespace CharFinder;

/// <summary>A checksum against accidents (CRC-32C), not against people.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var checksum = ~0u;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            checksum = BitOperations.Crc32C(checksum, word);
        foreach (var last in bytes[(words.Length * sizeof(ulong))..])
            checksum = BitOperations.Crc32C(checksum, last);
        return ~checksum;
    }
}
