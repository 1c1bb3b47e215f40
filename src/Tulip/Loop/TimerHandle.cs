namespace Tulip;

/// <summary>A callback given to <c>CallLater</c> or <c>CallAt</c> (asyncio's <c>TimerHandle</c>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public sealed class TimerHandle : LoopItem, ITimerOwner
{
    private readonly EventLoop _loop;
    private readonly Context? _context;
    private readonly ExecutionContext? _flow;
    private readonly long _when;
    private Action? _callback;
    private bool _inHeap;

    internal TimerHandle(EventLoop loop, Action callback, long when, Context? context, ExecutionContext? flow)
    {
        _loop = loop;
        _callback = callback;
        _when = when;
        _context = context;
        _flow = flow;
        _inHeap = true;
    }

    /// <summary>When the callback is due, in seconds on the loop's clock (<see cref="EventLoop.Time"/>).</summary>
    public double When => LoopTime.ToSeconds(_when);

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool Cancelled { get; private set; }

    /// <summary>Cancels the callback; does nothing once it has run.</summary>
    public void Cancel()
    {
        _loop.CheckThread();
        if (Cancelled)
            return;

        Cancelled = true;
        _callback = null;
        if (_inHeap)
        {
            _inHeap = false;
            _loop.Timers.NoteDisarmed();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"<TimerHandle {(Cancelled ? "cancelled " : "")}when={When}>";

    bool ITimerOwner.IsArmed(long sequence) => !Cancelled;

    LoopItem ITimerOwner.OnDue()
    {
        _inHeap = false;
        return this;
    }

    internal override void Run(EventLoop loop)
    {
        if (_callback is not { } callback)
            return;

        _callback = null;
        CallbackItem.Invoke(loop, callback, _context, _flow);
    }
}
