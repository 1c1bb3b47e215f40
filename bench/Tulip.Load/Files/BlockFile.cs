using System.Buffers.Binary;
using System.Diagnostics;

namespace Tulip.Load.Files;

/// <summary>The file that is read: blocks that each begin with their own number, so that a read can be checked.</summary>
internal sealed class BlockFile(string path, int blocks)
{
    public const int BlockSize = 4096;

    public string Path => path;

    public int Blocks => blocks;

    /// <summary>Makes the file, unless it is there already in its size, and puts it on the disk.</summary>
    public void Make()
    {
        var length = (long)blocks * BlockSize;
        if (new FileInfo(path) is { Exists: true } known && known.Length == length)
            return;

        var piece = new byte[256 * BlockSize];
        new Random(1).NextBytes(piece);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        for (var block = 0; block < blocks; block += 256)
        {
            var count = Math.Min(256, blocks - block);
            for (var i = 0; i < count; i++)
                BinaryPrimitives.WriteInt32LittleEndian(piece.AsSpan(i * BlockSize), block + i);
            RandomAccess.Write(file, piece.AsSpan(0, count * BlockSize), (long)block * BlockSize);
        }

        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Has the system forget the file's bytes: the next reads come from the disk.</summary>
    public void Cool() => Run("dd", $"if={path}", "iflag=nocache", "count=0");

    /// <summary>Has the system keep the file's bytes.</summary>
    public void Warm()
    {
        var piece = new byte[1 << 20];
        using var file = File.OpenHandle(path);
        for (long offset = 0; RandomAccess.Read(file, piece, offset) is > 0 and var count; offset += count)
        {
        }
    }

    /// <summary>Whether this is what was to be read.</summary>
    public static void Check(ReadOnlySpan<byte> read, int count, int block)
    {
        if (count != BlockSize || BinaryPrimitives.ReadInt32LittleEndian(read) != block)
            throw new InvalidDataException($"Block {block} was read wrongly: {count} bytes of another one.");
    }

    /// <summary>Bytes that this process has had read from the disk so far; 0 where the system does not count them.</summary>
    public static long BytesFromDisk()
    {
        const string Counts = "/proc/self/io";
        const string Name = "read_bytes: ";
        if (!File.Exists(Counts))
            return 0;
        return long.Parse(File.ReadLines(Counts).First(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..]);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with {process.ExitCode}.");
    }
}
