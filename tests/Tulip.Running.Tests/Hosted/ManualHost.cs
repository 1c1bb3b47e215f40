using System.Collections.Concurrent;
using Tulip.Tests;

namespace Tulip.Running.Tests.Hosted;

/// <summary>A host that calls when the test says so, with a clock that the test moves.</summary>
internal sealed class ManualHost : TimeProvider, ILoopHost
{
    private readonly ConcurrentQueue<Action> _calls = new();
    private readonly List<(long When, Action Callback)> _timers = [];
    private long _now;

    public bool HasTimers { get; init; }

    /// <summary>Whether its timers call at once.</summary>
    public bool CallsTooSoon { get; set; }

    /// <summary>What Post throws; null while the host is there.</summary>
    public Exception? Gone { get; set; }

    public int Waiting => _calls.Count;

    public List<TimeSpan> Delays { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public void Post(Action callback)
    {
        if (Gone is not null)
            throw Gone;
        _calls.Enqueue(callback);
    }

    bool ILoopHost.PostAfter(TimeSpan delay, Action callback)
    {
        if (!HasTimers)
            return false;
        Delays.Add(delay);
        if (CallsTooSoon)
            callback();
        else
            _timers.Add((_now + delay.Ticks, callback));
        return true;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => new ManualTimer(this, () => callback(state));

    /// <summary>Calls what was posted, and what that posts, until nothing is left; how many calls.</summary>
    public int CallAll()
    {
        var count = 0;
        while (CallNext())
            count++;
        return count;
    }

    public bool CallNext()
    {
        if (!_calls.TryDequeue(out var call))
            return false;
        call();
        return true;
    }

    /// <summary>Calls until something is so: what other threads post may take a while.</summary>
    public void CallUntil(Func<bool> condition)
        => Assert.True(SpinWait.SpinUntil(() =>
        {
            CallAll();
            return condition();
        }, LoopThread.Guard));

    public void Advance(double seconds)
    {
        Volatile.Write(ref _now, _now + TimeSpan.FromSeconds(seconds).Ticks);
        foreach (var timer in _timers.Where(timer => timer.When <= _now).ToList())
        {
            _timers.Remove(timer);
            timer.Callback();
        }
    }

    private sealed class ManualTimer(ManualHost host, Action callback) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            host._timers.RemoveAll(timer => timer.Callback == callback);
            if (dueTime != Timeout.InfiniteTimeSpan)
                host._timers.Add((host._now + dueTime.Ticks, callback));
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
