// AsyncTimeout: cancels the current task at a deadline and turns that cancel, and no other, into a TimeoutException.
// Thread: the loop's.
//   1. Created -> Entered -> (Expiring ->) left. Only an entered timeout may be rescheduled.
//   2. It expires by cancelling its task; on leaving it takes that request back. If requests remain that were not
//      there on entry, or a cancelled scope around it has struck as well, somebody else cancelled too, and the
//      cancellation goes on: of several limits the outermost decides.
namespace Tulip;

/// <summary>A limit for the time that a part of a coroutine may take: what <c>Aio.WithTimeout</c> gives its body (<c>asyncio.Timeout</c>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public sealed class AsyncTimeout
{
    private enum State
    {
        Created,
        Active,
        Expiring,
        Expired,
        Finished,
    }

    private State _state;
    private IAsyncTask? _task;
    private int _cancellingOnEntry;
    private long? _when;
    private TimerHandle? _timer;
    private Handle _soon;

    internal AsyncTimeout()
    {
    }

    /// <summary>Whether the deadline came while the body ran (<c>expired</c>).</summary>
    public bool Expired => _state is State.Expiring or State.Expired;

    /// <summary>The deadline in seconds on the loop's clock, or null (<c>when</c>).</summary>
    public double? When => _when is { } when ? LoopTime.ToSeconds(when) : null;

    /// <summary>Moves the deadline (<c>reschedule</c>).</summary>
    /// <param name="when">Seconds on the loop's clock (<see cref="EventLoop.Time"/>), a time in the past for the next pass; null for none.</param>
    /// <exception cref="ArgumentException">The time is NaN.</exception>
    /// <exception cref="InvalidOperationException">The body has ended, or the deadline has come.</exception>
    public void Reschedule(double? when)
        => RescheduleAt(when is { } seconds ? LoopTime.FromSeconds(seconds, nameof(when)) : null);

    /// <inheritdoc/>
    public override string ToString()
        => $"<AsyncTimeout [{_state.ToString().ToLowerInvariant()}]{(_state == State.Active ? $" when={When}" : "")}>";

    /// <summary>Begins in the current task.</summary>
    internal void Enter(long? when)
    {
        if (_state != State.Created)
            throw new InvalidOperationException("The timeout has already been entered.");

        _task = Aio.CurrentTask() ?? throw new InvalidOperationException("A timeout must be used inside a task.");
        _state = State.Active;
        _cancellingOnEntry = _task.Cancelling;
        RescheduleAt(when);
    }

    /// <summary>Ends. True if the exception is the timeout's own cancel, to be reported as a <see cref="TimeoutException"/>.</summary>
    /// <param name="exception">What ended the body, or null.</param>
    internal bool Leave(Exception? exception)
    {
        Disarm();
        if (_state == State.Expiring)
        {
            _state = State.Expired;
            return _task!.Uncancel() <= _cancellingOnEntry
                && exception is CancelledException
                && _task.Extras.Scope?.HasPartInCancelOf(_task) is not true;
        }

        _state = State.Finished;
        return false;
    }

    private void RescheduleAt(long? when)
    {
        if (_state != State.Active)
        {
            throw new InvalidOperationException(_state == State.Created
                ? "The timeout has not been entered."
                : $"Cannot change the state of an {_state.ToString().ToLowerInvariant()} timeout.");
        }

        _when = when;
        Disarm();
        if (when is not { } deadline)
            return;

        var loop = _task!.Loop;
        if (deadline <= loop.Clock.Now)
            _soon = loop.CallSoon(OnDeadline);
        else
            _timer = loop.CallAtNanoseconds(deadline, OnDeadline);
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
