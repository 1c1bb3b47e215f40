// HttpPipe: heads and bodies from a reader, one after the other.
// Thread: the loop's.
//   1. It takes nothing beyond the end of the message: what is behind it is the next one's.
//   2. A body goes through in pieces, each when the one before it has left: a slow reader costs a piece of memory.
using System.Buffers;
using System.Globalization;
using System.Text;
using Tulip;

namespace ChaosProxy;

/// <summary>Reads messages of HTTP off a connection.</summary>
/// <param name="reader">The connection's reader.</param>
/// <param name="pieceSize">How much of a body is passed on at a time, in bytes.</param>
internal sealed class HttpPipe(AsyncStreamReader reader, int pieceSize)
{
    private static readonly byte[][] s_headEnds = ["\r\n\r\n"u8.ToArray(), "\n\n"u8.ToArray()];

    /// <summary>The bytes of the next head, or null if the connection has ended in order.</summary>
    /// <exception cref="LimitOverrunException">The head is too long.</exception>
    /// <exception cref="IncompleteReadException">The connection ended within it.</exception>
    public async Coroutine<byte[]?> ReadHead()
    {
        try
        {
            // Empty lines before a request are no request.
            byte[] bytes;
            do
            {
                bytes = await reader.ReadUntil(s_headEnds);
            }
            while (bytes.AsSpan().IndexOfAnyExcept("\r\n"u8) < 0);
            return bytes;
        }
        catch (IncompleteReadException exception) when (exception.Partial.AsSpan().IndexOfAnyExcept("\r\n"u8) < 0)
        {
            return null;
        }
    }

    /// <summary>Passes a body on.</summary>
    /// <param name="framing">How it is framed; it is passed on as it is.</param>
    /// <param name="writer">Where to; null to drop it.</param>
    /// <param name="onPiece">Told how many bytes each piece has.</param>
    /// <exception cref="IncompleteReadException">The connection ended within it.</exception>
    /// <exception cref="InvalidDataException">It is not framed as it should be.</exception>
    public async Coroutine Pass(BodyFraming framing, AsyncStreamWriter? writer, Action<int> onPiece)
    {
        switch (framing.Kind)
        {
            case BodyKind.Length:
                await PassLength(framing.Length, writer, onPiece);
                break;
            case BodyKind.Chunked:
                await PassChunks(writer, onPiece);
                break;
            case BodyKind.UntilClose:
                await PassLength(null, writer, onPiece);
                break;
        }
    }

    /// <param name="length">Null for all until the connection ends.</param>
    private async Coroutine PassLength(long? length, AsyncStreamWriter? writer, Action<int> onPiece)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(pieceSize);
        try
        {
            var left = length ?? long.MaxValue;
            while (left > 0)
            {
                var count = await reader.ReadInto(buffer.AsMemory(0, (int)Math.Min(left, pieceSize)));
                if (count == 0)
                {
                    if (length is null)
                        return;
                    throw new IncompleteReadException([], (int)Math.Min(left, int.MaxValue));
                }

                left -= count;
                await Forward(buffer.AsMemory(0, count), writer, onPiece);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Coroutine PassChunks(AsyncStreamWriter? writer, Action<int> onPiece)
    {
        while (true)
        {
            var line = await ReadLine();
            await Forward(line, writer, onPiece);
            var size = ChunkSize(line);
            if (size == 0)
                break;

            await PassLength(size, writer, onPiece);
            var end = await ReadLine();
            if (end.AsSpan().IndexOfAnyExcept("\r\n"u8) >= 0)
                throw new InvalidDataException("a chunk is longer than it says");
            await Forward(end, writer, onPiece);
        }

        byte[] trailer;
        do
        {
            trailer = await ReadLine();
            await Forward(trailer, writer, onPiece);
        }
        while (trailer.AsSpan().IndexOfAnyExcept("\r\n"u8) >= 0);
    }

    private async Coroutine<byte[]> ReadLine()
    {
        var line = await reader.ReadLine();
        return line is [.., (byte)'\n'] ? line : throw new IncompleteReadException(line, null);
    }

    private static long ChunkSize(byte[] line)
    {
        var text = Encoding.Latin1.GetString(line).Split(';', 2)[0].Trim();
        return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? size
            : throw new InvalidDataException("a chunk has no size");
    }

    private static async Coroutine Forward(ReadOnlyMemory<byte> piece, AsyncStreamWriter? writer, Action<int> onPiece)
    {
        onPiece(piece.Length);
        if (writer is null)
            return;

        writer.Write(piece.Span);
        await writer.Drain();
    }
}
