using System.Net.Sockets;

namespace Tulip.Engines;

/// <summary>Why an operation failed: Linux's error numbers, in every engine.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class IoError
{
    /// <summary>The operation was not permitted (EPERM).</summary>
    public const int NotPermitted = 1;

    /// <summary>There is no such file (ENOENT).</summary>
    public const int NoEntry = 2;

    /// <summary>A signal came first (EINTR).</summary>
    public const int Interrupted = 4;

    /// <summary>The descriptor is closed (EBADF).</summary>
    public const int BadDescriptor = 9;

    /// <summary>Not now (EAGAIN).</summary>
    public const int Again = 11;

    /// <summary>Out of memory (ENOMEM).</summary>
    public const int NoMemory = 12;

    /// <summary>Permission denied (EACCES).</summary>
    public const int AccessDenied = 13;

    /// <summary>An argument is wrong (EINVAL).</summary>
    public const int InvalidArgument = 22;

    /// <summary>The system has too many open files (ENFILE).</summary>
    public const int TooManyOpenFilesInSystem = 23;

    /// <summary>The process has too many open files (EMFILE).</summary>
    public const int TooManyOpenFiles = 24;

    /// <summary>The file is larger than allowed (EFBIG).</summary>
    public const int FileTooBig = 27;

    /// <summary>There is no space left on the disk (ENOSPC).</summary>
    public const int NoSpace = 28;

    /// <summary>Nobody reads any more (EPIPE).</summary>
    public const int BrokenPipe = 32;

    /// <summary>The system has no such call (ENOSYS).</summary>
    public const int NoSystemCall = 38;

    /// <summary>The descriptor is no socket (ENOTSOCK).</summary>
    public const int NotSocket = 88;

    /// <summary>The message is too long (EMSGSIZE).</summary>
    public const int MessageTooLong = 90;

    /// <summary>Not supported (EOPNOTSUPP).</summary>
    public const int NotSupported = 95;

    /// <summary>The address family is not supported (EAFNOSUPPORT).</summary>
    public const int AddressFamilyNotSupported = 97;

    /// <summary>The address is in use (EADDRINUSE).</summary>
    public const int AddressInUse = 98;

    /// <summary>The address is not this machine's (EADDRNOTAVAIL).</summary>
    public const int AddressNotAvailable = 99;

    /// <summary>The network is down (ENETDOWN).</summary>
    public const int NetworkDown = 100;

    /// <summary>No way to that network (ENETUNREACH).</summary>
    public const int NetworkUnreachable = 101;

    /// <summary>The connection was aborted (ECONNABORTED).</summary>
    public const int ConnectionAborted = 103;

    /// <summary>The peer reset the connection (ECONNRESET).</summary>
    public const int ConnectionReset = 104;

    /// <summary>No buffer space (ENOBUFS).</summary>
    public const int NoBufferSpace = 105;

    /// <summary>Connected already (EISCONN).</summary>
    public const int AlreadyConnected = 106;

    /// <summary>Not connected (ENOTCONN).</summary>
    public const int NotConnected = 107;

    /// <summary>Sending was shut down (ESHUTDOWN).</summary>
    public const int Shutdown = 108;

    /// <summary>It took too long (ETIMEDOUT).</summary>
    public const int TimedOut = 110;

    /// <summary>Nobody listens there (ECONNREFUSED).</summary>
    public const int ConnectionRefused = 111;

    /// <summary>No way to that host (EHOSTUNREACH).</summary>
    public const int HostUnreachable = 113;

    /// <summary>It has begun and is not over (EINPROGRESS).</summary>
    public const int InProgress = 115;

    /// <summary>It was cancelled (ECANCELED).</summary>
    public const int Canceled = 125;

    // Both ways from one table: what a socket can fail with.
    private static readonly (int Number, SocketError Error)[] s_table =
    [
        (NotPermitted, SocketError.AccessDenied),
        (NoEntry, SocketError.AddressNotAvailable),
        (Interrupted, SocketError.Interrupted),
        (BadDescriptor, SocketError.OperationAborted),
        (Again, SocketError.WouldBlock),
        (NoMemory, SocketError.NoBufferSpaceAvailable),
        (AccessDenied, SocketError.AccessDenied),
        (InvalidArgument, SocketError.InvalidArgument),
        (TooManyOpenFilesInSystem, SocketError.TooManyOpenSockets),
        (TooManyOpenFiles, SocketError.TooManyOpenSockets),
        (BrokenPipe, SocketError.Shutdown),
        (NotSocket, SocketError.NotSocket),
        (MessageTooLong, SocketError.MessageSize),
        (NotSupported, SocketError.OperationNotSupported),
        (AddressFamilyNotSupported, SocketError.AddressFamilyNotSupported),
        (AddressInUse, SocketError.AddressAlreadyInUse),
        (AddressNotAvailable, SocketError.AddressNotAvailable),
        (NetworkDown, SocketError.NetworkDown),
        (NetworkUnreachable, SocketError.NetworkUnreachable),
        (ConnectionAborted, SocketError.ConnectionAborted),
        (ConnectionReset, SocketError.ConnectionReset),
        (NoBufferSpace, SocketError.NoBufferSpaceAvailable),
        (AlreadyConnected, SocketError.IsConnected),
        (NotConnected, SocketError.NotConnected),
        (Shutdown, SocketError.Shutdown),
        (TimedOut, SocketError.TimedOut),
        (ConnectionRefused, SocketError.ConnectionRefused),
        (HostUnreachable, SocketError.HostUnreachable),
        (InProgress, SocketError.InProgress),
        (Canceled, SocketError.OperationAborted),
    ];

    /// <summary>The exception for a failed result.</summary>
    /// <param name="result">A completion's result: an error number, negated.</param>
    public static SocketException ToException(int result) => new((int)ToSocketError(-result));

    /// <summary>.NET's name for an error number; <see cref="SocketError.SocketError"/> if it has none.</summary>
    public static SocketError ToSocketError(int number)
    {
        foreach (var (known, error) in s_table)
        {
            if (known == number)
                return error;
        }

        return SocketError.SocketError;
    }

    /// <summary>The error number for what .NET's sockets report; EINVAL if there is none.</summary>
    public static int FromSocketError(SocketError error)
    {
        switch (error)
        {
            // .NET has one name for several numbers: these are what a socket's operations end with.
            case SocketError.OperationAborted:
                return Canceled;
            case SocketError.Shutdown:
                return BrokenPipe;
            case SocketError.AccessDenied:
                return AccessDenied;
            case SocketError.AddressNotAvailable:
                return AddressNotAvailable;
            case SocketError.NoBufferSpaceAvailable:
                return NoBufferSpace;
            case SocketError.TooManyOpenSockets:
                return TooManyOpenFiles;
        }

        foreach (var (number, known) in s_table)
        {
            if (known == error)
                return number;
        }

        return InvalidArgument;
    }
}
