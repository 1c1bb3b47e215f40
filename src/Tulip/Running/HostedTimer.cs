// HostedTimer: wakes a hosted loop for its first deadline: the host's timer or, if it has none, one of .NET's that posts.
// Thread: the host's, but for the callback of .NET's timer.
//   1. It is set again only for another deadline. A callback that comes too early, or for a deadline that is gone, is a pass
//      with nothing to do.
//   2. A deadline that has passed already is a post: a host is asked for times that are more than zero.
namespace Tulip;

internal sealed class HostedTimer(ILoopHost host, TimeProvider time, Action post, Action pass) : IDisposable
{
    private ITimer? _timer;
    private long _due = long.MaxValue;
    private long _hostsDue = long.MaxValue;
    private bool _hostHasNone;
    private bool _asking;
    private bool _disposed;

    public void Set(long when, LoopClock clock)
    {
        if (when == _due)
            return;

        _due = when;
        if (when == long.MaxValue)
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var delay = DelayOf(when - clock.Now);
        if (delay == TimeSpan.Zero)
        {
            OnTimer();
            return;
        }

        if (!_hostHasNone && (when >= _hostsDue || TryHost(delay, when)))
            return;

        _timer ??= time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _disposed = true;
        _timer?.Dispose();
    }

    // Rounded up, to whole milliseconds: too early would be a pass for nothing. A deadline may have passed since the pass looked
    // at the clock.
    private static TimeSpan DelayOf(long nanoseconds) => TimeSpan.FromMilliseconds(Math.Clamp((nanoseconds + 999_999) / 1_000_000, 0, int.MaxValue - 1));

    private bool TryHost(TimeSpan delay, long when)
    {
        // Before it is asked: it may call while it is.
        _hostsDue = when;
        _asking = true;
        try
        {
            _hostHasNone = !host.PostAfter(delay, OnHostsTimer);
        }
        catch (Exception)
        {
            // If the host is gone the next post finds it out.
            _hostHasNone = true;
        }
        finally
        {
            _asking = false;
        }

        return !_hostHasNone;
    }

    private void OnHostsTimer()
    {
        if (_disposed)
            return;
        _due = _hostsDue = long.MaxValue;
        if (_asking)
            post();
        else
            pass();
    }

    private void OnTimer()
    {
        // Not set again for the same deadline unless this is forgotten: it may have come a little early.
        Volatile.Write(ref _due, long.MinValue);
        post();
    }
}
