using System.Net;
using System.Net.Sockets;

namespace Tulip;

/// <summary>One end of a way to exchange bytes, as its owner sees it (<c>asyncio.BaseTransport</c>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public abstract class BaseTransport
{
    /// <summary>The name under which <see cref="GetExtraInfo"/> gives the peer's <see cref="EndPoint"/>.</summary>
    public const string PeerName = "peername";

    /// <summary>The name under which <see cref="GetExtraInfo"/> gives the transport's own <see cref="EndPoint"/>.</summary>
    public const string SockName = "sockname";

    /// <summary>The name under which <see cref="GetExtraInfo"/> gives a view of the <see cref="System.Net.Sockets.Socket"/>.</summary>
    public const string SocketName = "socket";

    /// <summary>The name under which <see cref="GetExtraInfo"/> gives a view of a pipe, a
    /// <see cref="Microsoft.Win32.SafeHandles.SafeFileHandle"/> that does not own it; of the transports of pipes.</summary>
    public const string PipeName = "pipe";

    /// <summary>Whether the transport is closed or is being closed (<c>is_closing</c>).</summary>
    public abstract bool IsClosing { get; }

    /// <summary>The peer's address; null if it has none. Once the connection is lost, only if it was asked for before.</summary>
    public EndPoint? RemoteEndPoint => GetExtraInfo(PeerName) as EndPoint;

    /// <summary>The transport's own address; null if it has none. Once the connection is lost, only if it was asked for before.</summary>
    public EndPoint? LocalEndPoint => GetExtraInfo(SockName) as EndPoint;

    /// <summary>A view of the socket, for options that have no method here; null if there is none, or it is closed.
    /// The view does not own the socket: closing it closes nothing.</summary>
    public Socket? Socket => GetExtraInfo(SocketName) as Socket;

    /// <summary>Closes the transport: what was written still leaves, nothing more is read, and then the protocol's
    /// <see cref="BaseProtocol.ConnectionLost"/> is called with null (<c>close</c>). Closing twice is harmless.</summary>
    public abstract void Close();

    /// <summary>Tells the callbacks of another protocol from now on (<c>set_protocol</c>).</summary>
    /// <param name="protocol">A protocol of a kind that the transport can serve.</param>
    /// <exception cref="ArgumentException">The transport cannot serve a protocol of this kind.</exception>
    public abstract void SetProtocol(BaseProtocol protocol);

    /// <summary>The protocol whose callbacks are told (<c>get_protocol</c>).</summary>
    public abstract BaseProtocol GetProtocol();

    /// <summary>Something that the transport knows about itself, by asyncio's names (<c>get_extra_info</c>).</summary>
    /// <param name="name"><see cref="PeerName"/>, <see cref="SockName"/>, <see cref="SocketName"/>, or a name of the kind of transport.</param>
    /// <returns>Null for what it does not know.</returns>
    public virtual object? GetExtraInfo(string name) => null;
}
