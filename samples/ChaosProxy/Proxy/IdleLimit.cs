using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>Ends what makes no progress for too long.</summary>
/// <param name="seconds">How long; null for no limit.</param>
internal sealed class IdleLimit(double? seconds)
{
    private AsyncTimeout? _timeout;
    private bool _isLifted;

    /// <summary>Runs a body, in the current task, for as long as it makes progress.</summary>
    /// <exception cref="TimeoutException">It made none for too long.</exception>
    public Coroutine Run(Func<Coroutine> body) => WithTimeout(seconds, async timeout =>
    {
        _timeout = timeout;
        try
        {
            await body();
        }
        finally
        {
            _timeout = null;
        }
    });

    /// <summary>There was progress.</summary>
    /// <param name="pause">How long a wait on purpose begins now, in seconds.</param>
    public void Touch(double pause = 0)
    {
        if (!_isLifted && seconds is { } limit && _timeout is { Expired: false } timeout)
            timeout.Reschedule(GetRunningLoop().Time + limit + pause);
    }

    /// <summary>From now on there is no limit.</summary>
    public void Lift()
    {
        _isLifted = true;
        if (_timeout is { Expired: false } timeout)
            timeout.Reschedule(null);
    }
}
