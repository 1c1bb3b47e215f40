namespace Tulip;

/// <summary>Brings .NET code that captured the loop's context back to the loop's thread.</summary>
internal sealed class LoopSynchronizationContext(EventLoop loop) : SynchronizationContext
{
    /// <summary>Runs the callback in one of the loop's next passes; once the loop is closed, on the thread pool, so that
    /// code which outlives its loop still ends.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!loop.TryPost(() => d(state)))
            ThreadPool.QueueUserWorkItem(static pair => pair.d(pair.state), (d, state), preferLocal: false);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (ReferenceEquals(EventLoop.RunningOrNull, loop))
        {
            d(state);
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.CallSoonThreadsafe(() =>
        {
            try
            {
                d(state);
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    public override SynchronizationContext CreateCopy() => this;
}
