namespace Tulip.Engines.Tests;

internal static class OwnThread
{
    /// <summary>Runs on a thread of its own; what it throws is thrown here. One that hangs is left behind and fails the test.</summary>
    public static void Run(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        Assert.True(thread.Join(EngineDriver.Guard), "It hangs.");
        if (failure is not null)
            throw new InvalidOperationException("The thread failed: " + failure, failure);
    }
}
