namespace Tulip;

/// <summary>The functions of Python's <c>asyncio</c> module; meant for <c>using static Tulip.Aio;</c>.</summary>
/// <remarks><threadsafety>Loop thread only, except where a member says otherwise.</threadsafety></remarks>
public static partial class Aio
{
    /// <summary>The loop that runs on the calling thread (<c>get_running_loop</c>). Any thread.</summary>
    /// <exception cref="InvalidOperationException">None does.</exception>
    public static EventLoop GetRunningLoop()
        => CurrentLoop.Running ?? throw new InvalidOperationException(
            "No event loop is running on this thread. Start one with Aio.Run; to reach one that runs on another thread, use its CallSoonThreadsafe or RunCoroutineThreadsafe.");

    /// <summary>The running loop, else the one that <see cref="SetEventLoop"/> chose for this thread (<c>get_event_loop</c>). Any thread.</summary>
    /// <remarks>It never makes a loop, as in Python 3.14.</remarks>
    /// <exception cref="InvalidOperationException">There is neither.</exception>
    public static EventLoop GetEventLoop()
        => CurrentLoop.Running ?? CurrentLoop.Set
            ?? throw new InvalidOperationException("There is no current event loop on this thread. Make one with NewEventLoop and choose it with SetEventLoop.");

    /// <summary>Chooses the loop that <see cref="GetEventLoop"/> gives on this thread while none runs; null for none (<c>set_event_loop</c>). Any thread.</summary>
    public static void SetEventLoop(EventLoop? loop) => CurrentLoop.Set = loop;

    /// <summary>A new loop on the machine's clock and best engine (<c>new_event_loop</c>). Any thread.</summary>
    /// <remarks>The caller runs it, in a thread of its choice, and closes it.</remarks>
    public static EventLoop NewEventLoop() => new();
}
