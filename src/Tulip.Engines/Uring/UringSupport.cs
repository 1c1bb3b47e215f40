// UringSupport: whether io_uring works here, why it does not, and what else the kernel has to be asked outside the ring.
// Thread: any.
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal static unsafe class UringSupport
{
    private const string Setting = "/proc/sys/kernel/io_uring_disabled";
    private const int NoSystemCall = -38;

    /// <summary>Makes a port.</summary>
    /// <exception cref="PlatformNotSupportedException">io_uring does not work here.</exception>
    public static UringPort Open(UringOptions options)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("io_uring is Linux's; use the portable engine here.");

        var error = UringPort.TryCreate(options, out var port);
        return error >= 0 ? port! : throw new PlatformNotSupportedException(Explain(error));
    }

    /// <summary>Why there is no ring, and what to do.</summary>
    public static string Explain(int error)
    {
        var reason = error switch
        {
            NoSystemCall => "the kernel has none, or a filter of system calls (seccomp) hides it. Containers do that by default: allow io_uring_setup, io_uring_enter and io_uring_register",
            -IoError.NotPermitted or -IoError.AccessDenied when IsSwitchedOff() => $"it is switched off: {Setting} must be 0",
            -IoError.NotPermitted or -IoError.AccessDenied => "a filter of system calls (seccomp) or a security module forbids it. Containers do that by default: allow io_uring_setup, io_uring_enter and io_uring_register",
            -IoError.NoMemory => "there is no memory for its rings: raise the limit of locked memory (ulimit -l, RLIMIT_MEMLOCK) or the control group's",
            -IoError.TooManyOpenFiles or -IoError.TooManyOpenFilesInSystem => "too many files are open: raise the limit (ulimit -n)",
            -IoError.InvalidArgument or -IoError.NotSupported => "this kernel is too old: 6.0 is needed",
            _ => $"the kernel refused it with error {-error}",
        };
        return $"io_uring does not work here: {reason}. Or use the engine \"epoll\" (TULIP_ENGINE=epoll), which can do the same.";
    }

    /// <summary>Refuses descriptors for which there is nothing to wait.</summary>
    /// <exception cref="NotSupportedException">The descriptor is always ready.</exception>
    /// <exception cref="ArgumentException">There is no such descriptor.</exception>
    public static void CheckCanBePolled(int descriptor)
    {
        // A poll request does not tell files that are always ready from those that happen to be; epoll does.
        var epoll = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        if (epoll < 0)
            throw IoError.ToException(LibC.LastError);

        var change = stackalloc byte[EpollEvents.Size];
        new EpollEvents(change).Set(0, LibC.EPOLLONESHOT, 0);
        var error = LibC.epoll_ctl(epoll, LibC.EPOLL_CTL_ADD, descriptor, change) < 0 ? LibC.LastError : 0;
        _ = LibC.close(epoll);
        if (error < 0)
            throw LinuxSockets.NotWatchable(descriptor, error);
    }

    private static bool IsSwitchedOff()
    {
        try
        {
            return File.Exists(Setting) && File.ReadAllText(Setting).Trim() != "0";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
