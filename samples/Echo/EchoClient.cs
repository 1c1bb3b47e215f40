using System.Text;
using Tulip;
using static Tulip.Aio;

namespace Echoes;

/// <summary>Sends what it is given, says that this is all, and writes down what comes back.</summary>
internal static class EchoClient
{
    private const int BlockSize = 64 * 1024;

    public static Coroutine Send(EchoOptions options, Stream input, Stream output)
    {
        if (options.Words.Count > 0)
            input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join(' ', options.Words) + "\n"));
        return options.UseDatagrams ? EchoDatagramClient.Send(options, input, output)
            : options.UseProtocol ? SendWithProtocol(options, input, output)
            : SendWithStreams(options, input, output);
    }

    private static async Coroutine SendWithStreams(EchoOptions options, Stream input, Stream output)
    {
        var (reader, writer) = options.UnixPath is { } path
            ? await OpenUnixConnection(path)
            : await OpenConnection(options.Host, options.Port);
        await using (writer)
        {
            // At the same time: an echo of more than fits between the two would otherwise stop both.
            await TaskGroup.Run(async group =>
            {
                group.StartSoon(SendAll());
                while (await reader.ReadLent() is { IsEmpty: false } data)
                    output.Write(data.Span);
            });
        }

        output.Flush();

        async Coroutine SendAll()
        {
            var block = new byte[BlockSize];
            while (await ReadBlock(input, block) is var count and > 0)
            {
                writer.Write(block.AsSpan(0, count));
                await writer.Drain();
            }

            writer.WriteEof();
        }
    }

    private static async Coroutine SendWithProtocol(EchoOptions options, Stream input, Stream output)
    {
        var loop = GetRunningLoop();
        var (transport, protocol) = options.UnixPath is { } path
            ? await loop.CreateUnixConnection(() => new ReplyProtocol(output), path)
            : await loop.CreateConnection(() => new ReplyProtocol(output), options.Host, options.Port);
        try
        {
            var block = new byte[BlockSize];
            while (await ReadBlock(input, block) is var count and > 0)
            {
                transport.Write(block.AsSpan(0, count));
                await protocol.MayWrite.Wait();
            }

            transport.WriteEof();
            await protocol.Ended;
        }
        finally
        {
            transport.Close();
        }

        output.Flush();
    }

    /// <summary>Standard input may keep a thread waiting: not the loop's.</summary>
    internal static Coroutine<int> ReadBlock(Stream input, byte[] block) => ToThread(() => input.Read(block));

    private sealed class ReplyProtocol : Protocol
    {
        private readonly Stream _output;

        public ReplyProtocol(Stream output)
        {
            _output = output;
            MayWrite.Set();
        }

        public AsyncEvent MayWrite { get; } = new();

        public Future<Unit> Ended { get; } = new();

        public override void DataReceived(ReadOnlySpan<byte> data) => _output.Write(data);

        public override void PauseWriting() => MayWrite.Clear();

        public override void ResumeWriting() => MayWrite.Set();

        public override void ConnectionLost(Exception? exception)
        {
            MayWrite.Set();
            if (Ended.Done)
                return;
            if (exception is null)
                Ended.SetResult(default);
            else
                Ended.SetException(exception);
        }
    }
}
