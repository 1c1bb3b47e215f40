namespace Tulip.Tests;

internal static class GuardedWait
{
    /// <summary>Blocks until the task ends; its exception is thrown. The time is a guard only.</summary>
    public static void WaitGuarded(this Task task)
    {
        Assert.True(((IAsyncResult)task).AsyncWaitHandle.WaitOne(LoopThread.Guard), "The task did not end.");
        task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="WaitGuarded(Task)"/>
    public static T WaitGuarded<T>(this Task<T> task)
    {
        ((Task)task).WaitGuarded();
        return task.Result;
    }
}
