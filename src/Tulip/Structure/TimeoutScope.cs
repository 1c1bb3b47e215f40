// TimeoutScope: cancels the current task at a deadline and turns that cancel, and no other, into a TimeoutException.
// Thread: the loop's.
//   1. Created -> Entered -> (Expiring ->) left. Only an entered scope may be rescheduled.
//   2. It expires by cancelling its task; on leaving it takes that request back. If requests remain that were not
//      there on entry, somebody else cancelled too, and the cancellation goes on.
namespace Tulip;

internal sealed class TimeoutScope
{
    private enum State
    {
        Created,
        Entered,
        Expiring,
        Expired,
        Exited,
    }

    private State _state;
    private IAsyncTask? _task;
    private int _cancellingOnEntry;
    private TimerHandle? _timer;
    private Handle _soon;

    /// <summary>Whether the deadline came while the scope was entered.</summary>
    public bool Expired => _state is State.Expiring or State.Expired;

    /// <summary>Enters the scope in the current task.</summary>
    /// <param name="when">The deadline on the loop's clock in nanoseconds; null for none.</param>
    public void Enter(long? when)
    {
        if (_state != State.Created)
            throw new InvalidOperationException("The timeout has already been entered.");

        _task = Aio.CurrentTask() ?? throw new InvalidOperationException("A timeout must be used inside a task.");
        _state = State.Entered;
        _cancellingOnEntry = _task.Cancelling;
        Reschedule(when);
    }

    /// <summary>Moves the deadline.</summary>
    public void Reschedule(long? when)
    {
        if (_state != State.Entered)
            throw new InvalidOperationException(_state == State.Created ? "The timeout has not been entered." : "The timeout is over and cannot be changed.");

        Disarm();
        if (when is not { } deadline)
            return;

        var loop = _task!.Loop;
        if (deadline <= loop.Clock.Now)
            _soon = loop.CallSoon(OnDeadline);
        else
            _timer = loop.CallAtNanoseconds(deadline, OnDeadline);
    }

    /// <summary>Leaves the scope. True if the exception is the scope's own cancel, to be reported as a timeout.</summary>
    /// <param name="exception">What ended the body, or null.</param>
    public bool Leave(Exception? exception)
    {
        Disarm();
        if (_state == State.Expiring)
        {
            _state = State.Expired;
            return _task!.Uncancel() <= _cancellingOnEntry && exception is CancelledException;
        }

        _state = State.Exited;
        return false;
    }

    private void Disarm()
    {
        _timer?.Cancel();
        _timer = null;
        _soon.Cancel();
        _soon = default;
    }

    private void OnDeadline()
    {
        _task!.Cancel();
        _state = State.Expiring;
        _timer = null;
    }
}
