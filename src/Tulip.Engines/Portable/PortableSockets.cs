// PortableSockets: the engine's sockets by System.Net.Sockets.
// Thread: the engine's.  Owns nothing: sockets belong to the engine's table.
//   .NET's options are not everywhere the system's: on Unix its ReuseAddress is SO_REUSEPORT, and SO_REUSEADDR is set
//   by every bind; an IPv6 socket is made for IPv6 only. Here each option is what its name says, as in the other engines.
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Tulip.Engines.Linux;

namespace Tulip.Engines.Portable;

internal sealed class PortableSockets(PortableEngine engine) : IIoSockets
{
    public IoHandle Open(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(family, type, protocol);
        try
        {
            socket.Blocking = false;
            if (family == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            return engine.Add(new PortableSocket(socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public IoHandle Adopt(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var own = Copy(socket);
        own.Blocking = false;
        socket.Dispose();
        return engine.Add(new PortableSocket(own));
    }

    public Socket Export(IoHandle handle)
    {
        // The object itself: nothing has to be duplicated, which not every system can.
        var socket = engine.Live(handle);
        socket.IsOthers = true;
        return socket.Socket;
    }

    // Not a duplicate: .NET leaves a closed one registered with the system while another one is open, and the next that gets its
    // number cannot be registered; on Windows a socket that was waited for stays with the object by which it was.
    public IoHandle Borrow(Socket listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        listener.Blocking = false;
        return engine.Add(new PortableSocket(listener) { IsOthers = true });
    }

    public void Bind(IoHandle handle, EndPoint localEndPoint)
    {
        ArgumentNullException.ThrowIfNull(localEndPoint);
        var socket = engine.Live(handle);
        if (localEndPoint is UnixDomainSocketEndPoint)
            BindPath(socket, localEndPoint);
        else
            socket.Socket.Bind(localEndPoint);
    }

    public void Listen(IoHandle handle, int backlog)
    {
        var socket = engine.Live(handle);
        socket.Socket.Listen(backlog);
        socket.IsListener = true;
    }

    public EndPoint? LocalEndPoint(IoHandle handle) => NameOf(engine.Live(handle).Socket, static socket => socket.LocalEndPoint);

    public EndPoint? RemoteEndPoint(IoHandle handle) => NameOf(engine.Live(handle).Socket, static socket => socket.RemoteEndPoint);

    public void SetOption(IoHandle handle, IoSocketOption option, int value)
    {
        var socket = engine.Live(handle);
        Set(socket.Socket, option, value);
        if (option is IoSocketOption.NoDelay or IoSocketOption.KeepAlive or IoSocketOption.SendBuffer or IoSocketOption.ReceiveBuffer)
            socket.Inherited.Add((option, value));
    }

    public void ShutdownSend(IoHandle handle)
    {
        try
        {
            engine.Live(handle).Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NotConnected)
        {
            // As it was.
        }
    }

    public Socket? View(IoHandle handle) => new(new SafeSocketHandle(engine.Live(handle).Socket.Handle, ownsHandle: false));

    /// <summary>A connection that was accepted; Linux has given it its listener's options.</summary>
    internal static PortableSocket Accepted(Socket socket, PortableSocket listener)
    {
        socket.Blocking = false;
        if (!OperatingSystem.IsLinux())
        {
            foreach (var (option, value) in listener.Inherited)
                TrySet(socket, option, value);
        }

        return new PortableSocket(socket);
    }

    // A socket of .NET's that has bound a path deletes it when it is closed, whosever the file is by then. Here one that does
    // not own the descriptor binds, and is forgotten; the owner is made anew, and knows only that it is bound.
    private static void BindPath(PortableSocket socket, EndPoint path)
    {
        var descriptor = socket.Socket.SafeHandle;
        var binder = new Socket(new SafeSocketHandle(descriptor.DangerousGetHandle(), ownsHandle: false));
        GC.SuppressFinalize(binder);
        binder.Bind(path);
        var owner = new Socket(descriptor) { Blocking = false };
        GC.SuppressFinalize(socket.Socket);
        socket.Socket = owner;
    }

    // Another socket object for the same socket. On Windows the old one is closed by it.
    private static Socket Copy(Socket socket)
        => OperatingSystem.IsWindows() ? MoveOnWindows(socket)
            : OperatingSystem.IsLinux() ? new Socket(new SafeSocketHandle(LinuxSockets.Duplicate(socket), ownsHandle: true))
            : throw new NotSupportedException("The portable engine takes over sockets on Linux and Windows only.");

    [SupportedOSPlatform("windows")]
    private static Socket MoveOnWindows(Socket socket) => new(socket.DuplicateAndClose(Environment.ProcessId));

    private static EndPoint? NameOf(Socket socket, Func<Socket, EndPoint?> ask)
    {
        try
        {
            return ask(socket);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // The peer may be gone already: its socket then takes no options.
    private static void TrySet(Socket socket, IoSocketOption option, int value)
    {
        try
        {
            Set(socket, option, value);
        }
        catch (SocketException)
        {
        }
    }

    private static void Set(Socket socket, IoSocketOption option, int value)
    {
        switch (option)
        {
            case IoSocketOption.NoDelay:
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.NoDelay, value);
                break;
            case IoSocketOption.KeepAlive:
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, value);
                break;
            case IoSocketOption.ReuseAddress:
                SetReuse(socket, linuxName: 2, bsdName: 0x0004, value);
                break;
            case IoSocketOption.ReusePort when OperatingSystem.IsWindows():
                throw new SocketException((int)SocketError.OperationNotSupported);
            case IoSocketOption.ReusePort:
                SetReuse(socket, linuxName: 15, bsdName: 0x0200, value);
                break;
            case IoSocketOption.IPv6Only:
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.IPv6Only, value);
                break;
            case IoSocketOption.SendBuffer:
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.SendBuffer, value);
                break;
            case IoSocketOption.ReceiveBuffer:
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer, value);
                break;
            case IoSocketOption.Broadcast:
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Broadcast, value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(option), option, "No such option.");
        }
    }

    // On Windows a listener may always take an address whose old connections linger, and the option of that name lets
    // it take one that somebody else listens on: there it is left alone.
    private static void SetReuse(Socket socket, int linuxName, int bsdName, int value)
    {
        if (OperatingSystem.IsWindows())
            return;

        var (level, name) = OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? (1, linuxName) : (0xffff, bsdName);
        socket.SetRawSocketOption(level, name, BitConverter.GetBytes(value));
    }
}
