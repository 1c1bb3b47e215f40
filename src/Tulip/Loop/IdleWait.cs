// IdleWait: what a loop does when nothing is ready: wait in the engine, or move a virtual clock on.
// Thread: the loop's.
//   1. A virtual clock stands still while a job runs on another thread on the loop's behalf.
//   2. Without a timer, an await of a .NET task is something to wait for; with one, time goes on, for the loop itself
//      may have to bring that task to its end.
namespace Tulip;

internal sealed class IdleWait(LoopClock clock, TimerHeap timers, Inbox inbox)
{
    private readonly VirtualClock? _virtualClock = clock as VirtualClock;

    /// <summary>Jobs on other threads that end by themselves.</summary>
    public int OutstandingJobs { get; set; }

    /// <summary>Awaits of .NET tasks, which may end by themselves.</summary>
    public int ForeignWaits { get; set; }

    /// <summary>Waits until a timer is due or another thread has posted something. False if neither can ever happen.</summary>
    public bool Wait()
    {
        if (!inbox.IsEmpty)
            return true;
        if (_virtualClock is not null)
            return WaitVirtually(_virtualClock);

        if (!timers.TryPeek(out var when))
        {
            inbox.WaitForPost(Timeout.Infinite);
            return true;
        }

        var nanoseconds = when - clock.Now;
        if (nanoseconds > 0)
            inbox.WaitForPost(nanoseconds);
        return true;
    }

    private bool WaitVirtually(VirtualClock virtualClock)
    {
        if (OutstandingJobs == 0 && timers.TryPeek(out var when))
        {
            virtualClock.MoveTo(when);
            return true;
        }

        if (OutstandingJobs == 0 && ForeignWaits == 0)
            return false;

        inbox.WaitForPost(Timeout.Infinite);
        return true;
    }
}
