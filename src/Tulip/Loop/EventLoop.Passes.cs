// Passes: how the loop runs what is ready.
// Thread: the loop's.
//   1. A pass runs exactly the entries that are there when it begins.
//   2. A run inside a host makes one pass for each time the host calls, or a part of one: what is left of it comes first the next time.
using System.Runtime.CompilerServices;
using Tulip.Engines;

namespace Tulip;

public sealed partial class EventLoop
{
    // So often a run inside a host looks at the time.
    private const int ItemsPerLook = 32;

    private int _hostedLeft;

    /// <summary>The loop runs from now on when its host calls <see cref="RunHosted"/>.</summary>
    /// <param name="waker">Called on any thread when there is something to run while the loop waits.</param>
    internal void BeginHosting(Action waker)
    {
        CheckCanRun();
        IsRunning = true;
        _inbox.Waker = waker;
        waker();
    }

    /// <summary>The loop runs no more; it can be run in other ways, and closed.</summary>
    internal void EndHosting()
    {
        _inbox.Waker = null;
        _inbox.Withdraw();
        _hostedLeft = 0;
        IsRunning = false;
        _stopping = false;
    }

    /// <summary>Makes a pass, or goes on with one, and says what comes next.</summary>
    /// <param name="nanoseconds">When the time is up, the rest of the pass is left for the next call.</param>
    internal HostedStep RunHosted(long nanoseconds)
    {
        var outerLoop = CurrentLoop.Running;
        var outerContext = SynchronizationContext.Current;
        CurrentLoop.Running = this;
        Flow.Renew();
        SynchronizationContext.SetSynchronizationContext(_synchronizationContext);
        try
        {
            _inbox.Withdraw();
            var end = MonotonicClock.Instance.Now + nanoseconds;
            if (_hostedLeft == 0)
            {
                Passes++;
                Io.Flush();
                if (_ready.Count == 0 && _inbox.IsEmpty)
                    Idle.MoveOn();
                if (Io.IsBusy)
                    Io.Wait(0);
                _hostedLeft = Gather();
            }

            // However little time there is, something is done.
            do
            {
                var count = Math.Min(_hostedLeft, ItemsPerLook);
                _hostedLeft -= count;
                RunItems(count);
            }
            while (_hostedLeft > 0 && MonotonicClock.Instance.Now < end);

            return Next();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outerContext);
            CurrentLoop.Running = outerLoop;
            CurrentContext = null;
            _fatal = null;
        }
    }

    private HostedStep Next()
    {
        if (_stopping)
            return new HostedStep { IsStopped = true };

        // What was written leaves before the host's thread goes elsewhere, and what has come meanwhile is not slept over.
        Io.Flush();
        if (Io.IsBusy)
            Io.Wait(0);
        if (_hostedLeft > 0 || _ready.Count > 0 || Io.Engine is IWatchedEngine { HasWork: true } || Idle.IsDue(out var when) || !_inbox.Announce())
            return new HostedStep { GoesOn = true };
        return new HostedStep { When = when, WaitsForIo = Io.IsBusy };
    }

    private void RunPass()
    {
        Passes++;
        Io.Flush(); // what leaves may make something ready: no waiting then
        if (_ready.Count != 0 || _stopping)
        {
            if (Io.IsBusy)
                Io.Wait(0);
        }
        else if (!Idle.Wait())
        {
            throw new DeadlockException(Extension?.DescribeWaiters() ?? "");
        }

        RunItems(Gather());
    }

    /// <summary>Appends what is due and what was posted; how many entries the pass has.</summary>
    private int Gather()
    {
        if (Timers.Count > 0)
            Timers.MoveDue(Clock.Now, _ready);
        if (!_inbox.IsEmpty)
            _inbox.MoveTo(_ready);
        return _ready.BeginPass();
    }

    private void RunItems(int count)
    {
        // The try is outside the inner loop: entering it costs nothing per item, and a callback that throws only
        // leaves the inner loop.
        object? item = null;
        while (count > 0)
        {
            try
            {
                while (count > 0)
                {
                    count--;
                    item = _ready.Dequeue();
                    if (Debug)
                        DebugMode.RunTimed(this, item, RunItem);
                    else
                        RunItem(item);
                    if (_fatal is not null)
                        ThrowFatal();
                }
            }
            catch (Exception exception) when (_fatal is null)
            {
                ErrorReport.OnCallbackError(this, item, exception);
                CurrentContext = null;
                Flow.Restore();
                if (_fatal is not null)
                    ThrowFatal();
            }
        }
    }

    private void RunItem(object? item)
    {
        if (item is Action callback)
        {
            callback();
            CurrentContext = null;
            Flow.Restore();
        }
        else if (item is not null)
        {
            Unsafe.As<LoopItem>(item).Run(this);
        }
    }

    // Left set, so that the handler of callback errors lets it pass; the end of the run clears it.
    private void ThrowFatal() => _fatal!.Throw();
}
