using Microsoft.Win32.SafeHandles;
using Tulip.Engines;
using Tulip.Load.Harness;

namespace Tulip.Load.Files;

/// <summary>One way to read blocks, so many at a time.</summary>
internal abstract class ReadPeer
{
    public static IReadOnlyList<string> Names { get; } =
        ["tulip", "tulip-completions", "tulip-now", "tulip-threads", "random-access", "file-stream"];

    /// <summary>Reads each of the blocks once; what lies between the meter's Start and Stop is measured.</summary>
    public abstract void Read(BlockFile file, int[] blocks, int inFlight, Meter meter);

    public static ReadPeer Of(string name, string engine) => name switch
    {
        "tulip" => new TulipPeer(engine, FileWays.All),
        "tulip-completions" => new TulipPeer(engine, FileWays.Completions),
        "tulip-now" => new TulipPeer(engine, FileWays.Now),
        "tulip-threads" => new TulipPeer(engine, FileWays.Threads),
        "random-access" => new RandomAccessPeer(),
        "file-stream" => new FileStreamPeer(),
        _ => throw new ArgumentException($"There is no peer '{name}'; there are {string.Join(", ", Names)}.", nameof(name)),
    };

    private sealed class TulipPeer(string engine, FileWays ways) : ReadPeer
    {
        private readonly Runner _runner = new(loopFactory: () => new EventLoop(engine: EngineSelector.Create(engine)));

        public override void Read(BlockFile file, int[] blocks, int inFlight, Meter meter)
            => _runner.Run(ReadAll(file, blocks, inFlight, meter));

        private async Coroutine<int> ReadAll(BlockFile file, int[] blocks, int inFlight, Meter meter)
        {
            LoopFiles.OfRunning().Ways = ways;
            await using var opened = await AsyncFile.Open(file.Path);
            var next = 0;
            meter.Start();
            await TaskGroup.Run(async group =>
            {
                for (var i = 0; i < inFlight; i++)
                    group.StartSoon(ReadSome());
            });
            meter.Stop();
            return next;

            async Coroutine ReadSome()
            {
                var buffer = new byte[BlockFile.BlockSize];
                while (next < blocks.Length)
                {
                    var block = blocks[next++];
                    var count = await opened.ReadAt((long)block * BlockFile.BlockSize, buffer);
                    BlockFile.Check(buffer, count, block);
                }
            }
        }
    }

    /// <summary>Tasks on the thread pool that each read by an asynchronous call of .NET's.</summary>
    private abstract class PoolPeer : ReadPeer
    {
        public override void Read(BlockFile file, int[] blocks, int inFlight, Meter meter)
        {
            using var handle = File.OpenHandle(file.Path, options: FileOptions.Asynchronous);
            var readers = Enumerable.Range(0, inFlight).Select(_ => Open(file, handle)).ToArray();
            var next = -1;
            meter.Start();
            Task.WaitAll([.. readers.Select(reader => Task.Run(() => ReadSome(reader)))]);
            meter.Stop();
            foreach (var reader in readers)
                (reader.Target as IDisposable)?.Dispose();

            async Task ReadSome(Func<long, Memory<byte>, ValueTask<int>> read)
            {
                var buffer = new byte[BlockFile.BlockSize];
                int i;
                while ((i = Interlocked.Increment(ref next)) < blocks.Length)
                {
                    var count = await read((long)blocks[i] * BlockFile.BlockSize, buffer).ConfigureAwait(false);
                    BlockFile.Check(buffer, count, blocks[i]);
                }
            }
        }

        protected abstract Func<long, Memory<byte>, ValueTask<int>> Open(BlockFile file, SafeFileHandle shared);
    }

    private sealed class RandomAccessPeer : PoolPeer
    {
        protected override Func<long, Memory<byte>, ValueTask<int>> Open(BlockFile file, SafeFileHandle shared)
            => (offset, buffer) => RandomAccess.ReadAsync(shared, buffer, offset);
    }

    /// <summary>A stream has one position: each reader has one of its own.</summary>
    private sealed class FileStreamPeer : PoolPeer
    {
        protected override Func<long, Memory<byte>, ValueTask<int>> Open(BlockFile file, SafeFileHandle shared)
        {
            var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            return new StreamReads(stream).Read;
        }

        private sealed class StreamReads(FileStream stream) : IDisposable
        {
            public ValueTask<int> Read(long offset, Memory<byte> buffer)
            {
                stream.Position = offset;
                return stream.ReadAsync(buffer);
            }

            public void Dispose() => stream.Dispose();
        }
    }
}
