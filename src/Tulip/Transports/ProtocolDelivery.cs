namespace Tulip;

/// <summary>Gives received bytes to either kind of stream protocol.</summary>
internal static class ProtocolDelivery
{
    public static void Deliver(BaseProtocol protocol, ReadOnlySpan<byte> bytes)
    {
        if (protocol is Protocol plain)
        {
            plain.DataReceived(bytes);
            return;
        }

        var buffered = (BufferedProtocol)protocol;
        while (!bytes.IsEmpty)
        {
            var buffer = buffered.GetBuffer(bytes.Length);
            if (buffer.IsEmpty)
                throw new InvalidOperationException("GetBuffer() returned an empty buffer.");

            var count = Math.Min(buffer.Length, bytes.Length);
            bytes[..count].CopyTo(buffer.Span);
            buffered.BufferUpdated(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Tells the end; what the protocol answers.</summary>
    public static bool DeliverEof(BaseProtocol protocol)
        => protocol is Protocol plain ? plain.EofReceived() : ((BufferedProtocol)protocol).EofReceived();
}
