using System.Net;

namespace Tulip;

/// <summary>What a datagram endpoint's transport tells (<c>asyncio.DatagramProtocol</c>).</summary>
/// <remarks>
/// The order of the callbacks: <see cref="ConnectionMade(DatagramTransport)"/>, then <see cref="DatagramReceived"/> and
/// <see cref="ErrorReceived"/> any number of times, then <see cref="BaseProtocol.ConnectionLost"/>. The loop's exception handler
/// is told of an exception in any of them, and the endpoint goes on.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class DatagramProtocol : BaseProtocol
{
    /// <summary>The same as <see cref="ConnectionMade(DatagramTransport)"/>, which is the one to override.</summary>
    public sealed override void ConnectionMade(BaseTransport transport) => ConnectionMade((DatagramTransport)transport);

    /// <inheritdoc cref="BaseProtocol.ConnectionMade"/>
    public virtual void ConnectionMade(DatagramTransport transport)
    {
    }

    /// <summary>A datagram has come, whole (<c>datagram_received</c>).</summary>
    /// <param name="data">The datagram, which may be empty; lent until the callback returns.</param>
    /// <param name="address">Who sent it: for <see cref="DatagramTransport.SendTo"/>, or to keep. The same sender usually comes as the
    /// same object, so do not change it. Null if the sender has no address, as a Unix socket that is bound to no path.</param>
    public virtual void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address)
    {
    }

    /// <summary>A datagram could not be sent, or the network reports that one did not arrive (<c>error_received</c>).</summary>
    /// <remarks>The endpoint goes on. Only an endpoint with a remote address hears from the network, that nobody listens there.</remarks>
    /// <param name="exception">Usually a <see cref="System.Net.Sockets.SocketException"/>.</param>
    public virtual void ErrorReceived(Exception exception)
    {
    }
}
