using Tulip.Engines;

namespace Tulip.Tests;

/// <summary>A loop on the machine's clock in a thread of its own, for tests of what other threads may do.</summary>
internal sealed class LoopThread : IDisposable
{
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    private readonly Thread _thread;
    private readonly WatchedEngine _engine = new();

    public LoopThread()
    {
        using var running = new ManualResetEventSlim();
        Loop = new EventLoop(engine: _engine) { ExceptionHandler = (_, report) => Reports.Add(report) };
        Loop.CallSoon(running.Set);
        _thread = new Thread(Loop.RunForever) { IsBackground = true };
        _thread.Start();
        Assert.True(running.Wait(Guard));
    }

    public EventLoop Loop { get; }

    /// <summary>What the loop's exception handler was told; to be read when the loop does nothing.</summary>
    public List<LoopErrorContext> Reports { get; } = [];

    public int ThreadId => _thread.ManagedThreadId;

    /// <summary>Runs an action on the loop's thread and waits until it is over.</summary>
    public void Invoke(Action action)
    {
        using var done = new ManualResetEventSlim();
        Loop.CallSoonThreadsafe(() =>
        {
            action();
            done.Set();
        });
        Assert.True(done.Wait(Guard), "The loop did not run the action.");
    }

    /// <summary>Waits until the loop waits in its engine: until something is posted it stays there.</summary>
    public void WaitUntilIdle() => Assert.True(SpinWait.SpinUntil(() => _engine.IsWaiting, Guard), "The loop is never idle.");

    public void Dispose()
    {
        if (!Loop.IsClosed)
            Loop.CallSoonThreadsafe(Loop.Stop);
        Assert.True(_thread.Join(Guard), "The loop did not stop.");
        Loop.Close();
    }

    private sealed class WatchedEngine : ForwardingEngine
    {
        private volatile bool _isWaiting;

        public bool IsWaiting => _isWaiting;

        public override int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
        {
            _isWaiting = true;
            var count = base.SubmitAndWait(completions, timeoutNanoseconds);
            _isWaiting = false;
            return count;
        }
    }
}
