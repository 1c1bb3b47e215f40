namespace Tulip;

/// <summary>What a .NET task captures when a coroutine awaits it: calls back at once, on the thread that completes it.</summary>
/// <remarks>Only for the continuation of a Tulip task, which does no more than post the task to its loop. Without a context
/// to capture, a .NET task that is completed on the loop's thread would make the detour over the thread pool, for
/// there it does not call back in line; the order of events would be the pool's.</remarks>
internal sealed class DirectSynchronizationContext : SynchronizationContext
{
    public static readonly DirectSynchronizationContext Instance = new();

    public override void Post(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
