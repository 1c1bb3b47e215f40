// IdleWait: what a loop does when nothing is ready: wait in the engine, or move a virtual clock on.
// Thread: the loop's.
//   1. A virtual clock stands still while a job runs on another thread on the loop's behalf.
//   2. Without a timer, an await of a .NET task is something to wait for; with one, time goes on, for the loop itself
//      may have to bring that task to its end.
//   3. A simulated engine's events are as good as timers: the clock moves to whichever comes first, and tells the engine.
//      Operations in flight on it are nothing to wait for by themselves.
using Tulip.Engines;

namespace Tulip;

internal sealed class IdleWait(LoopClock clock, TimerHeap timers, Inbox inbox, LoopIo io)
{
    private readonly VirtualClock? _virtualClock = clock as VirtualClock;
    private readonly ISimulatedTime? _simulated = io.Engine as ISimulatedTime;

    /// <summary>Jobs on other threads that end by themselves.</summary>
    public int OutstandingJobs { get; set; }

    /// <summary>Awaits of .NET tasks, which may end by themselves.</summary>
    public int ForeignWaits { get; set; }

    /// <summary>Waits until a timer is due, an operation has completed or another thread has posted something. False if
    /// nothing of that can ever happen.</summary>
    public bool Wait()
    {
        if (!inbox.IsEmpty)
            return Poll();
        if (_virtualClock is not null)
            return WaitVirtually(_virtualClock);

        if (!timers.TryPeek(out var when))
        {
            inbox.WaitForPost(io, Timeout.Infinite);
            return true;
        }

        var nanoseconds = when - clock.Now;
        if (nanoseconds <= 0)
            return Poll();

        inbox.WaitForPost(io, nanoseconds);
        return true;
    }

    /// <summary>For a loop that may not block: whether something is due, now or as soon as a virtual clock has moved on.</summary>
    /// <param name="when">If not: the first deadline, <see cref="long.MaxValue"/> if there is none.</param>
    public bool IsDue(out long when)
    {
        if (_virtualClock is not null)
        {
            when = long.MaxValue;
            return TryPeekNext(out var next) && (OutstandingJobs == 0 || next <= _virtualClock.Now);
        }

        if (!timers.TryPeek(out when))
            when = long.MaxValue;
        return when <= clock.Now;
    }

    /// <summary>For the same: moves a virtual clock to what comes next.</summary>
    public void MoveOn()
    {
        if (_virtualClock is null || !IsDue(out _) || !TryPeekNext(out var next))
            return;

        _virtualClock.MoveTo(next);
        _simulated?.MoveTo(_virtualClock.Now);
    }

    // Something can run anyway; but timers and posts without end must not hide what I/O has to tell.
    private bool Poll()
    {
        if (io.IsBusy)
            io.Wait(0);
        return true;
    }

    private bool WaitVirtually(VirtualClock virtualClock)
    {
        if (TryPeekNext(out var when) && (OutstandingJobs == 0 || when <= virtualClock.Now))
        {
            virtualClock.MoveTo(when);
            _simulated?.MoveTo(virtualClock.Now);
            return Poll();
        }

        if (OutstandingJobs == 0 && ForeignWaits == 0 && (_simulated is not null || !io.IsBusy))
            return false;

        inbox.WaitForPost(io, Timeout.Infinite);
        return true;
    }

    private bool TryPeekNext(out long when)
    {
        var hasTimer = timers.TryPeek(out when);
        if (_simulated is null || !_simulated.TryPeekDue(out var due))
            return hasTimer;

        when = hasTimer ? Math.Min(when, due) : due;
        return true;
    }
}
