// FileVisit: a file that is written, read and sent; nothing of it stays, however the visit ends.
// Thread: the loop's.
using System.Globalization;

namespace Tulip.Soak;

internal sealed class FileVisit(Places places, Random random, Tally tally)
{
    private static long s_number;

    public async Coroutine<string> Run()
    {
        var path = Path.Combine(places.Folder, (++s_number).ToString(CultureInfo.InvariantCulture));
        try
        {
            var bytes = new byte[random.Next(1, 300_000)];
            random.NextBytes(bytes);
            await (random.Next(2) == 0 ? AsyncFiles.WriteAtomically(path, bytes) : AsyncFiles.WriteAllBytes(path, bytes));
            var read = random.Next(2) == 0 ? await AsyncFiles.ReadAllBytes(path) : await Sent(path, bytes.Length);
            if (!read.AsSpan().SequenceEqual(bytes))
                throw new SoakException($"a file of {bytes.Length} bytes came back otherwise, with {read.Length}");
            tally.Bytes += read.Length;
            return "file";
        }
        finally
        {
            await CancelScope.Run(_ => AsyncFiles.Delete(path), shield: true);
        }
    }

    private async Coroutine<byte[]> Sent(string path, int length)
    {
        var place = places.All.Where(static place => place.IsDirect).ElementAt(random.Next(places.All.Count(static place => place.IsDirect)));
        var (reader, writer) = await place.Connect();
        try
        {
            using var file = File.OpenHandle(path);
            var (_, read) = await Gather(SendFile(), reader.ReadExactly(length));
            await writer.CloseAndWait();
            return read;

            async Coroutine<long> SendFile() => await GetRunningLoop().SendFile(writer.Transport, file);
        }
        finally
        {
            writer.Transport.Abort();
        }
    }
}
