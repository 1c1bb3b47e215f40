namespace Tulip.Running.Tests;

internal static class Threads
{
    /// <summary>Starts the thread and waits for its end.</summary>
    public static void RunGuarded(this Thread thread)
    {
        thread.Start();
        Assert.True(thread.Join(LoopThread.Guard));
    }
}
