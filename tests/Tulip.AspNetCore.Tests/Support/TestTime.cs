namespace Tulip.AspNetCore.Tests.Support;

/// <summary>How long a test waits before it takes something for stuck.</summary>
public static class TestTime
{
    /// <summary>Two minutes, or as many seconds as <c>TULIP_TEST_PATIENCE</c> says.</summary>
    public static TimeSpan Guard { get; }
        = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("TULIP_TEST_PATIENCE"), out var seconds) ? seconds : 120);

    /// <summary>Waits for a state that nothing announces.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        using var guard = new CancellationTokenSource(Guard);
        while (!condition())
        {
            if (guard.IsCancellationRequested)
                throw new TimeoutException($"Waited in vain until {what}.");
            await Task.Yield();
        }
    }

    public static Task Guarded(this Task task) => task.WaitAsync(Guard);

    public static Task<T> Guarded<T>(this Task<T> task) => task.WaitAsync(Guard);
}
