using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines;

/// <summary>An engine's sockets outside their operations: opening them, naming them, setting their options.</summary>
/// <remarks>
/// <para>Every method throws <see cref="ObjectDisposedException"/> for a closed handle and <see cref="SocketException"/>
/// if the operating system refuses.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public interface IIoSockets
{
    /// <summary>Opens a socket that does not block and is not inherited by child processes.</summary>
    IoHandle Open(AddressFamily family, SocketType type, ProtocolType protocol);

    /// <summary>Takes over a socket: the engine closes it from now on, and <paramref name="socket"/> no longer does.</summary>
    /// <exception cref="NotSupportedException">The engine has no real sockets.</exception>
    IoHandle Adopt(Socket socket);

    /// <summary>A socket of the caller's own for the same connection or listener, for another engine's <see cref="Adopt"/>.</summary>
    /// <remarks>The handle is of no more use then, and still to be closed. No operation of it may be in flight.</remarks>
    /// <exception cref="NotSupportedException">The engine has no real sockets, or cannot let go of one here.</exception>
    Socket Export(IoHandle handle);

    /// <summary>Uses a listening socket that stays the caller's: closing the handle, or the engine, ends its operations, and the
    /// socket goes on listening, for another engine's <see cref="Borrow"/>. What it has accepted belongs to the engine.</summary>
    /// <param name="listener">One that <see cref="Export"/> gave, or of the caller's own. It must not be disposed of before the handle is closed.</param>
    /// <exception cref="NotSupportedException">The engine has no real sockets.</exception>
    IoHandle Borrow(Socket listener);

    /// <summary>Gives the socket an address. For a Unix socket that is a path, made by the call.</summary>
    void Bind(IoHandle handle, EndPoint localEndPoint);

    /// <summary>Lets clients connect.</summary>
    /// <param name="handle">A bound socket.</param>
    /// <param name="backlog">How many connections may wait to be accepted.</param>
    void Listen(IoHandle handle, int backlog);

    /// <summary>The socket's own address.</summary>
    EndPoint? LocalEndPoint(IoHandle handle);

    /// <summary>The peer's address; null if there is none (any more).</summary>
    EndPoint? RemoteEndPoint(IoHandle handle);

    /// <summary>Sets an option. Accepted connections inherit <see cref="IoSocketOption.NoDelay"/>,
    /// <see cref="IoSocketOption.KeepAlive"/> and the buffer sizes of their listener.</summary>
    void SetOption(IoHandle handle, IoSocketOption option, int value);

    /// <summary>Ends the sending half of a connection: the peer reads the end of the stream. An unconnected socket is left as it is.</summary>
    void ShutdownSend(IoHandle handle);

    /// <summary>A view of the socket for options that have no method here; it does not own it. Null if the engine has no real sockets.</summary>
    Socket? View(IoHandle handle);
}
