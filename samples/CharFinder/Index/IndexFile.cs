// IndexFile: an index on disk, so that it is built once.
// Thread: any; each call stands for itself.
//   1. The file is complete or not there: it is written under a temporary name and renamed.
//   2. What is read was written by this program, for these names: a head, the arrays as they are in memory, a checksum of
//      all that. Anything else, also from a machine with another order of bytes, reads as null.
using System.Runtime.InteropServices;

namespace CharFinder;

/// <summary>Saves and reads an index.</summary>
internal static class IndexFile
{
    /// <summary>The file's name in its folder.</summary>
    public const string Name = "charfinder_index.bin";

    // To be raised when the words of a name, or this file, are made in another way.
    private const int Format = 1;
    private const int Magic = 0x58444943;
    private const int MaximumLength = 1 << 26;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Head(int Magic, int Format, uint Names, int Letters, int Words, int Ranges)
    {
        public long FileLength =>
            Marshal.SizeOf<Head>() + Letters + (2L * sizeof(int) * Words) + ((long)Marshal.SizeOf<CodeRange>() * Ranges) + sizeof(uint);
    }

    /// <summary>Saves an index in place of what is there.</summary>
    /// <exception cref="IOException">It cannot be written; what was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is protected.</exception>
    public static void Save(CharIndex index, string path)
    {
        var bytes = Write(index.Data, index.Names.Fingerprint);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Reads an index; null if there is none that is whole and of these names.</summary>
    public static CharIndex? Load(string path, UnicodeNames names)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaximumLength }
                && Read(File.ReadAllBytes(path), names.Fingerprint) is { } data ? new CharIndex(names, data) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Write(IndexData data, uint names)
    {
        var head = new Head(Magic, Format, names, data.Letters.Length, data.WordEnds.Length, data.Ranges.Length);
        var bytes = new byte[head.FileLength];
        var rest = bytes.AsSpan();
        MemoryMarshal.Write(rest, head);
        rest = rest[Marshal.SizeOf<Head>()..];
        Put(ref rest, MemoryMarshal.AsBytes<int>(data.WordEnds));
        Put(ref rest, MemoryMarshal.AsBytes<int>(data.RangeEnds));
        Put(ref rest, MemoryMarshal.AsBytes<CodeRange>(data.Ranges));
        Put(ref rest, data.Letters);
        MemoryMarshal.Write(rest, Checksum.Of(bytes.AsSpan(..^sizeof(uint))));
        return bytes;
    }

    private static IndexData? Read(ReadOnlySpan<byte> bytes, uint names)
    {
        if (!MemoryMarshal.TryRead<Head>(bytes, out var head)
            || head is not { Magic: Magic, Format: Format, Letters: >= 0, Words: >= 0, Ranges: >= 0 }
            || head.Names != names
            || head.FileLength != bytes.Length
            || MemoryMarshal.Read<uint>(bytes[^sizeof(uint)..]) != Checksum.Of(bytes[..^sizeof(uint)]))
        {
            return null;
        }

        var rest = bytes[Marshal.SizeOf<Head>()..];
        var wordEnds = Take<int>(ref rest, head.Words);
        var rangeEnds = Take<int>(ref rest, head.Words);
        var ranges = Take<CodeRange>(ref rest, head.Ranges);
        return new IndexData(Take<byte>(ref rest, head.Letters), wordEnds, rangeEnds, ranges);
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> block)
    {
        block.CopyTo(rest);
        rest = rest[block.Length..];
    }

    private static T[] Take<T>(ref ReadOnlySpan<byte> rest, int count)
        where T : unmanaged
    {
        var array = new T[count];
        var block = MemoryMarshal.AsBytes(array.AsSpan());
        rest[..block.Length].CopyTo(block);
        rest = rest[block.Length..];
        return array;
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder is as broken for deleting as it was for writing; the first cause is the one to tell.
        }
    }
}
