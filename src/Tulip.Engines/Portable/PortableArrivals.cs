// PortableArrivals: where .NET's threads leave what has come about, and what the engine waits on.
// Threads: any for Add and Wake; the engine's for the rest.
//   1. A wake or an arrival is seen by the next wait if it misses the present one: both are set under the lock.
//   2. After Close nothing is kept: what arrives then is discarded on the thread that brings it.
namespace Tulip.Engines.Portable;

internal sealed class PortableArrivals
{
    private readonly object _gate = new();
    private List<PortableOperation> _arrived = [];
    private bool _woken;
    private bool _closed;

    /// <summary>The operation's wait is over.</summary>
    public void Add(PortableOperation operation)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _arrived.Add(operation);
                Monitor.Pulse(_gate);
                return;
            }
        }

        operation.Discard();
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Exchanges an empty list for what has arrived.</summary>
    public List<PortableOperation> Take(List<PortableOperation> empty)
    {
        lock (_gate)
        {
            (var taken, _arrived) = (_arrived, empty);
            return taken;
        }
    }

    /// <summary>Waits until something has arrived, or for a wake; both may have come before.</summary>
    /// <param name="timeoutNanoseconds">Rounded up to milliseconds; without a limit if negative.</param>
    public void Wait(long timeoutNanoseconds)
    {
        lock (_gate)
        {
            if (!_woken && _arrived.Count == 0 && timeoutNanoseconds != 0)
                Monitor.Wait(_gate, WaitTime.Milliseconds(timeoutNanoseconds));
            _woken = false;
        }
    }

    /// <summary>Waits for the same, and leaves it for <see cref="Wait"/>. On another thread than the engine's.</summary>
    public void WaitWithoutTaking()
    {
        lock (_gate)
        {
            while (!_woken && _arrived.Count == 0 && !_closed)
                Monitor.Wait(_gate);
        }
    }

    public void Close()
    {
        List<PortableOperation> left;
        lock (_gate)
        {
            _closed = true;
            (left, _arrived) = (_arrived, []);
        }

        foreach (var operation in left)
            operation.Discard();
    }
}
