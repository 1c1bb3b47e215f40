// EpollWaiter: the epoll descriptor, and the event descriptor through which other threads end a wait.
// Thread: the engine's, but for Wake.  Owns: both descriptors, and the memory that events are written to.
using System.Runtime.InteropServices;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Epoll;

internal sealed unsafe class EpollWaiter : IDisposable
{
    private const int EventsPerWait = 256;
    private const int NoSystemCall = 38;

    private readonly int _epoll;
    private readonly WakeEvent _wake;
    private byte* _memory;
    private bool _hasNanoseconds = true;

    public EpollWaiter()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("epoll is Linux's; use the portable engine here.");

        _epoll = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        if (_epoll < 0)
            throw IoError.ToException(LibC.LastError);

        try
        {
            _wake = new WakeEvent();
        }
        catch
        {
            _ = LibC.close(_epoll);
            throw;
        }

        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(EventsPerWait * EpollEvents.Size));
        Check(Control(LibC.EPOLL_CTL_ADD, _wake.Descriptor, LibC.EPOLLIN | LibC.EPOLLET, ulong.MaxValue));
    }

    /// <summary>Changes what the kernel watches; a negated error if it refuses.</summary>
    public int Control(int operation, int descriptor, uint flags, ulong data)
    {
        var memory = stackalloc byte[EpollEvents.Size];
        new EpollEvents(memory).Set(0, flags, data);
        return LibC.epoll_ctl(_epoll, operation, descriptor, memory) < 0 ? LibC.LastError : 0;
    }

    /// <summary>Waits for events; they are good until the next call.</summary>
    public EpollEvents Wait(long timeoutNanoseconds, out int count)
    {
        count = _hasNanoseconds ? WaitNanoseconds(timeoutNanoseconds) : WaitMilliseconds(timeoutNanoseconds);
        if (count == -NoSystemCall && _hasNanoseconds)
        {
            _hasNanoseconds = false;
            count = WaitMilliseconds(timeoutNanoseconds);
        }

        // A signal came first: an early return, which the contract allows.
        if (count < 0)
        {
            if (count != -IoError.Interrupted)
                throw IoError.ToException(count);
            count = 0;
        }

        return new EpollEvents(_memory);
    }

    /// <summary>Blocks until there are events, and leaves them there. One thread, not necessarily the engine's.</summary>
    public void WaitForEvents()
    {
        var poll = new PollDescriptor { Descriptor = _epoll, Events = LibC.POLLIN };
        if (LibC.poll(&poll, 1, -1) < 0 && LibC.LastError != -IoError.Interrupted)
            throw IoError.ToException(LibC.LastError);
    }

    public void Wake() => _wake.Set();

    public void Dispose()
    {
        if (_memory is null)
            return;

        NativeMemory.Free(_memory);
        _memory = null;
        _ = LibC.close(_epoll);
        _wake.Dispose();
    }

    private int WaitNanoseconds(long timeoutNanoseconds)
    {
        if (timeoutNanoseconds == 0)
            return WaitMilliseconds(0);

        var time = new TimeSpec(Math.Max(timeoutNanoseconds, 0));
        var count = LibC.epoll_pwait2(_epoll, _memory, EventsPerWait, timeoutNanoseconds < 0 ? null : &time, null);
        return count < 0 ? LibC.LastError : count;
    }

    private int WaitMilliseconds(long timeoutNanoseconds)
    {
        var count = LibC.epoll_wait(_epoll, _memory, EventsPerWait, WaitTime.Milliseconds(timeoutNanoseconds));
        return count < 0 ? LibC.LastError : count;
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw IoError.ToException(result);
    }
}
