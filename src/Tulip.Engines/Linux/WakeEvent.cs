// WakeEvent: the event descriptor through which any thread ends an engine's wait.
// Thread: any for Set; the engine's for the rest.  Owns: the descriptor.
//   A Set that meets Dispose must not write to a descriptor that is somebody else's by then: hence the lock, which
//   is nearly always free and is taken only when the loop really waits.
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Linux;

internal sealed unsafe class WakeEvent : IDisposable
{
    private readonly Lock _gate = new();
    private int _descriptor;

    public WakeEvent()
    {
        _descriptor = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        if (_descriptor < 0)
            throw IoError.ToException(LibC.LastError);
    }

    public int Descriptor => _descriptor;

    public void Set()
    {
        lock (_gate)
        {
            if (_descriptor < 0)
                return;

            ulong one = 1;
            _ = LibC.write(_descriptor, &one, sizeof(ulong));
        }
    }

    /// <summary>Takes back every <see cref="Set"/> there was.</summary>
    public void Clear()
    {
        ulong count;
        _ = LibC.read(_descriptor, &count, sizeof(ulong));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_descriptor >= 0)
                _ = LibC.close(_descriptor);
            _descriptor = -1;
        }
    }
}
