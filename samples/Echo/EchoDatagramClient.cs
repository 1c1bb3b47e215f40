using System.Net;
using Tulip;
using static Tulip.Aio;

namespace Echoes;

/// <summary>Sends its input as datagrams, each when the one before has come back, and writes down what comes back.</summary>
internal static class EchoDatagramClient
{
    private const int DatagramSize = 1400;
    private const int Tries = 5;

    public static async Coroutine Send(EchoOptions options, Stream input, Stream output)
    {
        var (transport, replies) = await GetRunningLoop().CreateDatagramEndpoint(() => new Replies(), remoteAddress: (options.Host, options.Port));
        try
        {
            var block = new byte[DatagramSize];
            while (await EchoClient.ReadBlock(input, block) is var count and > 0)
                output.Write(await Ask(transport, replies, block.AsMemory(0, count)));
        }
        finally
        {
            transport.Close();
        }

        output.Flush();
    }

    // A datagram may be lost, or its answer: then it is sent again. An answer that came late is not the next one's.
    private static async Coroutine<byte[]> Ask(DatagramTransport transport, Replies replies, ReadOnlyMemory<byte> question)
    {
        for (var i = 0; i < Tries; i++)
        {
            transport.SendTo(question.Span);
            try
            {
                return await WithTimeout(1, async _ =>
                {
                    byte[] reply;
                    do
                    {
                        reply = await replies.Received.Get();
                    }
                    while (!reply.AsSpan().SequenceEqual(question.Span));
                    return reply;
                });
            }
            catch (TimeoutException)
            {
            }
        }

        throw replies.Error ?? new IOException("Nothing comes back.");
    }

    private sealed class Replies : DatagramProtocol
    {
        public AsyncQueue<byte[]> Received { get; } = new();

        public Exception? Error { get; private set; }

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address) => Received.PutNoWait(data.ToArray());

        public override void ErrorReceived(Exception exception) => Error = exception;
    }
}
