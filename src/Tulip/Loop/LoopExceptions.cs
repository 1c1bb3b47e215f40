namespace Tulip;

/// <summary>Ctrl-C was pressed while <c>Aio.Run</c> ran its main task (Python's <c>KeyboardInterrupt</c>).</summary>
/// <remarks>Thrown out of <c>Aio.Run</c> after the main task has unwound. Thrown inside a task or a callback it is stored
/// in the task and also ends the loop's run at once.
/// <threadsafety>Any thread.</threadsafety></remarks>
public sealed class KeyboardInterruptException : Exception
{
    /// <summary>An interrupt with the usual message.</summary>
    public KeyboardInterruptException()
        : base("The program was interrupted (Ctrl-C).")
    {
    }
}

/// <summary>A loop on a <see cref="VirtualClock"/> can never go on: nothing is ready, no timer is set, nothing outside is awaited.</summary>
/// <remarks>The message says who waits for what. The loop can be run again, for example to cancel the tasks.
/// <threadsafety>Any thread.</threadsafety></remarks>
public sealed class DeadlockException : InvalidOperationException
{
    internal DeadlockException(string waiters)
        : base("Deadlock: nothing is ready, no timer is set and nothing outside the loop is awaited." + waiters)
    {
    }
}
