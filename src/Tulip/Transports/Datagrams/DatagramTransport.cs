using System.Net;

namespace Tulip;

/// <summary>A datagram endpoint as its owner sees it (<c>asyncio.DatagramTransport</c>, with the flow control that asyncio's has too).</summary>
/// <remarks>
/// Datagrams may be lost, doubled or overtaken on their way: nobody is told. A transport calls its protocol:
/// <see cref="BaseProtocol.ConnectionMade"/> first, then what is received, and <see cref="BaseProtocol.ConnectionLost"/> once, at the end.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class DatagramTransport : BaseTransport
{
    /// <summary>Whether the protocol is told what is received: not while reading is paused, nor once the transport is
    /// closing (<c>is_reading</c>).</summary>
    public abstract bool IsReading { get; }

    /// <summary>Sends a datagram, without waiting: it is copied, and leaves with what else is sent in the same pass of the
    /// loop, in order (<c>sendto</c>).</summary>
    /// <remarks>
    /// If it cannot be sent, as one that is too long, the protocol's <see cref="DatagramProtocol.ErrorReceived"/> is told in the next
    /// pass, and the others leave. What has no room yet is kept; see <see cref="SetWriteBufferLimits"/>. Once the transport is closing,
    /// datagrams are dropped without an error; the loop's exception handler is told of such a call after five of them.
    /// </remarks>
    /// <param name="data">The datagram; it may be empty.</param>
    /// <param name="address">Where to; null for the endpoint's remote address. No <see cref="DnsEndPoint"/>: resolve it first
    /// (<c>GetAddrInfo</c>).</param>
    /// <exception cref="ArgumentException">The endpoint has another remote address, or this is no address.</exception>
    /// <exception cref="InvalidOperationException">The endpoint has no remote address, and none was given.</exception>
    public abstract void SendTo(ReadOnlySpan<byte> data, EndPoint? address = null);

    /// <summary>Stops telling the protocol what is received: the system keeps what it has room for, and drops the rest
    /// (<c>pause_reading</c>). Pausing twice, or a transport that is closing, is harmless.</summary>
    public abstract void PauseReading();

    /// <summary>Goes on telling the protocol what is received (<c>resume_reading</c>). Harmless if it was not paused.</summary>
    public abstract void ResumeReading();

    /// <summary>Closes the transport at once: what has not left yet is dropped, and then the protocol's
    /// <see cref="BaseProtocol.ConnectionLost"/> is called with null (<c>abort</c>).</summary>
    public abstract void Abort();

    /// <summary>How many bytes have not left yet, each datagram counted with 8 more (<c>get_write_buffer_size</c>).</summary>
    public abstract int GetWriteBufferSize();

    /// <inheritdoc cref="Transport.SetWriteBufferLimits"/>
    public abstract void SetWriteBufferLimits(int? high = null, int? low = null);

    /// <inheritdoc cref="Transport.GetWriteBufferLimits"/>
    public abstract (int Low, int High) GetWriteBufferLimits();
}
