// LoopIo: the loop's side of its engine.
// Thread: the loop's.  Owns: the engine.
//   1. Completions go to their targets in the order in which they came; a target only takes note.
//   2. What a pass wrote is flushed once, by the loop before it polls or waits: a connection's writes of one pass are one send.
//   3. A target that flushes may write to another, as TLS does to its socket: that one is flushed in the same go.
using System.Collections.Concurrent;
using Tulip.Engines;

namespace Tulip;

internal sealed class LoopIo(IIoEngine engine)
{
    private const int CompletionsPerPoll = 256;

    private readonly IoCompletion[] _completions = new IoCompletion[CompletionsPerPoll];
    private List<IIoTarget> _toFlush = [];
    private List<IIoTarget> _flushing = [];

    public IIoEngine Engine => engine;

    /// <summary>What the layer above that uses the engine keeps for the loop; disposed with the loop if it can be.</summary>
    public object? User { get; set; }

    /// <summary>What the layer for files keeps for the loop.</summary>
    public object? Files { get; set; }

    /// <summary>Memory for bytes that wait between a connection and a task.</summary>
    public LoopBuffers Buffers { get; } = new();

    /// <summary>Whether there is anything for the engine to do or to tell, once what the pass gathered is flushed.</summary>
    public bool IsBusy => engine.HasPending;

    /// <summary>Has the target flushed at the end of the pass. Once is enough; it is called as often as it asked.</summary>
    public void FlushLater(IIoTarget target) => _toFlush.Add(target);

    /// <summary>How long to look for completions without sleeping before a wait; see <see cref="EventLoopBusyPoll"/>.</summary>
    public long BusyPollNanoseconds { get; set; }

    /// <summary>Submits what was flushed, waits, and hands completions to their targets; how many there were.</summary>
    public int Wait(long timeoutNanoseconds)
    {
        var count = engine.SubmitAndWait(_completions, timeoutNanoseconds);
        for (var i = 0; i < count; i++)
        {
            ref var completion = ref _completions[i];
            ((IIoTarget)completion.State!).Complete(completion);
            completion = default;
        }

        return count;
    }

    /// <summary>Polls until something has come, another thread has posted something or the time to spin is up; false if that is all.</summary>
    public bool Spin(long timeoutNanoseconds, ConcurrentQueue<object> posts)
    {
        if (!IsBusy)
            return false;

        // A wait that is shorter than the spin is all spin.
        var isAll = timeoutNanoseconds >= 0 && timeoutNanoseconds <= BusyPollNanoseconds;
        var end = MonotonicClock.Instance.Now + (isAll ? timeoutNanoseconds : BusyPollNanoseconds);
        do
        {
            if (Wait(0) > 0 || !posts.IsEmpty)
                return true;
        }
        while (MonotonicClock.Instance.Now < end);
        return isAll;
    }

    /// <summary>The loop closes: ends what is above, then the engine with all that it has open.</summary>
    public void Close()
    {
        (User as IDisposable)?.Dispose();
        engine.Dispose();
    }

    /// <summary>Gives the engine what the pass gathered: what leaves may make something ready, and a simulated engine has to
    /// know it before anybody asks when something happens.</summary>
    public void Flush()
    {
        while (_toFlush.Count > 0)
        {
            (_flushing, _toFlush) = (_toFlush, _flushing);
            foreach (var target in _flushing)
                target.Flush();
            _flushing.Clear();
        }
    }
}
