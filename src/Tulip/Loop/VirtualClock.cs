namespace Tulip;

/// <summary>A clock for tests: it stands still while anything can run, then jumps to the next deadline. Nothing waits.</summary>
/// <remarks>
/// <para>Give it to a loop: <c>new EventLoop(new VirtualClock())</c>, or
/// <c>Aio.Run(Main(), loopFactory: () =&gt; new EventLoop(new VirtualClock()))</c>.</para>
/// <para>The clock does not move while a job runs in an executor on the loop's behalf, or while a .NET task that was
/// given to <c>Aio.WrapFuture(task, holdTime: true)</c> is unfinished: the loop then waits for them in real time. If
/// nothing is ready, no timer is set and nothing outside is awaited, the loop throws <see cref="DeadlockException"/>.</para>
/// <threadsafety>Belongs to one loop; its thread only.</threadsafety>
/// </remarks>
public sealed class VirtualClock : LoopClock
{
    private long _now;

    /// <summary>A clock that shows zero.</summary>
    public VirtualClock()
    {
    }

    /// <inheritdoc/>
    public override long Now => _now;

    internal void MoveTo(long now) => _now = Math.Max(_now, now);
}
