// LinuxSockets: the engines' sockets by system calls, for epoll and io_uring alike.
// Thread: the engine's.  Owns nothing: descriptors belong to the engine's table.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

internal sealed unsafe class LinuxSockets(IDescriptorTable table) : IIoSockets
{
    public IoHandle Open(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var domain = family switch
        {
            AddressFamily.Unix => LibC.AF_UNIX,
            AddressFamily.InterNetwork => LibC.AF_INET,
            AddressFamily.InterNetworkV6 => LibC.AF_INET6,
            _ => throw new SocketException((int)SocketError.AddressFamilyNotSupported),
        };
        var kind = type switch
        {
            SocketType.Stream => LibC.SOCK_STREAM,
            SocketType.Dgram => LibC.SOCK_DGRAM,
            _ => throw new SocketException((int)SocketError.SocketNotSupported),
        };
        var number = protocol == ProtocolType.Unspecified ? 0 : (int)protocol;
        return table.Add(Checked(LibC.socket(domain, kind | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, number)));
    }

    public IoHandle Adopt(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var handle = table.Add(Duplicate(socket));
        socket.Dispose();
        return handle;
    }

    public Socket Export(IoHandle handle)
        => new(new SafeSocketHandle(Checked(LibC.fcntl(table.Descriptor(handle), LibC.F_DUPFD_CLOEXEC, 0)), ownsHandle: true));

    public IoHandle Borrow(Socket listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return table.Add(Duplicate(listener));
    }

    public void Bind(IoHandle handle, EndPoint localEndPoint)
    {
        ArgumentNullException.ThrowIfNull(localEndPoint);
        var descriptor = table.Descriptor(handle);
        var address = localEndPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
            Checked(LibC.bind(descriptor, bytes, (uint)address.Size));
    }

    public void Listen(IoHandle handle, int backlog) => Checked(LibC.listen(table.Descriptor(handle), backlog));

    public EndPoint? LocalEndPoint(IoHandle handle)
    {
        var bytes = stackalloc byte[IoAddress.Capacity];
        uint length = IoAddress.Capacity;
        return LibC.getsockname(table.Descriptor(handle), bytes, &length) < 0 ? null : IoAddress.Read(new(bytes, LinuxDatagrams.LengthOf(length)));
    }

    public EndPoint? RemoteEndPoint(IoHandle handle)
    {
        var bytes = stackalloc byte[IoAddress.Capacity];
        uint length = IoAddress.Capacity;
        return LibC.getpeername(table.Descriptor(handle), bytes, &length) < 0 ? null : IoAddress.Read(new(bytes, LinuxDatagrams.LengthOf(length)));
    }

    public void SetOption(IoHandle handle, IoSocketOption option, int value)
    {
        var (level, name) = option switch
        {
            IoSocketOption.NoDelay => (LibC.IPPROTO_TCP, LibC.TCP_NODELAY),
            IoSocketOption.KeepAlive => (LibC.SOL_SOCKET, LibC.SO_KEEPALIVE),
            IoSocketOption.ReuseAddress => (LibC.SOL_SOCKET, LibC.SO_REUSEADDR),
            IoSocketOption.ReusePort => (LibC.SOL_SOCKET, LibC.SO_REUSEPORT),
            IoSocketOption.IPv6Only => (LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY),
            IoSocketOption.SendBuffer => (LibC.SOL_SOCKET, LibC.SO_SNDBUF),
            IoSocketOption.ReceiveBuffer => (LibC.SOL_SOCKET, LibC.SO_RCVBUF),
            IoSocketOption.Broadcast => (LibC.SOL_SOCKET, LibC.SO_BROADCAST),
            _ => throw new ArgumentOutOfRangeException(nameof(option), option, "No such option."),
        };
        Checked(LibC.setsockopt(table.Descriptor(handle), level, name, &value, sizeof(int)));
    }

    public void ShutdownSend(IoHandle handle)
    {
        if (LibC.shutdown(table.Descriptor(handle), LibC.SHUT_WR) < 0 && LibC.LastError != -IoError.NotConnected)
            throw IoError.ToException(LibC.LastError);
    }

    public Socket? View(IoHandle handle) => new(new SafeSocketHandle(table.Descriptor(handle), ownsHandle: false));

    /// <summary>Sends what there is room for; how much, or an error, negated.</summary>
    internal static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var count = LibC.send(descriptor, start, (nuint)bytes.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
                if (count >= 0)
                    return (int)count;
                if (LibC.LastError != -IoError.Interrupted)
                    return LibC.LastError;
            }
        }
    }

    /// <summary>The next close of a TCP connection resets it.</summary>
    internal static void ResetOnClose(int descriptor)
    {
        var linger = new Linger { OnOff = 1, Seconds = 0 };
        _ = LibC.setsockopt(descriptor, LibC.SOL_SOCKET, LibC.SO_LINGER, &linger, (uint)sizeof(Linger));
    }

    /// <summary>Begins to connect: 0, "in progress", or a failure.</summary>
    internal static int BeginConnect(int descriptor, EndPoint endPoint)
    {
        var address = endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (LibC.connect(descriptor, bytes, (uint)address.Size) >= 0)
                return 0;
        }

        // A connect that a signal interrupts goes on; a Unix listener with a full backlog says "not now" and will
        // never say more: that is an error, as it is for a blocking caller that gives up.
        var error = LibC.LastError;
        if (error == -IoError.Interrupted)
            return -IoError.InProgress;
        return error == -IoError.Again ? -IoError.ConnectionRefused : error;
    }

    /// <summary>Another descriptor of the socket, which does not block. A .NET socket cannot be made to forget its own:
    /// its disposal would wait for ever for that to be released.</summary>
    internal static int Duplicate(Socket socket)
    {
        socket.Blocking = false;
        return Checked(LibC.fcntl((int)socket.Handle, LibC.F_DUPFD_CLOEXEC, 0));
    }

    /// <summary>What a connect that was in progress has come to.</summary>
    internal static int PendingError(int descriptor)
    {
        int error;
        uint length = sizeof(int);
        return LibC.getsockopt(descriptor, LibC.SOL_SOCKET, LibC.SO_ERROR, &error, &length) < 0 ? LibC.LastError : -error;
    }

    /// <summary>The exception for a descriptor that epoll does not take.</summary>
    internal static Exception NotWatchable(int descriptor, int error) => error switch
    {
        -IoError.NotPermitted => new NotSupportedException($"Descriptor {descriptor} is always ready, as regular files are: there is nothing to wait for."),
        -IoError.BadDescriptor => new ArgumentException($"There is no descriptor {descriptor}.", nameof(descriptor)),
        _ => IoError.ToException(error),
    };

    private static int Checked(int result) => result >= 0 ? result : throw IoError.ToException(LibC.LastError);
}
