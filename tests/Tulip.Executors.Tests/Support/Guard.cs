using System.Diagnostics;

namespace Tulip.Executors.Tests;

/// <summary>Waits for states, with a time that is a guard only.</summary>
internal static class Guard
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(180);

    public static T Result<T>(this Task<T> task)
    {
        End(task);
        return task.GetAwaiter().GetResult();
    }

    public static void End(this Task task)
    {
        Assert.True(((IAsyncResult)task).AsyncWaitHandle.WaitOne(Time), "The job did not end.");
        _ = task.Exception;
    }

    public static TException Fails<TException>(this Task task)
        where TException : Exception
    {
        End(task);
        return Assert.Throws<TException>(() => task.GetAwaiter().GetResult());
    }

    /// <summary>Calls what must throw at the call already, though it would return a task.</summary>
    public static TException AtTheCall<TException>(Action call)
        where TException : Exception
        => Assert.Throws<TException>(call);

    /// <summary>Looks again and again until the condition holds.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Time, $"Not seen in time: {what}");
            Thread.Yield();
        }
    }

    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
