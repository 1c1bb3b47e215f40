using System.Diagnostics;
using Tulip.Load.Files;

namespace Tulip.Load.Latency;

/// <summary>4 KiB from a file that the system was told to forget: <c>dd iflag=nocache</c> is <c>posix_fadvise(DONTNEED)</c>.</summary>
internal static class DiskReads
{
    private const string Name = "disk";
    private const string What = "4 KiB from the disk, not cached";
    private const int Blocks = 64 << 8;
    private const int Samples = 300;
    private const long TextCycles = 41_000_000;

    public static Latency Measure(string folder)
    {
        var file = new BlockFile(Path.Combine(folder, $"tulip-latency-{Environment.ProcessId}"), Blocks);
        try
        {
            file.Make();
            file.Cool();
            return Measure(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return Latency.Missing(Name, What, exception.Message, TextCycles);
        }
        finally
        {
            File.Delete(file.Path);
        }
    }

    private static Latency Measure(BlockFile file)
    {
        // The first 256 blocks are for warming up; each of the others is read once at most.
        var order = Enumerable.Range(256, file.Blocks - 256).ToArray();
        new Random(11).Shuffle(order);
        var timings = new Timings();
        var buffer = new byte[BlockFile.BlockSize];
        using var opened = File.OpenHandle(file.Path, options: FileOptions.RandomAccess);
        for (var block = 0; block < 256; block++)
            RandomAccess.Read(opened, buffer, (long)block * BlockFile.BlockSize);

        var before = BlockFile.BytesFromDisk();
        foreach (var block in order.AsSpan(0, Samples))
        {
            var begin = Stopwatch.GetTimestamp();
            var count = RandomAccess.Read(opened, buffer, (long)block * BlockFile.BlockSize);
            timings.Add(begin, 1);
            BlockFile.Check(buffer, count, block);
        }

        var fromDisk = BlockFile.BytesFromDisk() - before;
        return fromDisk < (long)Samples * BlockFile.BlockSize / 2
            ? Latency.Of(Name, What, timings, TextCycles, $"NOT cold: only {fromDisk >> 10} of {Samples * BlockFile.BlockSize >> 10} KiB came from a disk; choose another folder with --folder")
            : Latency.Of(Name, What, timings, TextCycles, "a virtual machine's disk may answer from its host's memory");
    }
}
