// ProtocolDelivery: gives what a transport received to its protocol, of either kind. Every transport delivers by it.
// Thread: the loop's.
//   1. A Protocol takes all it is given. A BufferedProtocol takes what fits into its memory, again and again; before each time
//      the transport is asked whether it still reads and whose turn it is: a callback may have paused, closed or replaced.
//   2. Exceptions are the transport's to catch.
namespace Tulip;

internal static class ProtocolDelivery
{
    /// <summary>Gives bytes to the transport's protocol; returns how many were taken, fewer only if reading ended meanwhile.</summary>
    public static int Deliver(Transport transport, ReadOnlyMemory<byte> bytes)
    {
        if (transport.GetProtocol() is not Protocol plain)
            return DeliverBuffered(transport, bytes.Span);

        plain.DataLent(bytes);
        return bytes.Length;
    }

    /// <summary>Tells the end; whether the protocol wants to keep the transport open.</summary>
    public static bool DeliverEof(BaseProtocol protocol)
        => protocol is Protocol plain ? plain.EofReceived() : ((BufferedProtocol)protocol).EofReceived();

    private static int DeliverBuffered(Transport transport, ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && transport.IsReading)
        {
            if (transport.GetProtocol() is not BufferedProtocol protocol)
            {
                // It was replaced half-way.
                ((Protocol)transport.GetProtocol()).DataReceived(bytes[taken..]);
                return bytes.Length;
            }

            var buffer = protocol.GetBuffer(bytes.Length - taken);
            if (buffer.IsEmpty)
                throw new InvalidOperationException("GetBuffer() returned an empty buffer.");

            var count = Math.Min(buffer.Length, bytes.Length - taken);
            bytes.Slice(taken, count).CopyTo(buffer.Span);
            taken += count;
            protocol.BufferUpdated(count);
        }

        return taken;
    }
}
