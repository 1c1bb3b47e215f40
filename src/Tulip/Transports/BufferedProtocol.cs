namespace Tulip;

/// <summary>What a stream's transport tells to a protocol that has memory of its own for what is received
/// (<c>asyncio.BufferedProtocol</c>).</summary>
/// <remarks>
/// The order of the callbacks is that of <see cref="Protocol"/>, with <see cref="GetBuffer"/> and <see cref="BufferUpdated"/> in pairs in the
/// place of <see cref="Protocol.DataReceived"/>.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class BufferedProtocol : BaseProtocol
{
    /// <summary>The same as <see cref="ConnectionMade(Transport)"/>, which is the one to override.</summary>
    public sealed override void ConnectionMade(BaseTransport transport) => ConnectionMade((Transport)transport);

    /// <inheritdoc cref="BaseProtocol.ConnectionMade"/>
    public virtual void ConnectionMade(Transport transport)
    {
    }

    /// <summary>Memory for bytes that have come (<c>get_buffer</c>).</summary>
    /// <param name="sizeHint">How many bytes there are; the memory may be shorter, then there will be another call, or longer.
    /// -1 if it is not known.</param>
    /// <returns>At least one byte; the transport uses it until the matching <see cref="BufferUpdated"/> only.</returns>
    public abstract Memory<byte> GetBuffer(int sizeHint);

    /// <summary>Bytes have been put at the start of the memory that <see cref="GetBuffer"/> gave (<c>buffer_updated</c>).</summary>
    /// <param name="count">How many; at least one.</param>
    public abstract void BufferUpdated(int count);

    /// <inheritdoc cref="Protocol.EofReceived"/>
    public virtual bool EofReceived() => false;
}
