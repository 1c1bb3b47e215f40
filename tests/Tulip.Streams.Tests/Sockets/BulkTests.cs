using System.Security.Cryptography;

namespace Tulip.Streams.Tests.Sockets;

/// <summary>Much data, many connections, slow readers. Alone on the machine: descriptors and memory are the process's.</summary>
[Collection(nameof(Memory.AloneOnTheMachine))]
public sealed class BulkTests
{
    private const long MiB = 1024 * 1024;

    /// <summary>64 MiB; with <c>TULIP_BULK_MIB=1024</c> a GiB.</summary>
    private static long Size => MiB * (long.TryParse(Environment.GetEnvironmentVariable("TULIP_BULK_MIB"), out var mebibytes) ? mebibytes : 64);

    [Theory]
    [MemberData(nameof(Wire.Kinds), MemberType = typeof(Wire))]
    public void Bulk_BothWaysAtOnce_ArrivesWhole(string kind) => Wire.Run(kind, Wire.Echo, static async wire =>
    {
        var (reader, writer) = await wire.Connect();
        var (sent, received) = await Gather(Send(writer, Size), Receive(reader));
        Assert.Equal(Size, received.Length);
        Assert.Equal(sent, received.Hash);
    });

    [Fact]
    public void SlowReader_HoldsItsPeerBack_MemoryIsBounded()
    {
        const int Limit = 16 * 1024;
        long largest = 0;
        var received = (Length: 0L, Hash: "");
        Wire.Run("tcp", Slow, async wire =>
        {
            var (_, writer) = await wire.Connect();
            var before = GC.GetTotalMemory(forceFullCollection: true);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var block = new byte[MiB];
            for (var i = 0; i < 32; i++)
            {
                Random.Shared.NextBytes(block);
                hash.AppendData(block);
                writer.Write(block);
                await writer.Drain();
                Assert.InRange(writer.Transport.GetWriteBufferSize(), 0, 64 * 1024);
                largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true) - before);
            }

            writer.WriteEof();
            while (received.Length == 0)
                await Sleep(0.001);
            Assert.Equal((32 * MiB, Convert.ToHexString(hash.GetHashAndReset())), received);
        }, Limit);

        // A block that is written and its copy on the way out, and a few buffers.
        Assert.InRange(largest, 0, 6 * MiB);

        async Coroutine Slow(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var memory = new byte[3000];
            long total = 0;
            while (await reader.ReadInto(memory) is var count and > 0)
            {
                total += count;
                hash.AppendData(memory, 0, count);
                if (Random.Shared.Next(8) == 0)
                    await Sleep(0);
            }

            received = (total, Convert.ToHexString(hash.GetHashAndReset()));
            writer.Close();
        }
    }

    [Theory]
    [MemberData(nameof(Wire.Kinds), MemberType = typeof(Wire))]
    public void ThousandConnections_AllAnswered_AndNoDescriptorIsLeft(string kind)
    {
        const int Connections = 1000;
        Once();
        var before = Descriptors();
        Once();

        // The runtime may open some of its own; a leak here would be a thousand.
        Assert.InRange(Descriptors(), 0, before + 25);

        void Once() => Wire.Run(kind, Wire.Echo, static async wire =>
        {
            var answers = await Gather(Enumerable.Range(0, Connections).Select(i => Ask(wire, i)).ToArray());
            Assert.Equal(Enumerable.Range(0, Connections), answers);
        });
    }

    [Fact]
    public void Reads_TimedOutBetweenPieces_LoseNothing() => Wire.Run("tcp", Trickle, static async wire =>
    {
        var (reader, _) = await wire.Connect();
        var all = new MemoryStream();
        var timeouts = 0;
        while (!reader.AtEof)
        {
            try
            {
                all.Write(await WaitFor(reader.ReadExactly(1000), 0.002));
            }
            catch (TimeoutException)
            {
                timeouts++;
            }
            catch (IncompleteReadException exception)
            {
                all.Write(exception.Partial);
            }
        }

        Assert.Equal(Numbers(), Bytes.Text(all.ToArray()));
        Assert.True(timeouts > 0);
    });

    private static async Coroutine<int> Ask(Wire wire, int number)
    {
        var (reader, writer) = await wire.Connect();
        writer.Write(Bytes.Of($"{number}\n"));
        var answer = Bytes.Text(await reader.ReadLine());
        await writer.DisposeAsync();
        return int.Parse(answer, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Numbers() => string.Join(' ', Enumerable.Range(0, 2000));

    private static async Coroutine Trickle(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        foreach (var piece in Bytes.Of(Numbers()).Chunk(97))
        {
            writer.Write(piece);
            await Sleep(0.001);
        }

        writer.Close();
    }

    private static async Coroutine<string> Send(AsyncStreamWriter writer, long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(42);
        var block = new byte[256 * 1024];
        for (var left = size; left > 0;)
        {
            var length = (int)Math.Min(left, random.Next(1, block.Length));
            random.NextBytes(block.AsSpan(0, length));
            hash.AppendData(block, 0, length);
            writer.Write(block.AsSpan(0, length));
            await writer.Drain();
            left -= length;
        }

        writer.WriteEof();
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Coroutine<(long Length, string Hash)> Receive(AsyncStreamReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        while (await reader.ReadLent() is { IsEmpty: false } data)
        {
            length += data.Length;
            hash.AppendData(data.Span);
        }

        return (length, Convert.ToHexString(hash.GetHashAndReset()));
    }

    private static int Descriptors() => Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
}
