namespace Tulip;

/// <summary>What a stream's transport tells (<c>asyncio.Protocol</c>).</summary>
/// <remarks>
/// The order of the callbacks: <see cref="ConnectionMade(Transport)"/>, then <see cref="DataReceived"/> any number of times, then
/// <see cref="EofReceived"/> at most once, then <see cref="BaseProtocol.ConnectionLost"/>. The loop's exception handler is told
/// of an exception in any of them; one in <see cref="DataReceived"/> or <see cref="EofReceived"/> breaks the connection.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class Protocol : BaseProtocol
{
    /// <summary>The same as <see cref="ConnectionMade(Transport)"/>, which is the one to override.</summary>
    public sealed override void ConnectionMade(BaseTransport transport) => ConnectionMade((Transport)transport);

    /// <inheritdoc cref="BaseProtocol.ConnectionMade"/>
    public virtual void ConnectionMade(Transport transport)
    {
    }

    /// <summary>Bytes have come, in order, at least one (<c>data_received</c>). How they are cut into calls means nothing.</summary>
    /// <param name="data">The bytes, lent until the callback returns.</param>
    public virtual void DataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>The same as <see cref="DataReceived"/>, for who hands the bytes on as memory. Lent in the same way.</summary>
    internal virtual void DataLent(ReadOnlyMemory<byte> data) => DataReceived(data.Span);

    /// <summary>The peer will send nothing more (<c>eof_received</c>).</summary>
    /// <returns>True to keep the transport open, for writing; false, the default, to have it closed.</returns>
    public virtual bool EofReceived() => false;
}
