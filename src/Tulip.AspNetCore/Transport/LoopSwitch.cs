using System.Runtime.CompilerServices;

namespace Tulip.AspNetCore;

/// <summary><c>await new LoopSwitch(loop)</c>: what follows runs on the loop's thread, without a synchronization context, so that the
/// server's own code goes on there in line. If the loop is closed, it runs on the thread pool.</summary>
internal readonly struct LoopSwitch(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => ReferenceEquals(EventLoop.RunningOrNull, loop) && loop.CurrentTask is null;

    public LoopSwitch GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (!loop.TryPost(new ServerItem(continuation)))
            ThreadPool.UnsafeQueueUserWorkItem(static action => action(), continuation, preferLocal: false);
    }
}

/// <summary>Code of the server's own in the loop's queue.</summary>
internal sealed class ServerItem(Action action) : LoopItem
{
    internal override void Run(EventLoop loop)
    {
        var outer = ServerCode.Enter();
        try
        {
            action();
        }
        finally
        {
            ServerCode.Leave(outer);
            loop.Flow.Restore();
        }
    }
}

/// <summary>Kestrel's code runs without a synchronization context: with one, what it awaits would go on elsewhere.</summary>
internal static class ServerCode
{
    /// <returns>What <see cref="Leave"/> takes.</returns>
    public static SynchronizationContext? Enter()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        return outer;
    }

    public static void Leave(SynchronizationContext? outer) => SynchronizationContext.SetSynchronizationContext(outer);
}
